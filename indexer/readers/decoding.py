"""Bytes as text: UTF-8 with or without mark, UTF-16 with mark, GB18030; anything else is said to be what it is."""

import codecs
import re

from indexer.model import IndexerError

_KNOWN_BINARY = (
    (b"PK\x03\x04", "a zip archive inside packing that is not undone"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "an image or sound"),
    (b"BZh", "packed with bzip2; this version reads .gz and .xz"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard; this version reads .gz and .xz"),
    (b"SQLite format 3", "a database"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_CHINESE = re.compile(r"[\u2010-\u203b\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class NotText(IndexerError):
    """The bytes are no text that a digest could be written in."""


def text_from(data: bytes) -> str:
    """Decodes a file strictly. Raises ``NotText`` with a reason a person can act on."""
    for magic, reason in _KNOWN_BINARY:
        if data.startswith(magic):
            raise NotText(reason)
    if data[257:262] == b"ustar":
        raise NotText("a tar archive inside packing that is not undone")
    text = _decoded(data)
    if _CONTROL.search(text):
        raise NotText("binary data, not text")
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if b"\0" in data:
        raise NotText("binary data, not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        return _guessed(data, failure)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as failure:
        raise NotText(f"not valid {encoding.upper()}: byte {failure.start + 1:,}") from failure


def _guessed(data: bytes, failure: UnicodeDecodeError) -> str:
    """GB18030 where it decodes strictly and gives mostly Chinese; else the UTF-8 error is what to report."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = len(_FOREIGN.findall(text))
    if foreign and len(_CHINESE.findall(text)) >= 0.9 * foreign:
        return text
    line = data.count(b"\n", 0, failure.start) + 1
    raise NotText(f"neither UTF-8 nor GB18030: byte {failure.start + 1:,} in line {line:,}")
