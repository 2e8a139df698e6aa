"""Items as JSON lines, one object a line, streamed: nothing but the digest at hand is held.

A digest is 2,000 lines of the file. A line is an item with the keys of ``records``, or a whole day's digest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import orjson

from indexer.model import Problem
from indexer.readers import daily_json
from indexer.readers.documents import JsonDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.records import item_from
from indexer.readers.roles import missing_roles_of, under_roles

LINES_PER_DIGEST = 2000
MAX_LINE = 16 * 1024**2
"""Bytes of one line; longer ones are reported and passed over."""

_LOOKED_AT = 5
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True, kw_only=True)
class Chunk:
    """The lines ``first``..``last`` of a file: what their digest holds, and the hash of their bytes."""

    first: int
    last: int
    values: list[tuple[int, Any]] = field(default_factory=list)
    items: list[ItemDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unparsed: list[Problem] = field(default_factory=list)
    checksum: str = ""

    @property
    def draft(self) -> DigestDraft:
        """What assembly makes a digest of."""
        days = {item.day for item in self.items}
        return DigestDraft(
            items=tuple(self.items), day=days.pop() if len(days) == 1 else None, unparsed=tuple(self.unparsed)
        )


def recognises(head: bytes) -> bool:
    """Whether a file begins as JSON lines: at least half of its first whole lines, and two or more, are objects."""
    lines = head.removeprefix(_BOM).split(b"\n")
    whole = [line for line in lines[:-1] if line.strip()][:_LOOKED_AT]
    if len(whole) < _LOOKED_AT and lines[-1].strip():
        whole.append(lines[-1])
    objects = sum(isinstance(_value_of(line), dict) for line in whole if line.lstrip().startswith(b"{"))
    return objects >= 2 and 2 * objects >= len(whole)


def chunks_of(stream: BinaryIO, path: str) -> Iterator[Chunk]:
    """The file in chunks of ``LINES_PER_DIGEST`` lines."""
    first = 1
    chunk = Chunk(first=first, last=first)
    checksum = hashlib.sha256()
    for number, line in enumerate(_lines(stream), 1):
        if number >= first + LINES_PER_DIGEST:
            chunk.checksum = checksum.hexdigest()
            _settle(chunk, path)
            yield chunk
            first, checksum = number, hashlib.sha256()
            chunk = Chunk(first=first, last=first)
        chunk.last = number
        checksum.update(line)
        _take(chunk, line, number, path)
    chunk.checksum = checksum.hexdigest()
    _settle(chunk, path)
    yield chunk


def _lines(stream: BinaryIO) -> Iterable[bytes]:
    """Lines of at most ``MAX_LINE`` bytes; of longer ones the beginning."""
    while line := stream.readline(MAX_LINE + 1):
        rest = line
        while len(line) > MAX_LINE and not rest.endswith(b"\n") and (rest := stream.readline(MAX_LINE)):
            pass
        yield line


def _take(chunk: Chunk, line: bytes, number: int, path: str) -> None:
    if number == 1:
        line = line.removeprefix(_BOM)
    if not line.strip():
        return
    if len(line) > MAX_LINE:
        chunk.problems.append(Problem(path=path, line=number, reason=f"line of more than {MAX_LINE // 1024**2} MiB"))
        return
    value = _value_of(line)
    if value is None:
        chunk.problems.append(Problem(path=path, line=number, reason="broken JSON"))
        return
    chunk.values.append((number, value))


def _settle(chunk: Chunk, path: str) -> None:
    """Makes items of the values of a chunk. What keys that nobody knows tell is judged by all of them together."""
    roles = missing_roles_of([value for _, value in chunk.values])
    for number, value in chunk.values:
        items = _items(value, path, number, roles)
        chunk.items += items
        if not items:
            chunk.unparsed.append(Problem(path=path, line=number, reason="neither title nor text"))
    chunk.values.clear()


def _items(value: Any, path: str, number: int, roles: Mapping[str, str]) -> list[ItemDraft]:
    if not isinstance(value, dict):
        return []
    item = item_from(under_roles(value, roles))
    document = JsonDocument(path=path, value=value)
    if item is None and daily_json.recognises(document):
        draft = daily_json.read(document)
        return [replace(one, lines=(number, number), day=draft.day or one.day) for one in draft.items]
    return [replace(item, lines=(number, number))] if item else []


def _value_of(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except (orjson.JSONDecodeError, ValueError, RecursionError):
        return None
