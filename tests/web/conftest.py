"""A small archive in the embedded engine, and the web application over it.

Texts are our own. Extraction is left out: the annotations are written by hand, so that pages are tested alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.catalogue import Catalogue, CatalogueEntry
from graph.model import Alias, Entity, Evidence, FundingRound, Investor, Qualifiers, Relation, RelationKind
from indexer.identity import digest_id, item_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem, Place, Source
from search_service.engines import open_engine
from search_service.engines.contract import SearchEngine
from search_service.views.names import EntityNames
from search_service.web.app import create_app

DESK = "早报"
HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)>'


def entity(entity_id: str, **more: object) -> CatalogueEntry:
    """A catalogue entry by its id."""
    kind, name = entity_id.split(":", 1)
    return CatalogueEntry(entity=Entity(id=entity_id, kind=kind, name=name, curated=True, **more))


CATALOGUE = Catalogue(
    entries=(
        entity(
            "org:智谱",
            aliases=(
                Alias(text="智谱AI"),
                Alias(text="Zhipu", language="en", kind="latin"),
                Alias(text="北京智谱", kind="legal"),
            ),
            description="做大模型的公司",
            formerly=("org:智谱华章",),
        ),
        entity("model:GLM-5", facts=(("maker", "org:智谱"),), description="大模型"),
        entity("org:月之暗面", aliases=(Alias(text="Moonshot", language="en", kind="latin"),)),
        entity("org:还没上新闻", description="目录里有，消息里没有"),
    )
)


@dataclass
class Story:
    """An item under construction: names are looked up in the text to make mentions."""

    title: str
    summary: str
    names: dict[str, str] = field(default_factory=dict)
    relations: list[tuple[RelationKind, str, str, str]] = field(default_factory=list)
    rounds: list[FundingRound] = field(default_factory=list)
    section: str = "公司动态"
    background: str = ""
    points: tuple[str, ...] = ()
    sources: tuple[Source, ...] = (Source(name="示例网", url="https://example.org/a"),)

    def annotated(self, day: date | None, line: int) -> AnnotatedItem:
        """The item with its annotations."""
        item = NewsItem(
            id=item_id(DESK, day, self.title),
            desk=DESK,
            day=day,
            title=self.title,
            section=self.section,
            summary=self.summary,
            background=self.background,
            points=self.points,
            sources=self.sources,
            places=(Place(path="早报.md", first_line=line, last_line=line + 3),),
            external_ids=("n-1",),
        )
        mentions = tuple(self._mentions(item))
        relations = tuple(self._relation(item, *told) for told in self.relations)
        return AnnotatedItem(
            item=item,
            annotations=Annotations(mentions=mentions, relations=relations, funding=tuple(self._rounds(item))),
        )

    def _mentions(self, item: NewsItem) -> Iterator[Mention]:
        for name, entity_id in self.names.items():
            for where, text in (("title", item.title), ("body", item.body)):
                at = text.find(name)
                while at >= 0:
                    yield Mention(
                        entity_id=entity_id,
                        name=entity_id.split(":", 1)[1],
                        kind=entity_id.split(":", 1)[0],
                        field=where,
                        start=at,
                        end=at + len(name),
                    )
                    at = text.find(name, at + len(name))

    def _relation(self, item: NewsItem, kind: RelationKind, subject: str, target: str, trigger: str) -> Relation:
        return Relation(
            kind=kind,
            subject=subject,
            object=target,
            evidence=sentence_with(item, trigger),
            qualifiers=Qualifiers(open_source=trigger == "开源"),
            day=item.day,
        )

    def _rounds(self, item: NewsItem) -> Iterator[FundingRound]:
        for told in self.rounds:
            yield FundingRound(
                company=told.company,
                evidence=sentence_with(item, "融资"),
                round=told.round,
                amount=told.amount,
                amount_range=told.amount_range,
                currency=told.currency,
                investors=told.investors,
                day=item.day,
            )


def sentence_with(item: NewsItem, trigger: str) -> Evidence:
    """The sentence of the body that holds ``trigger``."""
    at = item.body.index(trigger)
    start = max(item.body.rfind(stop, 0, at) for stop in "。\n") + 1
    end = item.body.find("。", at) + 1 or len(item.body)
    return Evidence(
        item_id=item.id,
        field="body",
        start=start,
        end=end,
        text=item.body[start:end],
        trigger=(at, at + len(trigger)),
    )


def digest(day: date | None, path: str, *stories: Story, own_day: date | None = None) -> AnnotatedDigest:
    """A digest of stories; ``own_day`` is the day of the items of a file that is no day's."""
    items = tuple(story.annotated(day or own_day, 10 * at + 1) for at, story in enumerate(stories))
    plain = Digest(
        id=digest_id(DESK, path),
        desk=DESK,
        path=path,
        day=day,
        items=tuple(one.item for one in items),
        layout="seed",
        fingerprint=hashlib.sha256(path.encode()).hexdigest(),
    )
    return AnnotatedDigest(digest=plain, items=items)


