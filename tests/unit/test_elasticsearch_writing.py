"""Writing to a cluster that has no room, refuses or forgets: nothing is lost and nothing is written out of turn."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from indexer.archive import ArchiveLocked, ArchiveUnavailable
from search_service.engines.elasticsearch.bulk import ACTIONS_AT_ONCE, BulkWriter
from search_service.engines.elasticsearch.cluster import PAUSES_S, ChangedMeanwhile
from search_service.engines.elasticsearch.documents import LONGEST_TOKEN, Document, indexed_token
from search_service.engines.elasticsearch.failures import Overloaded, RequestRefused
from search_service.engines.elasticsearch.lease import EXPIRES_S, Lease


class FakeCluster:
    """Takes bulk requests and answers each document with the next of its statuses, 200 when none is left."""

    address = "http://cluster/archive"

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.stored_ids: list[str] = []
        self.requests = 0
        self.documents: dict[str, tuple[dict[str, Any], int]] = {}

    def name(self, kind: str) -> str:
        return f"archive-{kind}"

    def bulk(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
        self.requests += 1
        if self.outcomes and isinstance(self.outcomes[0], Exception):
            raise self.outcomes.pop(0)
        answers = []
        for line in map(json.loads, lines):
            action = line.get("index") or line.get("delete")
            if isinstance(action, dict) and "_id" in action:
                status = self.outcomes.pop(0) if self.outcomes else 200
                if status == 200:
                    self.stored_ids.append(action["_id"])
                why = {} if status in (200, 404) else {"error": {"reason": "full", "caused_by": {"reason": "disk"}}}
                answers.append({"status": status, **why})
        return answers

    def stored(self, _kind: str, one: str) -> tuple[dict[str, Any], tuple[int, int]] | None:
        if one not in self.documents:
            return None
        document, version = self.documents[one]
        return document, (version, 1)

    def store(self, _kind: str, one: str, document: dict[str, Any], *, read_at: Any) -> tuple[int, int]:
        known = self.documents.get(one)
        if (known[1] if known else None) != (read_at[0] if read_at else None):
            raise ChangedMeanwhile
        self.documents[one] = (document, (known[1] if known else 0) + 1)
        return self.documents[one][1], 1


def documents(count: int) -> list[Document]:
    return [Document(kind="items", id=str(number), fields={"id": str(number)}) for number in range(count)]


def writer(cluster: FakeCluster, pauses: list[float]) -> BulkWriter:
    return BulkWriter(cluster, epoch=1, check=lambda: None, sleep=pauses.append)  # type: ignore[arg-type]


def test_what_had_no_room_is_sent_again_and_nothing_else() -> None:
    cluster, pauses = FakeCluster(200, 429, 200, 503), []
    writer(cluster, pauses).write(documents(4))
    assert cluster.stored_ids == ["0", "2", "1", "3"]
    assert pauses == [PAUSES_S[0]]


def test_a_request_that_was_not_answered_is_sent_again_whole() -> None:
    cluster, pauses = FakeCluster(Overloaded("timed out"), Overloaded("status 503")), []
    writer(cluster, pauses).write(documents(2))
    assert cluster.stored_ids == ["0", "1"]
    assert pauses == list(PAUSES_S[:2])


def test_a_cluster_that_stays_full_ends_the_run_with_its_reason() -> None:
    cluster = FakeCluster(*[429] * 50)
    with pytest.raises(ArchiveUnavailable, match="disk"):
        writer(cluster, []).write(documents(1))
    assert cluster.requests == len(PAUSES_S) + 1


def test_a_refused_document_is_named_with_the_reason_and_the_others_are_written() -> None:
    cluster = FakeCluster(200, 400, 200)
    (refused,) = writer(cluster, []).write_acceptable(documents(3))
    assert (refused.document.id, refused.reason) == ("1", "full: disk")
    assert cluster.stored_ids == ["0", "2"]
    with pytest.raises(ArchiveUnavailable, match=r"items 1.*disk"):
        writer(FakeCluster(200, 400), []).write(documents(2))


def test_what_makes_a_whole_request_refused_is_found() -> None:
    class Picky(FakeCluster):
        def bulk(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
            if any(b'"_id":"3"' in line for line in lines):
                raise RequestRefused("an id that nobody likes")
            return super().bulk(lines)

    cluster = Picky()
    (refused,) = writer(cluster, []).write_acceptable(documents(7))
    assert refused.document.id == "3"
    assert cluster.stored_ids == ["0", "1", "2", "4", "5", "6"]


def test_a_document_too_large_for_the_memory_of_the_cluster_is_refused_after_a_while() -> None:
    large = Document(kind="items", id="0", fields={"body": "长" * 3_000_000})
    (refused,) = writer(FakeCluster(*[Overloaded("no memory")] * 50), []).write_acceptable([large])
    assert "too large: no memory" in refused.reason


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, "cluster_block_exception"),
        (404, "index_not_found_exception"),
        (400, "strict_dynamic_mapping_exception"),
        (500, "other"),
    ],
)
def test_what_is_wrong_with_an_index_is_never_blamed_on_a_document(status: int, kind: str) -> None:
    class Broken(FakeCluster):
        def bulk(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
            return [{"status": status, "error": {"type": kind, "reason": "the index"}} for _ in lines[::2]]

    with pytest.raises(ArchiveUnavailable, match="the index"):
        writer(Broken(), []).write_acceptable(documents(3))


def test_a_later_writer_is_never_written_over() -> None:
    with pytest.raises(ArchiveLocked, match="taken over"):
        writer(FakeCluster(409), []).write(documents(1))


def test_what_is_gone_already_counts_as_taken_away() -> None:
    writer(FakeCluster(404), []).write([Document(kind="items", id="0", fields=None)])


def test_requests_have_a_bounded_size() -> None:
    cluster = FakeCluster()
    writer(cluster, []).write(documents(ACTIONS_AT_ONCE * 2 + 1))
    assert cluster.requests == 3


class Watch:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def held_elsewhere(cluster: FakeCluster) -> None:
    document = {"process": "17", "host": "another machine", "epoch": 5, "renewed": 0}
    cluster.documents["lease"] = (document, 1)


def test_a_writer_on_another_machine_is_waited_for_and_named() -> None:
    cluster, watch = FakeCluster(), Watch()
    held_elsewhere(cluster)
    with pytest.raises(ArchiveLocked, match="process 17 on another machine"):
        Lease.acquire(cluster, wait_s=3, clock=watch.clock, sleep=watch.sleep)  # type: ignore[arg-type]
    assert watch.now >= 3


def test_a_writer_that_stopped_renewing_is_followed_with_a_later_epoch() -> None:
    cluster, watch = FakeCluster(), Watch()
    held_elsewhere(cluster)
    lease = Lease.acquire(cluster, wait_s=60, clock=watch.clock, sleep=watch.sleep)  # type: ignore[arg-type]
    assert (lease.epoch, watch.now >= EXPIRES_S) == (6, True)
    lease.check()
    lease.close()
    assert Lease.acquire(cluster, wait_s=0, clock=watch.clock).epoch == 7  # type: ignore[arg-type]


def test_a_writer_that_slept_goes_on_where_nobody_took_over() -> None:
    cluster, watch = FakeCluster(), Watch()
    lease = Lease.acquire(cluster, wait_s=0, clock=watch.clock)  # type: ignore[arg-type]
    watch.now += EXPIRES_S * 100
    lease.check()
    # an own renewal that came through although its answer did not
    cluster.documents["lease"] = (cluster.documents["lease"][0], 17)
    watch.now += EXPIRES_S
    lease.check()
    lease.close()


def test_a_writer_that_slept_stops_where_somebody_took_over() -> None:
    cluster, watch = FakeCluster(), Watch()
    lease = Lease.acquire(cluster, wait_s=0, clock=watch.clock)  # type: ignore[arg-type]
    held_elsewhere(cluster)
    cluster.documents["lease"] = (cluster.documents["lease"][0], 17)
    watch.now += EXPIRES_S
    with pytest.raises(ArchiveLocked, match="taken over"):
        lease.check()
    lease.close()
    assert cluster.documents["lease"][0]["host"] == "another machine"


def test_a_turn_is_not_taken_for_ended_because_nobody_could_look() -> None:
    cluster, watch = FakeCluster(), Watch()
    held_elsewhere(cluster)

    def stand_still(seconds: float) -> None:
        watch.now += EXPIRES_S + seconds

    with pytest.raises(ArchiveLocked, match="another machine"):
        Lease.acquire(cluster, wait_s=90, clock=watch.clock, sleep=stand_still)  # type: ignore[arg-type]


def test_tokens_longer_than_the_analyser_takes_stay_one_token_each() -> None:
    long = "a" * 300
    shortened = indexed_token(long)
    assert len(shortened) <= LONGEST_TOKEN
    assert shortened != indexed_token("a" * 301)
    assert indexed_token("a" * LONGEST_TOKEN) == "a" * LONGEST_TOKEN
    assert len(indexed_token("𠀀" * 200).encode("utf-16-le")) // 2 <= LONGEST_TOKEN
