"""Items that Elasticsearch does not take: they are told with its reason, and nothing else is lost for them."""

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.model import Evidence, Relation
from indexer.archive import Changes, Refusal
from indexer.codec import to_json
from indexer.identity import digest_id, item_id, title_key
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem, Source
from search_service.engines import Engine, open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.engines.elasticsearch.bulk import BulkWriter
from search_service.engines.elasticsearch.cluster import open_cluster
from search_service.engines.elasticsearch.documents import digest_document, sighting_document
from search_service.engines.elasticsearch.journal import Touched, note
from search_service.engines.elasticsearch.lease import Lease
from search_service.engines.merging import PlacedSighting
from search_service.query.tree import Everything, Keyword

DAY = date(2026, 2, 12)
TOO_LONG = "长" * 11_000
"""33,000 bytes; Lucene's longest term has 32,766."""


def story(title: str, *, section: str = "", body: str = "正文。", link: str = "") -> AnnotatedItem:
    item = NewsItem(
        id=item_id("早报", DAY, title),
        desk="早报",
        day=DAY,
        title=title,
        summary=body,
        section=section,
        sources=(Source(name="来源", url=link or f"https://a.example/{title}"),),
    )
    said = Evidence(item_id=item.id, field="title", start=0, end=len(title), text=title, trigger=(0, 1))
    name = title[:2]
    relation = Relation(kind="partnered_with", subject=f"org:{name}", object="org:云海", evidence=said, day=DAY)
    mention = Mention(entity_id=f"org:{name}", name=name, kind="org", field="title", start=0, end=2)
    return AnnotatedItem(item=item, annotations=Annotations(mentions=(mention,), relations=(relation,)))


def digest(path: str, *items: AnnotatedItem) -> AnnotatedDigest:
    bare = Digest(
        id=digest_id("早报", path),
        desk="早报",
        path=path,
        day=DAY,
        items=tuple(one.item for one in items),
        layout="test",
    )
    return AnnotatedDigest(digest=replace(bare, fingerprint=f"read {path}"), items=items)


@pytest.fixture
def url(elasticsearch_address: str) -> str:
    return f"{elasticsearch_address}/refusals-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def twin(tmp_path: Path) -> str:
    """An archive that takes everything."""
    return f"embedded:{tmp_path / 'data'}"


def answers(engine: Engine) -> list[Any]:
    """All that readers see, in terms that both engines share."""
    page = engine.search(SearchRequest(tree=Everything(), sort="newest", limit=100, facets=FACET_FIELDS))
    entities, total = engine.find_entities(limit=50)
    ids = [record.entity.id for record in entities]
    told: list[Any] = [page.total, page.hits, page.facets, entities, total, engine.state(), engine.digests_of(DAY)]
    return told + [(engine.relations(one), engine.neighbours(one), engine.timeline(one)) for one in ids]


def assert_same(url: str, twin: str) -> None:
    with open_engine(url) as one, open_engine(twin) as other:
        for left, right in zip(answers(one), answers(other), strict=True):
            assert left == right


def store(url: str, *digests: AnnotatedDigest) -> Changes:
    with open_engine(url, write=True) as archive:
        return archive.replace(digests)


def unread(url: str, *digests: AnnotatedDigest) -> list[bool]:
    with open_engine(url, write=True) as archive:
        known = archive.fingerprints([one.digest.id for one in digests])
    return [known[one.digest.id] == "" for one in digests]


def test_the_rest_of_a_batch_is_stored_and_the_refused_item_is_told(url: str, twin: str) -> None:
    bad = story("松涛发布", section=TOO_LONG)
    mixed, good = digest("a.md", story("云海发布"), bad, story("远山发布")), digest("b.md", story("青石发布"))
    changes = store(url, mixed, good)
    (refusal,) = changes.refused
    assert (refusal.item_id, refusal.digest_id) == (bad.item.id, mixed.digest.id)
    assert "section" in refusal.reason
    assert "32766" in refusal.reason
    assert len(refusal.reason) < 300
    assert len(changes.added) == 3
    assert unread(url, mixed, good) == [True, False]
    store(twin, replace(mixed, items=(mixed.items[0], mixed.items[2])), good)
    assert_same(url, twin)


