"""A cluster and its writers fail half way: nothing is lost, nothing is doubled, and pages say what they can."""

import json
import random
import time
import urllib.request
import uuid
from typing import Any

import pytest

from indexer.archive import ArchiveFormatUnknown, ArchiveLocked, ArchiveUnavailable
from search_service.engines import open_engine
from search_service.engines.contract import EngineUnavailable, SearchRequest
from search_service.engines.cursors import RelevanceCursor, decode
from search_service.query.tree import AllOf, AnyOf, Node, Not, Prefix, Tokens

KILLS = 4
WORD = Tokens(field="any", tokens=("松涛",))


@pytest.fixture
def url(elasticsearch_address: str) -> str:
    return f"{elasticsearch_address}/faults-{uuid.uuid4().hex[:12]}"


def request(address: str, method: str, path: str, body: object = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}{path}", method=method, data=data, headers=headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def test_a_writer_killed_at_any_moment_ends_as_the_embedded_engine_ends(url: str, history: Any) -> None:
    moments = random.Random(4)
    for _ in range(KILLS):
        with history.start(url) as process:
            history.read_batches(process, 0)
            time.sleep(moments.uniform(0.05, 1.2))
            process.kill()
    history.write(url)
    history.assert_stored(url)


def test_a_writer_that_is_gone_is_followed_at_once(url: str, history: Any) -> None:
    with history.start(url) as process:
        history.read_batches(process, 0)
        with pytest.raises(ArchiveLocked, match=f"process {process.pid}"):
            open_engine(url, write=True, wait_s=0)
        process.kill()
        process.wait()
    with open_engine(url, write=True, wait_s=0) as engine:
        assert engine.state().waiting == 0


def test_a_server_that_is_not_there_is_told_with_its_address(elasticsearch_address: str) -> None:
    nobody = "http://127.0.0.1:9/archive"
    for write in (False, True):
        with pytest.raises((ArchiveUnavailable, EngineUnavailable), match=r"127\.0\.0\.1:9"):
            open_engine(nobody, write=write, wait_s=0)


def test_an_index_of_somebody_else_is_left_alone(url: str, elasticsearch_address: str) -> None:
    prefix = url.rsplit("/", 1)[1]
    request(elasticsearch_address, "PUT", f"/{prefix}-items")
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match="another prefix"):
            open_engine(url, write=write, wait_s=0)


def test_an_archive_of_another_format_is_refused(url: str, elasticsearch_address: str) -> None:
    prefix = url.rsplit("/", 1)[1]
    alias = {"aliases": {f"{prefix}-items": {}}}
    request(elasticsearch_address, "PUT", f"/{prefix}-items-v99-20260101000000", alias)
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match="format 99"):
            open_engine(url, write=write, wait_s=0)


@pytest.fixture(scope="module")
def filled(elasticsearch_address: str, history: Any) -> str:
    url = f"{elasticsearch_address}/filled-{uuid.uuid4().hex[:12]}"
    history.write(url)
    return url


def test_pages_go_on_without_repeating_when_the_server_let_go_of_their_state(
    filled: str, elasticsearch_address: str
) -> None:
    first = SearchRequest(tree=WORD, limit=40)
    with open_engine(filled) as engine:
        page = engine.search(first)
        seen, notices = [hit.item.item.id for hit in page.hits], []
        while page.next:
            asked = SearchRequest(tree=WORD, limit=40, cursor=page.next)
            cursor = decode(asked)
            assert isinstance(cursor, RelevanceCursor)
            if len(seen) == 40:
                request(elasticsearch_address, "DELETE", "/_pit", {"id": cursor.generation})
            page = engine.search(asked)
            notices += page.notices
            seen += [hit.item.item.id for hit in page.hits]
    assert len(seen) == len(set(seen)) == page.total
    assert len(notices) == 1


def test_trees_deeper_than_the_server_reads_are_answered(filled: str) -> None:
    tree: Node = WORD
    for number in range(70):
        parts = (tree, Tokens(field="title", tokens=(f"没有{number}",)))
        tree = AnyOf(children=parts) if number % 2 else AllOf(children=(tree, Not(child=parts[1])))
    with open_engine(filled) as engine:
        deep, flat = (engine.search(SearchRequest(tree=one)) for one in (tree, WORD))
    assert deep.total == flat.total > 0


@pytest.mark.parametrize("text", ['{"match_all":{}}', "*", "title:*", "a AND b", "\\", '"', "/.*/"])
def test_no_token_is_read_as_a_language(filled: str, text: str) -> None:
    trees = (Tokens(field="any", tokens=(text,)), Prefix(field="any", tokens=(), prefix=text))
    with open_engine(filled) as engine:
        for tree in (*trees, Tokens(field="any", tokens=(text, text))):
            assert engine.search(SearchRequest(tree=tree)).total == 0
        assert engine.entity(text) is None
        assert engine.items([text]) == {}
        assert engine.find_entities(text=text)[1] == 0
