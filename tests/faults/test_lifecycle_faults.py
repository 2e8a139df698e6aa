"""kill -9 while an archive is made anew, copied or brought back: it is the old one or the new one, never both."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from indexer.archive import ArchiveFormatUnknown, ArchiveUnavailable, Selection
from search_service.cli.exits import NOT_REACHABLE
from search_service.engines import open_engine, open_lifecycle
from search_service.engines.contract import SearchRequest
from search_service.engines.embedded.payloads import pack, unpack
from search_service.engines.lifecycle import BackupPlace, NotTheSame, Refused
from search_service.engines.verification import content_of
from search_service.engines.written_digests import WrittenDigest
from search_service.query.tree import Everything

ROOT = Path(__file__).parents[2]
LIMIT_S = 180
NOW = datetime(2026, 2, 12, tzinfo=UTC)
EVERYTHING = SearchRequest(tree=Everything())


class Archive:
    """An archive with the history in it, which processes work on."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def prefix(self) -> str:
        return self.url.rpartition("/")[2]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Speaks to the cluster past the program."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(
            f"{self.url.rpartition('/')[0]}{path}", method=method, data=data, headers=headers
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    def indices(self) -> dict[str, list[str]]:
        """Indices with their aliases."""
        found = self.ask("GET", "/_alias")
        return {name: sorted(one["aliases"]) for name, one in found.items() if name.startswith(f"{self.prefix}-")}

    def copy_index(self, index: str, copy: str) -> None:
        """Another index with the same documents."""
        mappings = self.ask("GET", f"/{index}/_mapping")[index]["mappings"]
        self.ask("PUT", f"/{copy}", {"mappings": mappings})
        found = self.ask("POST", f"/{index}/_search", {"size": 5000, "query": {"match_all": {}}})["hits"]["hits"]
        for hit in found:
            self.ask("PUT", f"/{copy}/_doc/{quote(hit['_id'], safe='')}", hit["_source"])
        self.ask("POST", f"/{copy}/_refresh")

    def call(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "search_service", "--engine", self.url, *words]
        environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)

    def run(self, *words: str) -> int:
        with self.call(*words) as process:
            return process.wait(timeout=LIMIT_S)

    def kill(self, seconds: float, *words: str) -> None:
        with self.call(*words) as process:
            time.sleep(seconds)
            process.kill()

    def total(self) -> int:
        with open_engine(self.url) as engine:
            return engine.search(EVERYTHING).total

    def life(self) -> Any:
        return open_lifecycle(self.url, now=NOW, wait_s=5)


@pytest.fixture
def embedded(history: Any, tmp_path: Path) -> Archive:
    url = f"embedded:{tmp_path / 'data'}"
    history.write(url)
    return Archive(url)


@pytest.fixture
def cluster(history: Any, elasticsearch_address: str) -> Iterator[Archive]:
    archive = Archive(f"{elasticsearch_address}/life-{uuid.uuid4().hex[:12]}")
    history.write(archive.url)
    yield archive
    archive.ask("DELETE", f"/{','.join(archive.indices())}")


@pytest.fixture(params=[2, pytest.param(12, marks=pytest.mark.slow_faults)])
def moments(request: pytest.FixtureRequest) -> list[float]:
    """Seconds after which to kill: from when Python has started to when the work may be done."""
    chance = random.Random(12)
    return [chance.uniform(0.8, 4.0) for _ in range(request.param)]


def test_a_killed_reindex_of_a_folder_changes_nothing(embedded: Archive, history: Any, moments: Any) -> None:
    for seconds in moments:
        embedded.kill(seconds, "reindex")
        history.assert_stored(embedded.url)
    assert embedded.run("reindex") == 0
    history.assert_stored(embedded.url)
    assert len(list(Path(embedded.url.removeprefix("embedded:")).glob("search-*"))) == 1


def test_a_killed_reindex_of_a_cluster_changes_nothing(cluster: Archive, history: Any, moments: Any) -> None:
    for seconds in moments:
        cluster.kill(seconds, "reindex")
        history.assert_stored(cluster.url)
    assert cluster.run("reindex", "--shards", "2") == 0
    history.assert_stored(cluster.url)
    aliases = [alias for of_index in cluster.indices().values() for alias in of_index]
    assert all(cluster.indices().values()), "nothing of a stopped run is left"
    assert not [alias for alias in aliases if alias.endswith(".next")]
    (index,) = cluster.ask("GET", f"/_alias/{cluster.prefix}-items")
    assert cluster.ask("GET", f"/{index}/_settings")[index]["settings"]["index"]["number_of_shards"] == "2"


def test_a_killed_migration_is_finished_by_the_next(
    cluster: Archive, embedded: Archive, history: Any, moments: Any, tmp_path: Path
) -> None:
    copies = [(cluster, Archive(f"embedded:{tmp_path / 'copy'}")), (embedded, Archive(f"{cluster.url}-copy"))]
    for source, copy in copies:
        for seconds in moments:
            source.kill(seconds, "migrate", "--to", copy.url)
        assert source.run("migrate", "--to", copy.url) == 0
        history.assert_stored(copy.url)


