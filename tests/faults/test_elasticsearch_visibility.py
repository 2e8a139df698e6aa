"""When readers see what a writer wrote: a batch at once in each kind of answer, and all of it within two seconds."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Event, Thread

import pytest

from indexer.identity import digest_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem
from search_service.engines import Engine, open_engine
from search_service.engines.contract import SearchRequest
from search_service.query.tree import Everything, Tokens

DAY = date(2026, 2, 12)
ITEMS = 300
VERSIONS = 6
PROMISED_S = 2.0


def version(number: int) -> AnnotatedDigest:
    """A digest all of whose items name the version: in their text, and as an entity."""
    name = f"版本{number}"
    items = tuple(
        NewsItem(id="", desk="早报", day=DAY, title=f"第{place}条消息", summary=f"{name}的正文。")
        for place in range(ITEMS)
    )
    mention = Mention(entity_id=f"org:{name}", name=name, kind="org", field="body", start=0, end=len(name))
    digest = Digest(id=digest_id("早报", "a.md"), desk="早报", path="a.md", day=DAY, items=items, layout="test")
    return AnnotatedDigest(
        digest=replace(digest, fingerprint=name),
        items=tuple(AnnotatedItem(item=item, annotations=Annotations(mentions=(mention,))) for item in items),
    )


def versions_in_items(engine: Engine, *, sort: str) -> set[str]:
    """Versions that one search finds, on its page of hits."""
    tree = Everything() if sort == "newest" else Tokens(field="any", tokens=("消息",))
    page = engine.search(SearchRequest(tree=tree, sort=sort, limit=ITEMS))  # type: ignore[arg-type]
    assert page.total in (0, ITEMS)
    return {hit.item.item.summary for hit in page.hits}


def versions_in_entities(engine: Engine) -> set[tuple[str, int]]:
    return {(record.entity.name, record.items) for record in engine.find_entities(limit=20)[0]}


@pytest.fixture
def url(elasticsearch_address: str) -> Iterator[str]:
    url = f"{elasticsearch_address}/visibility-{uuid.uuid4().hex[:12]}"
    with open_engine(url, write=True) as archive:
        archive.replace([version(0)])
    yield url


def test_no_answer_mixes_two_versions_of_a_batch(url: str) -> None:
    """One search is answered by one state; two searches of a page can stand on both sides of the moment at which a
    batch is shown, but never once ``replace`` has returned."""
    done = Event()
    mixed: list[set[object]] = []
    seen: list[object] = []

    def poll(sort: str) -> None:
        with open_engine(url) as reader:
            while not done.is_set():
                for found in (versions_in_items(reader, sort=sort), versions_in_entities(reader)):
                    seen.extend(found)
                    if len(found) != 1:
                        mixed.append(set(found))

    pollers = [Thread(target=poll, args=(sort,)) for sort in ("newest", "relevance")]
    for poller in pollers:
        poller.start()
    with open_engine(url, write=True) as archive, open_engine(url) as reader:
        for number in range(1, VERSIONS):
            archive.replace([version(number)])
            assert versions_in_items(reader, sort="newest") == {f"版本{number}的正文。"}
            assert versions_in_entities(reader) == {(f"版本{number}", ITEMS)}
    done.set()
    for poller in pollers:
        poller.join()
    assert mixed == []
    assert len(set(seen)) >= VERSIONS  # the pollers did see versions come


def test_a_reader_that_is_open_sees_a_batch_within_two_seconds_of_its_writing(url: str) -> None:
    """Pages by relevance are read from a state that is shared for a moment: the longest of all delays."""
    with open_engine(url) as reader, open_engine(url, write=True) as archive:
        for number in range(1, 4):
            assert versions_in_items(reader, sort="relevance") == {f"版本{number - 1}的正文。"}
            archive.replace([version(number)])
            deadline = time.monotonic() + PROMISED_S
            while versions_in_items(reader, sort="relevance") != {f"版本{number}的正文。"}:
                assert time.monotonic() < deadline, "the promise of the contract is broken"
                time.sleep(0.05)