GLM = Story(
    title="智谱开源GLM-5",
    summary="一月的等待有了结果。智谱今天开源GLM-5，权重可以下载。",
    background="此前的GLM-4.7在编程上好评不少。",
    points=("上下文更长。", "价格未变。"),
    names={"智谱": "org:智谱", "GLM-5": "model:GLM-5"},
    relations=[("released", "org:智谱", "model:GLM-5", "开源")],
    section="模型",
)
ROUND = Story(
    title="极映科技连获两轮融资",
    summary="极映科技完成天使轮融资10亿元，元禾璞华领投，未来资本跟投。",
    names={"极映科技": "org:极映科技", "元禾璞华": "org:元禾璞华", "未来资本": "org:未来资本"},
    relations=[("invested_in", "org:元禾璞华", "org:极映科技", "领投")],
    rounds=[
        FundingRound(
            company="org:极映科技",
            evidence=Evidence(item_id="", field="body", start=0, end=0, text="", trigger=(0, 0)),
            round="天使轮",
            amount="10亿元",
            amount_range=(1e9, 1e9),
            currency="CNY",
            investors=(Investor(entity="org:元禾璞华", lead=True), Investor(entity="org:未来资本")),
        )
    ],
    section="融资",
)
PARTNERS = Story(
    title="智谱与月之暗面合作",
    summary="智谱与月之暗面宣布合作，共同训练安全模型。元禾璞华称早已投资月之暗面。",
    names={"智谱": "org:智谱", "月之暗面": "org:月之暗面", "元禾璞华": "org:元禾璞华"},
    relations=[
        ("partnered_with", "org:智谱", "org:月之暗面", "合作"),
        ("invested_in", "org:元禾璞华", "org:月之暗面", "投资"),
    ],
)
HOSTILE_STORY = Story(
    title=f"标题{HOSTILE}",
    summary=f"正文{HOSTILE}提到“坏人公司”。",
    names={"坏人公司": f"org:坏人{HOSTILE}".replace("/", "")},
    section=HOSTILE,
    sources=(Source(name=HOSTILE, url="javascript:alert(3)"), Source(name="好的", url="http://example.org/?a=1&b=2")),
)
UNDATED = Story(title="没有日期的消息", summary="说不清是哪一天的事。", section="", sources=())
LOOSE = Story(title="全年文件里的消息", summary="它的文件装着许多天。")
MANY = [
    Story(
        title=f"智谱第{number}号消息", summary=f"第{number}条说到智谱。", names={"智谱": "org:智谱"}, section="流水"
    )
    for number in range(25)
]

DIGESTS = (
    digest(date(2026, 1, 30), "2026-01-30.md", *MANY),
    digest(date(2026, 2, 11), "2026-02-11.md", PARTNERS, HOSTILE_STORY),
    digest(date(2026, 2, 12), "2026-02-12.md", GLM, ROUND),
    digest(None, "杂.md", UNDATED),
    digest(None, "全年.jsonl", LOOSE, own_day=date(2025, 12, 31)),
)


class WordExtractor:
    """Finds one name: enough to see that a text goes through."""

    version = "test"

    def annotate(self, item: NewsItem) -> Annotations:
        """智谱 wherever it stands in the body."""
        at = item.body.find("智谱")
        if at < 0:
            return Annotations()
        found = Mention(entity_id="org:智谱", name="智谱", kind="org", field="body", start=at, end=at + 2)
        return Annotations(mentions=(found,))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    url = f"embedded:{tmp_path_factory.mktemp('archive')}"
    with open_engine(url, write=True) as archive:
        archive.replace(DIGESTS)
        archive.flush()
    with open_engine(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def names() -> EntityNames:
    return EntityNames(lambda: CATALOGUE)


@pytest.fixture(scope="session")
def app(engine: SearchEngine, names: EntityNames) -> Flask:
    return create_app(engine, names=names, load_extractor=WordExtractor, today=lambda: date(2026, 2, 14))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def ids() -> dict[str, str]:
    """Ids of items by title."""
    return {item.item.title: item.item.id for one in DIGESTS for item in one.items}


@pytest.fixture(scope="session")
def hostile() -> str:
    """Markup that must never reach a page unescaped."""
    return HOSTILE