def test_a_killed_restore_leaves_no_half_archive(
    embedded: Archive, history: Any, moments: Any, tmp_path: Path
) -> None:
    backup, restored = tmp_path / "backup", Archive(f"embedded:{tmp_path / 'restored'}")
    assert embedded.run("backup", str(backup)) == 0
    for seconds in moments:
        restored.kill(seconds, "restore", str(backup), "--force")
        try:
            history.assert_stored(restored.url)
        except ArchiveUnavailable as error:
            assert "there is no archive" in str(error)
    assert restored.run("restore", str(backup), "--force") == 0
    history.assert_stored(restored.url)


def test_a_killed_restore_over_an_archive_leaves_that_or_the_backup(
    embedded: Archive, history: Any, moments: Any, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert embedded.run("backup", str(backup)) == 0
    with open_engine(embedded.url, write=True) as archive:
        archive.remove(Selection(desk="早报"))
    for seconds in moments:
        embedded.kill(seconds, "restore", str(backup), "--force")
        if embedded.total():
            history.assert_stored(embedded.url)
    assert embedded.run("restore", str(backup), "--force") == 0
    history.assert_stored(embedded.url)


def test_a_killed_restore_of_a_snapshot_leaves_that_or_the_backup(
    cluster: Archive, history: Any, moments: Any, tmp_path: Path
) -> None:
    repository = ("--repository", cluster.prefix)
    assert cluster.run("backup", *repository, "--location", f"tests/{cluster.prefix}") == 0
    with open_engine(cluster.url, write=True) as archive:
        archive.remove(Selection(desk="早报"))
    for seconds in moments:
        cluster.kill(seconds, "restore", *repository, "--force")
        if cluster.total():
            history.assert_stored(cluster.url)
    assert cluster.run("restore", *repository, "--force") == 0
    history.assert_stored(cluster.url)
    cluster.ask("DELETE", f"/_snapshot/{cluster.prefix}/*")
    cluster.ask("DELETE", f"/_snapshot/{cluster.prefix}")


def test_rolling_back_puts_the_former_indices_in_use(cluster: Archive, history: Any) -> None:
    with cluster.life() as life:
        with pytest.raises(Refused, match="no former"):
            life.roll_back()
        life.reindex(shards=None, force=False, show=lambda *_: None)
        with open_engine(cluster.url, write=True) as archive:
            archive.remove(Selection(desk="早报"))
        assert cluster.total() == 0
        life.roll_back()
        history.assert_stored(cluster.url)
        life.roll_back()
        assert cluster.total() == 0


def test_a_folder_has_nothing_to_roll_back_to(embedded: Archive) -> None:
    with embedded.life() as life, pytest.raises(Refused, match="restore"):
        life.roll_back()


def lose_bytes(folder: Path) -> None:
    content = (folder / "record.sqlite").read_bytes()
    (folder / "record.sqlite").write_bytes(content[:-4096] + bytes(4096))


def lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def break_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"backup": {}, "record": {}}')


def change_counts(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "backup": {**manifest["backup"], "items": 3}}))


@pytest.mark.parametrize("damage", [lose_bytes, lose_manifest, break_manifest, change_counts])
def test_a_damaged_backup_never_takes_the_place_of_an_archive(
    embedded: Archive, history: Any, tmp_path: Path, damage: Any
) -> None:
    place = BackupPlace(folder=tmp_path / "backup")
    with embedded.life() as life:
        life.back_up(place)
        damage(tmp_path / "backup")
        with pytest.raises((NotTheSame, Refused)):
            life.restore(place, force=True)
    history.assert_stored(embedded.url)


