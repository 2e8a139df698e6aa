"""What administrators and full machines do to indices: pages are right or say plainly that they cannot be, writers
stop with a sentence, and everything goes on by itself when the indices are well again."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from indexer.archive import ArchiveFormatUnknown, ArchiveUnavailable
from search_service.cli.exits import NOT_REACHABLE
from search_service.engines import open_engine

DATA = ("items", "sightings", "digests", "assertions", "entities", "relations")


class Administrator:
    """Speaks to a cluster past the program."""

    def __init__(self, url: str) -> None:
        self.address, self.prefix = url.rsplit("/", 1)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}{path}", method=method, data=data, headers=headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    def index(self, kind: str) -> str:
        (index,) = self.ask("GET", f"/_alias/{self.prefix}-{kind}")
        return str(index)

    def block(self, kind: str, what: str, *, on: bool) -> None:
        self.ask("PUT", f"/{self.prefix}-{kind}/_settings", {f"index.blocks.{what}": True if on else None})

    def move_alias(self, kind: str, *, away_from: str, to: str = "") -> None:
        alias = f"{self.prefix}-{kind}"
        actions = [{"remove": {"index": away_from, "alias": alias}}] if away_from else []
        actions += [{"add": {"index": to, "alias": alias}}] if to else []
        self.ask("POST", "/_aliases", {"actions": actions})

    @contextmanager
    def red(self, kind: str) -> Iterator[None]:
        """In its place is one like it whose shard no node may hold."""
        index, red = self.index(kind), f"{self.prefix}-{kind}-v2-20200101000000"
        definition = {
            "settings": {"index.routing.allocation.require._name": "nobody"},
            "mappings": self.ask("GET", f"/{index}/_mapping")[index]["mappings"],
        }
        self.ask("PUT", f"/{red}?wait_for_active_shards=0", definition)
        self.move_alias(kind, away_from=index, to=red)
        yield
        self.move_alias(kind, away_from=red, to=index)
        self.ask("DELETE", f"/{red}")


@pytest.fixture(scope="module")
def url(elasticsearch_address: str, history: Any) -> str:
    """An archive that has been written whole; tests put back what they change."""
    url = f"{elasticsearch_address}/indices-{uuid.uuid4().hex[:12]}"
    history.write(url)
    return url


@pytest.fixture
def administrator(url: str) -> Administrator:
    return Administrator(url)


@pytest.mark.parametrize("kind", DATA)
def test_an_alias_that_is_gone_is_told_and_its_return_noticed(
    url: str, administrator: Administrator, open_site: Any, kind: str
) -> None:
    index = administrator.index(kind)
    with open_site(url) as site:
        administrator.move_alias(kind, away_from=index)
        try:
            assert site.ready() == "not ready: an index of the archive is missing"
            assert site.refusing()
            for write in (False, True):
                with pytest.raises(ArchiveUnavailable, match=f"{kind} any more.*restore a backup"):
                    open_engine(url, write=write, wait_s=5)
        finally:
            administrator.move_alias(kind, away_from="", to=index)
        site.recover()
    open_engine(url, write=True).__exit__()


@pytest.mark.parametrize("kind", ["items", "relations"])
def test_an_index_that_may_not_be_read_is_told(
    url: str, administrator: Administrator, open_site: Any, kind: str
) -> None:
    with open_site(url) as site:
        administrator.block(kind, "read", on=True)
        try:
            assert site.ready() == "not ready: an index of the archive is blocked"
            assert site.refusing()
        finally:
            administrator.block(kind, "read", on=False)
        site.recover()


@pytest.mark.parametrize("kind", ["items", "sightings", "entities"])
def test_a_red_index_is_told(url: str, administrator: Administrator, open_site: Any, kind: str) -> None:
    with open_site(url) as site:
        with administrator.red(kind):
            assert site.ready() == "not ready: not all of the archive is available"
            assert site.refusing()
        site.recover()


@pytest.mark.parametrize("kind", ["items", "assertions"])
def test_fields_of_another_program_under_our_name_are_refused(
    url: str, administrator: Administrator, open_site: Any, kind: str
) -> None:
    index, foreign = administrator.index(kind), f"{administrator.prefix}-{kind}-v2-20200101000000"
    administrator.ask("PUT", f"/{foreign}", {"mappings": {"properties": {"title": {"type": "text"}}}})
    with open_site(url) as site:
        administrator.move_alias(kind, away_from=index, to=foreign)
        try:
            assert site.ready().startswith("not ready: ")
            for write in (False, True):
                with pytest.raises(ArchiveFormatUnknown, match="another prefix"):
                    open_engine(url, write=write, wait_s=5)
        finally:
            administrator.move_alias(kind, away_from=foreign, to=index)
            administrator.ask("DELETE", f"/{foreign}")
        site.recover()


def test_an_index_that_may_only_be_read_serves_and_stops_writers(
    elasticsearch_address: str, history: Any, open_site: Any
) -> None:
    """The writer is in the middle of its history when the block comes."""
    url = f"{elasticsearch_address}/readonly-{uuid.uuid4().hex[:12]}"
    administrator = Administrator(url)
    with history.start(url) as process:
        history.read_batches(process, 3)
        administrator.block("items", "write", on=True)
        assert history.code_of(process, saying="blocked") == NOT_REACHABLE
    with open_site(url) as site:
        assert site.ready() == "ok"
        assert site.refusing() == []
    administrator.block("items", "write", on=False)
    history.write(url)
    history.assert_stored(url)


@pytest.mark.slow_faults
def test_an_index_that_is_deleted_in_the_middle_stops_writers_and_is_not_made_anew_empty(
    elasticsearch_address: str, history: Any
) -> None:
    url = f"{elasticsearch_address}/deleted-{uuid.uuid4().hex[:12]}"
    administrator = Administrator(url)
    with history.start(url) as process:
        history.read_batches(process, 3)
        administrator.ask("DELETE", f"/{administrator.index('entities')}")
        assert history.code_of(process, saying="entities") == NOT_REACHABLE
    with history.start(url) as process:
        assert history.code_of(process, saying="and index the digests again") == NOT_REACHABLE
    for index in administrator.ask("GET", f"/{administrator.prefix}-*/_alias"):
        administrator.ask("DELETE", f"/{index}")  # as the sentence says
    history.write(url)
    history.assert_stored(url)


@pytest.mark.slow_faults
def test_a_red_index_makes_writers_stop_with_a_sentence(elasticsearch_address: str, history: Any) -> None:
    url = f"{elasticsearch_address}/red-{uuid.uuid4().hex[:12]}"
    with history.start(url) as process:
        history.read_batches(process, 3)
        with Administrator(url).red("sightings"):
            assert history.code_of(process) == NOT_REACHABLE
    history.write(url)
    history.assert_stored(url)


@pytest.mark.slow_faults
def test_an_archive_goes_on_when_the_index_of_its_writers_is_lost(
    elasticsearch_address: str, history: Any, open_site: Any
) -> None:
    url = f"{elasticsearch_address}/writerless-{uuid.uuid4().hex[:12]}"
    administrator = Administrator(url)
    with history.start(url) as process:
        history.read_batches(process, 3)
        process.kill()
    open_engine(url, write=True).__exit__()
    administrator.ask("DELETE", f"/{administrator.index('writer')}")
    with open_site(url) as site:
        assert site.ready() == "ok"
    history.write(url)
    history.assert_stored(url)
