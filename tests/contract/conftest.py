"""Every engine in the table below goes through every test of this folder, on small archives in our own words."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from graph.model import Evidence, FundingRound, Investor, Relation
from indexer.identity import digest_id, item_id
from indexer.model import (
    AnnotatedDigest,
    AnnotatedItem,
    Annotations,
    Digest,
    Mention,
    NewsItem,
    Place,
    Problem,
    Source,
)
from search_service.engines import Engine, open_engine
from search_service.engines.contract import SearchPage, SearchRequest

# Name of an engine -> URL of a new archive, given a folder of the test's own and the address of a cluster.
ENGINES: dict[str, Callable[[Path, str], str]] = {
    "elasticsearch": lambda folder, address: f"{address}/{folder.parent.name}-{folder.name}",
    "embedded": lambda folder, _address: f"embedded:{folder}",
}
NEEDS_CLUSTER = ("elasticsearch",)

# What each test runs on: an engine, and the number of shards of each index.
VARIANTS = {**dict.fromkeys(ENGINES, 1), "elasticsearch-3-shards": 3}

DAY = date(2026, 2, 12)


@dataclass(frozen=True)
class ArchivePlace:
    """An archive that tests open as often as they like."""

    url: str
    shards: int = 1

    def open(self, *, write: bool = False, wait_s: float = 5) -> Engine:
        return open_engine(self.url, write=write, wait_s=wait_s, shards=self.shards)

    def store(self, *digests: AnnotatedDigest) -> None:
        with self.open(write=True) as archive:
            archive.replace(digests)


class Newsroom:
    """Writes digests, and reads what came of them."""

    day = DAY

    def item(
        self,
        title: str,
        body: str = "",
        *,
        desk: str = "早报",
        day: date | None = DAY,
        section: str = "",
        sources: Sequence[tuple[str, str]] = (),
        names: Sequence[str] = (),
        relations: Sequence[tuple[str, str, str]] = (),
        funding: Sequence[FundingRound] = (),
    ) -> AnnotatedItem:
        """``names`` are entity ids, mentioned where their names stand; ``relations`` are (kind, subject, object)."""
        item = NewsItem(
            id=item_id(desk, day, title),
            desk=desk,
            day=day,
            title=title,
            summary=body,
            section=section,
            sources=tuple(Source(name=name, url=url) for name, url in sources),
        )
        mentions = tuple(mention for name in names for mention in _mentions(item, name))
        asserted = tuple(
            Relation(kind=kind, subject=subject, object=object_, evidence=evidence(item), day=day)
            for kind, subject, object_ in relations
        )
        rounds = tuple(replace(one, day=day, evidence=evidence(item)) for one in funding)
        return AnnotatedItem(
            item=item, annotations=Annotations(mentions=mentions, relations=asserted, funding=rounds)
        )

    def digest(
        self,
        path: str,
        *items: AnnotatedItem,
        desk: str = "早报",
        day: date | None = DAY,
        fingerprint: str = "",
        unparsed: int = 0,
    ) -> AnnotatedDigest:
        placed = tuple(
            replace(one, item=replace(one.item, places=(Place(path=path, first_line=at, last_line=at),)))
            for at, one in enumerate(items, 1)
        )
        digest = Digest(
            id=digest_id(desk, path),
            desk=desk,
            path=path,
            day=day,
            items=tuple(one.item for one in placed),
            layout="test",
            unparsed=tuple(Problem(path=path, line=line, reason="?") for line in range(unparsed)),
            fingerprint=fingerprint,
        )
        return AnnotatedDigest(digest=digest, items=placed)

    def round(self, company: str, *investors: str, stage: str = "A轮") -> FundingRound:
        return FundingRound(
            company=company,
            round=stage,
            evidence=Evidence(item_id="", field="title", start=0, end=0, text="", trigger=(0, 0)),
            investors=tuple(Investor(entity=investor) for investor in investors),
        )

    def titles(self, page: SearchPage) -> list[str]:
        return [hit.item.item.title for hit in page.hits]

    def pages(self, engine: Engine, request: SearchRequest) -> list[str]:
        """Titles of all pages, one after the other."""
        titles: list[str] = []
        while True:
            page = engine.search(request)
            titles.extend(self.titles(page))
            if page.next is None:
                return titles
            request = replace(request, cursor=page.next)


def evidence(item: NewsItem) -> Evidence:
    text = item.title
    return Evidence(item_id=item.id, field="title", start=0, end=len(text), text=text, trigger=(0, 1))


def _mentions(item: NewsItem, entity: str) -> list[Mention]:
    kind, _, name = entity.partition(":")
    found = []
    for field, text in (("title", item.title), ("body", item.body)):
        at = text.find(name)
        if at >= 0:
            found.append(Mention(entity_id=entity, name=name, kind=kind, field=field, start=at, end=at + len(name)))
    return found


def take_away(url: str) -> None:
    """Deletes the indices of an archive, because a cluster grows slow with the number of all that it has."""
    if not url.startswith("http"):
        return
    address, _, prefix = url.rpartition("/")
    with urllib.request.urlopen(f"{address}/_alias?expand_wildcards=all", timeout=60) as answer:
        names = [name for name in json.load(answer) if name.startswith(f"{prefix}-")]
    if names:
        urllib.request.urlopen(
            urllib.request.Request(f"{address}/{','.join(names)}", method="DELETE"), timeout=60
        ).close()


@pytest.fixture(scope="session", params=sorted(VARIANTS))
def new_archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], ArchivePlace]:
    root = tmp_path_factory.mktemp(f"{request.param}-{os.getpid()}-")
    numbers = count()
    engine, shards = request.param.removesuffix("-3-shards"), VARIANTS[request.param]
    address = request.getfixturevalue("elasticsearch_address") if engine in NEEDS_CLUSTER else ""
    return lambda: ArchivePlace(ENGINES[engine](root / str(next(numbers)), address), shards)


@pytest.fixture(scope="module")
def engine_factory(new_archive: Callable[[], ArchivePlace]) -> Iterator[Callable[[], ArchivePlace]]:
    """Gives a new, empty archive at each call."""
    made: list[ArchivePlace] = []

    def make() -> ArchivePlace:
        made.append(new_archive())
        return made[-1]

    yield make
    for archive in made:
        take_away(archive.url)


@pytest.fixture
def place(engine_factory: Callable[[], ArchivePlace]) -> ArchivePlace:
    return engine_factory()


@pytest.fixture(scope="session")
def news() -> Newsroom:
    return Newsroom()


@pytest.fixture(scope="session")
def engine_table() -> dict[str, Callable[[Path, str], str]]:
    return ENGINES


@pytest.fixture
def every_engine(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_address: str
) -> Iterator[Callable[[], list[str]]]:
    """Gives the URL of a new archive on each engine."""
    made: list[str] = []

    def make() -> list[str]:
        urls = [
            engine(tmp_path_factory.mktemp(f"every-{os.getpid()}-"), elasticsearch_address)
            for engine in ENGINES.values()
        ]
        made.extend(urls)
        return urls

    yield make
    for url in made:
        take_away(url)