def test_a_backup_never_takes_the_place_of_anything(embedded: Archive, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("years of work")
    with embedded.life() as life:
        life.back_up(BackupPlace(folder=tmp_path / "backup"))
        for name in ("mine", "backup", "mine/thesis.docx"):
            with pytest.raises(Refused):
                life.back_up(BackupPlace(folder=tmp_path / name))
        (tmp_path / "backup" / "manifest.json").unlink()  # as a stopped backup leaves it
        life.back_up(BackupPlace(folder=tmp_path / "backup"))
    assert (tmp_path / "mine" / "thesis.docx").read_text() == "years of work"


def make_old(folder: Path) -> None:
    """The record as format 1 had it."""
    connection = sqlite3.connect(folder / "record.sqlite")
    connection.executescript(
        "UPDATE meta SET value = '1' WHERE key = 'format'; DELETE FROM meta WHERE key = 'index';"
        "DROP TABLE quarantine; DROP TABLE subscriptions;"
    )
    connection.close()


def test_a_backup_of_a_version_that_knew_less_of_items_comes_back(
    embedded: Archive, history: Any, tmp_path: Path
) -> None:
    """Its checksum is over what is written, not over what this version reads in it."""
    folder, place = Path(embedded.url.removeprefix("embedded:")), BackupPlace(folder=tmp_path / "backup")
    connection = sqlite3.connect(folder / "record.sqlite")
    (one,) = connection.execute("SELECT payload FROM items LIMIT 1").fetchone()
    assert b'"background":"",' in unpack(one)
    for table in ("items", "sightings"):
        rows = connection.execute(f"SELECT key, payload FROM {table} WHERE payload IS NOT NULL").fetchall()
        older = [(pack(unpack(payload).replace(b'"background":"",', b"")), key) for key, payload in rows]
        connection.executemany(f"UPDATE {table} SET payload = ? WHERE key = ?", older)
    connection.commit()
    connection.close()
    with embedded.life() as life:
        saved = life.back_up(place)
        assert life.restore(place, force=True) == saved
    with open_engine(embedded.url) as engine:
        assert engine.state().items == saved.items


def test_reindexing_brings_an_older_folder_up_to_date(embedded: Archive, history: Any, tmp_path: Path) -> None:
    folder, backup = Path(embedded.url.removeprefix("embedded:")), BackupPlace(folder=tmp_path / "backup")
    with open_engine(embedded.url) as engine:
        content = content_of(map(WrittenDigest.from_digest, engine.stored_digests()))
    make_old(folder)
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match=r"format 1 .* run: zhimai reindex"):
            open_engine(embedded.url, write=write)
    with embedded.life() as life:
        assert life.back_up(backup).format == "1"
        assert life.reindex(shards=None, force=False, show=lambda *_: None) == content
        history.assert_stored(embedded.url)
        shutil.rmtree(folder)
        assert life.restore(backup, force=False).content == content
    history.assert_stored(embedded.url)


def test_reindexing_brings_an_older_archive_of_a_cluster_up_to_date(cluster: Archive, history: Any) -> None:
    for index, aliases in cluster.indices().items():
        if aliases == [f"{cluster.prefix}-writer"]:
            continue
        old = index.replace("-v2-", "-v1-")
        cluster.copy_index(index, old)
        cluster.ask("POST", "/_aliases", {"actions": [{"add": {"index": old, "alias": alias}} for alias in aliases]})
        cluster.ask("DELETE", f"/{index}")
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match=r"format 1 .* run: zhimai reindex"):
            open_engine(cluster.url, write=write)
    with cluster.life() as life:
        life.reindex(shards=None, force=False, show=lambda *_: None)
        history.assert_stored(cluster.url)
        with pytest.raises(Refused, match="another format"):
            life.roll_back()


def test_indices_of_other_archives_are_left_alone(cluster: Archive, history: Any) -> None:
    """A prefix may begin as another one does."""
    neighbour = Archive(f"{cluster.url}-items")
    history.write(neighbour.url)
    with cluster.life() as life:
        for _ in range(2):
            life.reindex(shards=None, force=False, show=lambda *_: None)
    history.assert_stored(neighbour.url)
    history.assert_stored(cluster.url)


def test_reindexing_makes_lost_indices_anew_from_the_digests(cluster: Archive, history: Any) -> None:
    for kind in ("items", "entities"):
        (index,) = cluster.ask("GET", f"/_alias/{cluster.prefix}-{kind}")
        cluster.ask("DELETE", f"/{index}")
    assert cluster.run("reindex") == NOT_REACHABLE
    assert cluster.run("reindex", "--force") == 0
    history.assert_stored(cluster.url)


def test_an_index_whose_alias_was_taken_away_is_never_deleted(cluster: Archive, history: Any) -> None:
    for kind in ("digests", "items"):
        alias = f"{cluster.prefix}-{kind}"
        (index,) = cluster.ask("GET", f"/_alias/{alias}")
        cluster.ask("POST", "/_aliases", {"actions": [{"remove": {"index": index, "alias": alias}}]})
        for _ in range(2):
            cluster.run("reindex", "--force")
        assert index in cluster.indices()
        if kind == "digests":
            cluster.ask("POST", "/_aliases", {"actions": [{"add": {"index": index, "alias": alias}}]})
        history.assert_stored(cluster.url)


def test_new_indices_that_answer_otherwise_are_not_put_in_use(cluster: Archive) -> None:
    with open_engine(cluster.url) as engine:
        item = engine.search(EVERYTHING).hits[0].item.item.id
        total = engine.state().items
    cluster.ask("DELETE", f"/{cluster.prefix}-items/_doc/{item}?refresh=true")  # something went wrong long ago
    with cluster.life() as life:
        with pytest.raises(NotTheSame, match=rf"--force.*items: {total - 1} and {total}"):
            life.reindex(shards=None, force=False, show=lambda *_: None)
        assert cluster.total() == total - 1
        life.reindex(shards=None, force=True, show=lambda *_: None)
    assert cluster.total() == total
