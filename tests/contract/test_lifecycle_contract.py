"""An archive as a whole, on every engine: made anew, copied, saved and brought back, while people go on searching."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from indexer.archive import ArchiveLocked, Selection
from indexer.identity import digest_id
from indexer.model import IndexerError
from indexer.quarantine import Quarantined
from search_service.engines import Engine, is_same_archive, open_engine, open_lifecycle
from search_service.engines.contract import FACET_FIELDS, EngineError, SearchRequest
from search_service.engines.lifecycle import BackupPlace, Refused
from search_service.engines.migration import migrate
from search_service.engines.verification import answers_that_differ, compare_digests, content_of
from search_service.engines.written_digests import WrittenDigest
from search_service.query.tree import Everything, Tokens

NOW = datetime(2026, 2, 12, 8, tzinfo=UTC)
WORD = SearchRequest(tree=Tokens(field="any", tokens=("松涛",)), facets=FACET_FIELDS)
NAMES = ["org:松涛", "org:云海"]
WAITING = Quarantined(desk="早报", root="/digests", path="坏.md", reason="不是摘要", since="2026-02-12T08:00:00Z")


def unheard(_digests: int, _items: int) -> None: ...


@pytest.fixture
def filled(place: Any, news: Any) -> Any:
    """Thirty digests, which quote one another; an item was taken down and something waits in quarantine."""
    digests = [
        news.digest(
            f"{at}.md",
            news.item(f"松涛与云海合作第{at}次", names=NAMES, relations=[("partnered_with", *NAMES)]),
            news.item(f"松涛与云海合作第{at // 2}次", f"第{at}版", names=NAMES),
            news.item("要闻", f"每天都有，第{at % 3}种", section=f"栏{at % 4}"),
            fingerprint=str(at),
        )
        for at in range(30)
    ]
    with place.open(write=True) as archive:
        archive.replace(digests)
        archive.remove(Selection(item_id=archive.search(replace(WORD, sort="oldest")).hits[0].item.item.id))
        archive.quarantine([WAITING])
    return place


@pytest.fixture
def life_of() -> Callable[[str], Any]:
    return lambda url: open_lifecycle(url, now=NOW, wait_s=5)


def place_of_backups(url: str, folder: Path) -> BackupPlace:
    if url.startswith("http"):
        return BackupPlace(repository=f"tests-{folder.name}".lower(), location=f"tests/{folder.name}")
    return BackupPlace(folder=folder / "backup")


def require_same(one: Engine, other: Engine) -> None:
    assert compare_digests(one.stored_digests(), other.stored_digests())[1] == []
    assert compare_digests(other.stored_digests(), one.stored_digests())[1] == []
    assert answers_that_differ(one, other) == []
    assert one.quarantined() == other.quarantined() != ()


@contextmanager
def searched_meanwhile(place: Any) -> Iterator[list[Any]]:
    """Somebody searches all the time; gives what he was told, or the error that stopped him."""
    told: list[Any] = []
    done = Event()

    def search() -> None:
        with place.open() as engine:
            while not done.is_set():
                try:
                    page = engine.search(WORD)
                    told.append((page.total, page.facets["entity"], engine.state().items))
                except (EngineError, IndexerError) as error:
                    told.append(error)
                    return

    thread = Thread(target=search)
    thread.start()
    try:
        yield told
    finally:
        done.set()
        thread.join()


def test_reindexing_keeps_everything_and_nobody_notices(filled: Any, life_of: Any) -> None:
    with filled.open() as engine:
        before, content = engine.search(WORD), content_of(map(WrittenDigest.from_digest, engine.stored_digests()))
        shown: list[int] = []
        with searched_meanwhile(filled) as told, life_of(filled.url) as life:
            assert (
                life.reindex(shards=None, force=False, show=lambda digests, _items: shown.append(digests)) == content
            )
        assert len(told) > 1
        assert set(map(repr, told)) == {repr((before.total, before.facets["entity"], engine.state().items))}
        assert shown[-1] == content.digests
    with filled.open() as engine:
        assert engine.search(WORD).facets == before.facets
        assert content_of(map(WrittenDigest.from_digest, engine.stored_digests())) == content
        assert engine.quarantined() == (WAITING,)


def test_indexing_goes_on_after_reindexing(filled: Any, life_of: Any, news: Any) -> None:
    with life_of(filled.url) as life:
        life.reindex(shards=None, force=False, show=unheard)
        life.reindex(shards=None, force=False, show=unheard)
    with filled.open(write=True) as archive:
        total = archive.search(WORD).total
        archive.replace([news.digest("new.md", news.item("松涛又有新闻"))])
        assert archive.search(WORD).total == total + 1
        archive.remove(Selection(digest_id=digest_id("早报", "new.md")))
        assert archive.search(WORD).total == total


def test_reindexing_waits_for_its_turn(filled: Any) -> None:
    with (
        filled.open(write=True),
        open_lifecycle(filled.url, now=NOW, wait_s=0) as life,
        pytest.raises(ArchiveLocked),
    ):
        life.reindex(shards=None, force=False, show=unheard)


def test_an_archive_moves_to_every_engine_and_again_without_work(
    filled: Any, every_engine: Callable[[], list[str]], news: Any
) -> None:
    for url in every_engine():
        with filled.open() as source, open_engine(url, write=True) as target:
            done = migrate(source, target, add=False, show=unheard)
            assert (done.copied, done.there, done.refused) == (30, 0, ())
            require_same(source, target)
            assert migrate(source, target, add=False, show=unheard) == replace(done, copied=0, there=30)


def test_a_migration_that_was_stopped_does_the_rest(filled: Any, engine_factory: Callable[[], Any]) -> None:
    target = engine_factory()
    with filled.open() as source, target.open(write=True) as copy:
        some = list(source.stored_digests())[:11]
        copy.replace([*some[:10], replace(some[10], items=(), digest=replace(some[10].digest, items=()))])
        done = migrate(source, copy, add=False, show=unheard)
        assert (done.copied, done.there) == (20, 10)
        require_same(source, copy)


def test_other_digests_in_the_target_are_not_mixed_up_unasked(
    filled: Any, engine_factory: Callable[[], Any], news: Any
) -> None:
    target = engine_factory()
    target.store(news.digest("other.md", news.item("别家的", desk="晚报"), desk="晚报"))
    with filled.open() as source, target.open(write=True) as copy:
        with pytest.raises(Refused, match="--add"):
            migrate(source, copy, add=False, show=unheard)
        assert copy.state().digests == 1
        assert migrate(source, copy, add=True, show=unheard).copied == 30
        assert copy.state().digests == 31


def test_a_backup_comes_back_as_it_was(filled: Any, life_of: Any, news: Any, tmp_path: Path) -> None:
    backups = place_of_backups(filled.url, tmp_path)
    with filled.open() as engine, life_of(filled.url) as life:
        saved = life.back_up(backups)
        assert (saved.items, saved.content) == (
            engine.state().items,
            content_of(map(WrittenDigest.from_digest, engine.stored_digests())),
        )
    filled.store(news.digest("later.md", news.item("松涛后来")))
    with filled.open(write=True) as archive:
        archive.remove(Selection(digest_id=digest_id("早报", "3.md")))
    with life_of(filled.url) as life:
        with pytest.raises(Refused, match="--force"):
            life.restore(backups, force=False)
        with searched_meanwhile(filled) as told:
            assert life.restore(backups, force=True) == saved
        assert not [one for one in told if isinstance(one, Exception)]
    with filled.open(write=True) as archive:
        assert content_of(map(WrittenDigest.from_digest, archive.stored_digests())) == saved.content
        assert archive.state().items == saved.items
        assert archive.search(SearchRequest(tree=Everything())).total == saved.items
        assert archive.quarantined() == (WAITING,)
        archive.replace([news.digest("later.md", news.item("松涛后来"))])  # and indexing goes on
        assert archive.state().items == saved.items + 1


def test_a_backup_comes_back_under_another_name(
    filled: Any, engine_factory: Callable[[], Any], life_of: Any, tmp_path: Path
) -> None:
    backups, other = place_of_backups(filled.url, tmp_path), engine_factory()
    with life_of(filled.url) as life:
        name = life.back_up(backups).name.rpartition("/")[2]
    with life_of(other.url) as life:
        life.restore(replace(backups, snapshot="" if backups.folder else name), force=False)
    with filled.open() as engine, other.open(write=True) as restored:
        require_same(engine, restored)


def test_what_is_missing_or_is_no_backup_is_told(filled: Any, life_of: Any, tmp_path: Path) -> None:
    missing = place_of_backups(filled.url, tmp_path)
    with life_of(filled.url) as life:
        with pytest.raises(Refused):
            life.restore(missing, force=True)
        wrong = BackupPlace(folder=tmp_path) if missing.repository else BackupPlace(repository="x")
        for call in (life.back_up, lambda place: life.restore(place, force=True)):
            with pytest.raises(Refused):
                call(wrong)
    with filled.open() as engine:
        assert engine.search(WORD).total


def test_an_archive_knows_itself_by_every_writing_of_its_url(place: Any, tmp_path: Path) -> None:
    assert is_same_archive(place.url, place.url)
    assert is_same_archive(f"embedded:{tmp_path}/a/../b", f"embedded:{tmp_path}/b")
    assert is_same_archive("http://localhost/zhimai", "http://localhost:9200")
    assert not is_same_archive(place.url, f"{place.url}-other")
