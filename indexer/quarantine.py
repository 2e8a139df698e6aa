"""What could not be read or stored, and waits: where it was, why, and since when.

Nothing is lost by waiting: files stay where they are, and of standard input the bytes are kept. What is read well
later leaves by itself.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field

KEPT_OF_STANDARD_INPUT = 1024**2
"""Bytes of standard input that are kept until they are read; of more, a note that they must be given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A file, a part of one, or an item that waits.

    ``root`` and ``path`` say where it was: an absolute folder and the path below it (files in an archive are below
    the archive's path), the address of a feed, or ``-`` for standard input, whose bytes are in ``content`` where they
    are few enough (in one entry, where several wait of it; the others have none of them). ``line`` or ``pointer`` is
    the place in the file, ``item_id`` the item that was not understood or not stored. ``since`` is a time in UTC as
    ISO 8601: when it was first met so.
    """

    desk: str
    root: str
    path: str
    reason: str
    since: str
    line: int | None = None
    pointer: str | None = None
    item_id: str = ""
    desk_given: bool = False
    content: bytes | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """A pure function of what waits, not of why: 16 hexadecimal digits."""
        parts = ("quarantine", self.desk, self.path, str(self.line or ""), self.pointer or "", self.item_id)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def place(self) -> tuple[str, str, int, str, str]:
        """What lists are ordered by: desk, path, line, the rest."""
        return self.desk, self.path, self.line or 0, self.pointer or "", self.item_id


def to_json(entry: Quarantined) -> str:
    """The entry as JSON in ASCII: a folder's name need not be UTF-8."""
    content = b64encode(entry.content).decode() if entry.content is not None else None
    return json.dumps({**asdict(entry), "content": content})


def from_json(text: str) -> Quarantined:
    """The inverse of ``to_json``."""
    record = json.loads(text)
    content = b64decode(record["content"]) if record["content"] is not None else None
    return Quarantined(**{**record, "content": content})
