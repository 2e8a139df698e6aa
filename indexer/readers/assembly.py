"""From drafts to digests: days, desks, ids, repeated items and the account of every line.

Text layouts cannot lose a line: whatever neither an item nor the frame claims is reported here as unparsed.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from indexer.identity import Sighting, digest_id, item_id, resolve, title_key
from indexer.model import AnnotatedItem, Digest, NewsItem, Place, Problem
from indexer.readers.dates import days_in, one_day_in
from indexer.readers.documents import MAX_LINE, Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.records import TIME
from indexer.sources import SourceFile

_MADE_AT = re.compile(
    r"(?:更新|生成|采集|抓取|整理)(?:时间|于)|(?:updated|generated)(?: at| on)?\s*[:：]", re.IGNORECASE
)
"""Lines that say when a file was made, which is not the day of its news."""

READERS_VERSION = 3
"""Goes up whenever readers would give other items for the same bytes, so that files are read anew."""


def fingerprint_of(content: bytes) -> str:
    """Equal for equal bytes read by equal readers."""
    return f"{READERS_VERSION}:{hashlib.sha256(content).hexdigest()}"


def digest_from(
    draft: DigestDraft,
    *,
    file: SourceFile,
    path: str,
    layout: str,
    fingerprint: str,
    problems: tuple[Problem, ...] = (),
) -> Digest:
    """The digest a draft amounts to; ``path`` is the file's, or the file's with the part of it this digest is."""
    identity = digest_id(file.desk, path)
    items = [_item(item, draft.day, file) for item in draft.items]
    return Digest(
        id=identity,
        desk=file.desk,
        path=path,
        day=draft.day,
        items=_merged(items, identity),
        layout=layout,
        problems=problems,
        unparsed=draft.unparsed,
        fingerprint=fingerprint,
        sureness=draft.sureness,
    )


def account(draft: DigestDraft, document: TextDocument) -> DigestDraft:
    """The draft with each non-blank line that it does not claim added to ``unparsed``; front matter is frame."""
    claimed = set(draft.frame) | {problem.line for problem in draft.unparsed}
    for item in draft.items:
        if item.lines:
            claimed.update(range(item.lines[0], item.lines[1] + 1))
    left = tuple(
        Problem(path=document.path, line=number, reason=_reason(line))
        for number, line in enumerate(document.lines[document.start :], document.start + 1)
        if line.strip() and (number not in claimed or len(line) > MAX_LINE)
    )
    frame = draft.frame | frozenset(range(1, document.start + 1))
    return replace(draft, frame=frame, unparsed=tuple(sorted((*draft.unparsed, *left), key=lambda p: p.line or 0)))


def _reason(line: str) -> str:
    if len(line) > MAX_LINE:
        return f"line of more than {MAX_LINE:,} characters"
    return "belongs to no item"


def day_of_document(document: Document, draft: DigestDraft) -> date | None:
    """The day of a digest: of the file's name, its front matter, its layout, the lines above its items, its folders.

    A name, field or line with two days (a week's range) gives none.
    """
    if draft.several_days:
        return None
    name = document.path.rsplit("/", 1)[-1]
    if days_in(name):
        return one_day_in(name)
    if isinstance(document, TextDocument):
        for key in (*TIME, "day", "title"):
            if days_in(document.front_matter.get(key, "")):
                return one_day_in(document.front_matter[key])
    return draft.day or _day_of_opening(document, draft) or one_day_in("-".join(document.path.split("/")[-3:]))


def _day_of_opening(document: Document, draft: DigestDraft) -> date | None:
    if not isinstance(document, TextDocument) or any(item.pointer for item in draft.items):
        return None
    first = min((item.lines[0] for item in draft.items if item.lines), default=len(document.lines) + 1)
    opening = [line[:400] for line in document.lines[document.start : min(first - 1, document.start + 20)]]
    dated = [line for line in opening if days_in(line)]
    days = {item.day for item in draft.items if item.day}
    if len(days) > 1 and 5 * sum(item.day is not None for item in draft.items) >= 4 * len(draft.items):
        dated = [line for line in dated if not _MADE_AT.search(line)]
    return one_day_in(dated[0]) if dated else None


def _item(draft: ItemDraft, day: date | None, file: SourceFile) -> NewsItem:
    desk = file.desk if file.desk_given or not draft.desk else draft.desk
    own_day = draft.day.isoformat() if draft.day and day and draft.day != day else None
    day = day or draft.day
    first, last = draft.lines or (None, None)
    return NewsItem(
        id=item_id(desk, day, draft.title),
        desk=desk,
        day=day,
        title=draft.title,
        section=draft.section,
        summary=draft.summary,
        background=draft.background,
        points=draft.points,
        sources=draft.sources,
        places=(Place(path=file.path, first_line=first, last_line=last, pointer=draft.pointer),),
        external_ids=draft.external_ids,
        published=draft.published or own_day,
        extra=draft.extra,
    )


def _merged(items: Sequence[NewsItem], digest: str) -> tuple[NewsItem, ...]:
    """The items in order; those of one title are settled as the archive would: one item or told apart by link."""
    groups: dict[tuple[str, str], list[int]] = {}
    alike = len({(item.desk, item.day) for item in items}) < 2  # then equal ids are equal titles
    for position, item in enumerate(items):
        key = ("", item.id) if alike else (item.desk, title_key(item.title))
        groups.setdefault(key, []).append(position)
    if len(groups) == len(items):
        return tuple(items)
    settled: dict[int, NewsItem] = {}
    for positions in groups.values():
        settled.update(
            _settled(items, positions, digest) if len(positions) > 1 else {positions[0]: items[positions[0]]}
        )
    return tuple(settled[position] for position in sorted(settled))


def _settled(items: Sequence[NewsItem], positions: Sequence[int], digest: str) -> dict[int, NewsItem]:
    """The items of one title, each at the first position it has."""
    sightings = [
        Sighting(digest_id=digest, position=position, annotated=AnnotatedItem(item=items[position]))
        for position in positions
    ]
    position_of = {items[position].places[0]: position for position in reversed(positions)}
    return {position_of[one.item.places[0]]: one.item for one in resolve(sightings)}
