"""Quarantine's entries: their ids must not change, or what waits could never be released."""

from dataclasses import replace

from indexer.quarantine import Quarantined, from_json, to_json

ENTRY = Quarantined(desk="早报", root="/news", path="a.json", reason="broken JSON", since="2026-02-12T08:00:00+00:00")


def test_the_id_tells_what_waits_and_not_why_or_from_where() -> None:
    assert ENTRY.id == "39ffa78e9ee628b9"
    assert replace(ENTRY, reason="other", since="", root="/moved", content=b"x").id == ENTRY.id
    others = [{"desk": "晚报"}, {"path": "b.json"}, {"line": 3}, {"pointer": "/3"}, {"item_id": "3"}]
    assert len({replace(ENTRY, **other).id for other in others} | {ENTRY.id}) == 6


def test_an_entry_survives_json_whatever_its_folder_is_called() -> None:
    odd = replace(ENTRY, root="/\udcff", content=b"\x00\xff", line=3, item_id="1", desk_given=True)
    assert to_json(odd).isascii()
    assert from_json(to_json(odd)) == odd
    assert from_json(to_json(ENTRY)) == ENTRY