def test_a_refused_item_is_tried_again_and_taken_when_it_is_mended(url: str, twin: str) -> None:
    bad, mended = (digest("a.md", story("松涛发布", section=section)) for section in (TOO_LONG, "产品"))
    other = digest("b.md", story("云海发布"))
    assert store(url, bad, other).refused
    assert [store(url, bad).refused, unread(url, bad)] == [store(url, bad).refused, [True]]
    changes = store(url, mended)
    assert changes.refused == ()
    assert unread(url, mended) == [False]
    store(twin, mended, other)
    assert_same(url, twin)


def test_a_correction_that_is_refused_takes_the_place_of_nothing_else(url: str, twin: str) -> None:
    before = digest("a.md", story("松涛发布"), story("云海发布"))
    after = digest("a.md", story("松涛发布", section=TOO_LONG), story("云海发布", body="新的正文。"))
    store(url, before)
    changes = store(url, after)
    assert [one.item_id for one in changes.refused] == [before.items[0].item.id]
    assert changes.removed == {before.items[0].item.id}
    assert changes.changed == {before.items[1].item.id}
    store(twin, replace(after, items=after.items[1:]))
    assert_same(url, twin)


def test_an_item_that_another_digest_has_in_order_stays(url: str, twin: str) -> None:
    good = digest("a.md", story("松涛发布"))
    bad = digest(
        "b.md", story("松涛发布", body="更长的正文，于是合并之后是它。", section=TOO_LONG), story("云海发布")
    )
    store(url, good)
    changes = store(url, bad)
    assert changes.refused == (
        Refusal(item_id=good.items[0].item.id, digest_id=bad.digest.id, reason=changes.refused[0].reason),
    )
    assert changes.unchanged == {good.items[0].item.id}
    assert unread(url, good, bad) == [False, True]
    store(twin, good, replace(bad, items=bad.items[1:]))
    assert_same(url, twin)


def test_a_writer_that_was_stopped_over_a_refused_item_bars_nobody(url: str, twin: str) -> None:
    """It had noted the batch and written its digest and sightings when it was stopped."""
    bad, good = digest("a.md", story("松涛发布", section=TOO_LONG)), digest("b.md", story("云海发布"))
    store(url, good)
    title = ("早报", title_key("松涛发布"))
    cluster = open_cluster(ClusterAddress.from_url(url), ClusterAccess())
    lease = Lease.acquire(cluster, wait_s=5, above=2**40)
    written = BulkWriter(cluster, epoch=lease.epoch, check=lease.check)
    touched = Touched(titles=frozenset({title}), entities=frozenset(), groups=frozenset())
    annotated = bad.items[0]
    sighting = PlacedSighting(
        key=None,
        digest_id=bad.digest.id,
        position=0,
        title=title,
        item_id=annotated.item.id,
        json=to_json(annotated),
        shared=True,
    )
    written.write([note(touched), digest_document(bad.digest, fingerprint="read"), sighting_document(sighting)])
    lease.close()
    cluster.close()
    assert unread(url, bad, good) == [True, False]
    store(twin, good, replace(bad, items=()))
    assert_same(url, twin)


def test_long_values_that_are_taken_are_found(url: str) -> None:
    section = "x" * 30_000
    store(url, digest("a.md", story("松涛发布", section=section), story("云海发布", section="短")))
    with open_engine(url) as engine:
        request = SearchRequest(tree=Keyword(field="section", value=section), facets=("section",))
        page = engine.search(request)
    assert [hit.item.item.title for hit in page.hits] == ["松涛发布"]
    assert [(one.value, one.count) for one in page.facets["section"]] == [(section, 1)]
