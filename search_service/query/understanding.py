"""Reads plain words as what they mean: names with their aliases, dates, known words, questions.

Only queries of bare words are understood; quotes, operators and ``field:`` say exactly what is meant and are left to
``reading``. Nothing typed is replaced: aliases and words of the same meaning are found beside it and count less.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from indexer.folding import HAN, Folded, fold, fold_key
from search_service.query.clauses import word_clauses
from search_service.query.forms import Form, all_of
from search_service.query.lexemes import cut_lexemes
from search_service.query.lexicon import ALIAS_WEIGHT, NEAR_WEIGHT, SAME_WEIGHT, Lexicon, Match, distinct
from search_service.query.parts import Part, PartKind
from search_service.query.periods import NamedDays, Preference, Window, days_named_in, whole_period, windows_in
from search_service.query.ranking import RankedPart, Ranking
from search_service.query.reading import Cuts, Reading, positive_leaves
from search_service.query.sentences import read_as
from search_service.query.tree import AtLeast, Days, Node
from search_service.query.vocabulary import WordGroup
from search_service.query.words import Counts, cut_words

MAX_PARTS = 24
MAX_LENGTH = 200
"""Characters of a query that is still read; longer ones are texts, which are looked for as they stand."""

_VERSION = re.compile(r"[\s\-_]{0,2}(v?\d+(?:\.\d+)*[a-z]?)(?![a-z\d.])(?!\s*[年月日号家款个台万亿倍元%])")
_NAME_AND_VERSION = re.compile(r"(.+?)[\s\-_]*v?(\d+(?:\.\d+)+)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS_ASKING = re.compile(r"[?？]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveName:
    """A name that only the archive knows, at ``start``..``end`` of the folded query."""

    start: int
    end: int
    entity_id: str


NamesIn = Callable[[str], Iterable[ArchiveName]]
"""The names in a folded query that only the archive knows; they may overlap."""

Span = Window | NamedDays | Match | ArchiveName


def no_names_in(_text: str) -> tuple[ArchiveName, ...]:
    """Knows no names: for reading queries with the catalogue alone."""
    return ()


@dataclass(slots=True)
class _Draft:
    """What has been read so far; places are those of the folded query."""

    text: str
    folded: Folded
    parts: list[tuple[Part, RankedPart | None]] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    named: list[NamedDays] = field(default_factory=list)
    months: list[tuple[int, ...]] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    classes: set[int] = field(default_factory=set)
    question: bool = False

    def add(self, kind: PartKind, start: int, end: int, ranked: RankedPart | None = None, **more: object) -> None:
        """Notes a part at a place of the folded query."""
        first, last = self.folded.span(start, end)
        part = Part(start=first, end=last, kind=kind, value=self.text[first:last])
        self.parts.append((replace(part, **more), ranked))  # type: ignore[arg-type]

    def forget_classes(self) -> None:
        """Leaves out what a question only asks for instances of, where it asks for more."""
        if any(ranked and part.start not in self.classes for part, ranked in self.parts):
            self.parts = [
                (replace(part, kind="question", also=()), None) if part.start in self.classes else (part, ranked)
                for part, ranked in self.parts
            ]

    @property
    def ranked(self) -> tuple[RankedPart, ...]:
        return tuple(ranked for _, ranked in sorted(self.parts, key=lambda pair: pair[0].start) if ranked)


@dataclass(frozen=True, slots=True)
class _WordReader:
    """Cuts stretches into words, or takes the words that an earlier reading of the same text cut."""

    lexicon: Lexicon
    counts: Counts
    cuts: Cuts | None

    def pieces(self, text: str, start: int, end: int) -> Iterator[slice]:
        """The words of ``text[start:end]``."""
        if self.cuts is not None:
            yield from (slice(*cut) for cut in self.cuts if start <= cut[0] and cut[1] <= end)
            return
        for first, last, _clause in word_clauses(text[start:end]):
            piece = slice(start + first, start + last)
            if re.search(f"[{HAN}]", text[piece]):
                yield from cut_words(text, piece.start, piece.stop, framing=self.lexicon.frames, counts=self.counts)
            else:
                yield piece


def understand(
    text: str,
    *,
    lexicon: Lexicon,
    counts: Counts,
    names_in: NamesIn = no_names_in,
    today: date | None = None,
    cuts: Cuts | None = None,
) -> Reading | None:
    """The query as understood; None where it has to be read as it stands.

    Relative windows are only read where ``today`` is given. ``cuts`` are those of an earlier reading of the same
    text, in place of asking ``counts`` how the archive writes its words, and ``names_in`` which of them are names.
    """
    if not text.strip() or len(text) > MAX_LENGTH or not _is_plain(text):
        return None
    draft, words = _Draft(text, fold(text)), _WordReader(lexicon, counts, cuts)
    folded = draft.folded.text
    at = 0
    for span in _chosen(folded, lexicon, today, _known(names_in(folded), cuts)):
        if span.start < at:
            continue  # inside a version that the name before it took
        _read_words(draft, at, span.start, words)
        at = _read_span(draft, span, lexicon)
    _read_words(draft, at, len(folded), words)
    draft.question = draft.question or _ENDS_ASKING.search(folded) is not None
    if draft.question:
        draft.forget_classes()
    return _reading(draft)


def _is_plain(text: str) -> bool:
    return all(lexeme.kind == "word" and not lexeme.text.endswith("*") for lexeme in cut_lexemes(text))


def _known(names: Iterable[ArchiveName], cuts: Cuts | None) -> Iterator[ArchiveName]:
    """Names of an earlier reading, where there was one: what the archive has learned since begins another search."""
    return (name for name in names if cuts is None or (name.start, name.end) in cuts)


def _chosen(text: str, lexicon: Lexicon, today: date | None, names: Iterable[ArchiveName]) -> Iterator[Span]:
    """Stretches that mean something, from the left, the longest at each place; of equal length dates before words
    before names that only the archive knows."""
    found: list[Span] = [*days_named_in(text), *lexicon.matches(text), *names]
    if today:
        found += windows_in(text, today)
    at = 0
    for span in sorted(found, key=lambda span: (span.start, -span.end, _LAST.get(type(span), 0))):
        if span.start >= at and not (isinstance(span, Match) and _asks_nothing(span, text)):
            yield span
            at = span.end


_LAST: dict[type, int] = {Match: 1, ArchiveName: 2}


def _asks_nothing(match: Match, text: str) -> bool:
    """Whether a word that asks at the end of a query stands elsewhere."""
    return match.meaning.ending and match.end < len(text.rstrip(" ?？"))


def _read_span(draft: _Draft, span: Span, lexicon: Lexicon) -> int:
    """Reads a stretch; gives where it ends."""
    if isinstance(span, Window):
        draft.windows.append(span)
        draft.add("window", span.start, span.end, since=span.since, until=span.until)
        return span.end
    if isinstance(span, NamedDays):
        draft.named.append(span)
        draft.add("days", span.start, span.end)
        return span.end
    if isinstance(span, ArchiveName):
        typed = draft.folded.text[span.start : span.end]
        draft.cuts.append((span.start, span.end))
        ranked = RankedPart(value=typed, forms=_made([(typed, 1.0)]), entity_ids=(span.entity_id,))
        draft.add("entity", span.start, span.end, ranked, entity_id=span.entity_id)
        return span.end
    return _read_match(draft, span, lexicon)


def _read_match(draft: _Draft, match: Match, lexicon: Lexicon) -> int:
    meaning = match.meaning
    if meaning.asks or meaning.framing:
        draft.question = draft.question or meaning.asks
        draft.add("question", match.start, match.end)
        return match.end
    typed = draft.folded.text[match.start : match.end]
    named = bool(meaning.names) and not (meaning.needs_bounds and (meaning.groups or meaning.event))
    names = lexicon.other_names(typed) if named else ()
    ids = lexicon.entity_ids(match.key) if named else ()
    if named and (version := _version_after(draft.folded.text, match.end)):
        ranked = _versioned(typed, names, version[1], ids)
        draft.add("version", match.start, version.end(), ranked, entity_id=ids[0], also=_also(ranked))
        return version.end()
    if meaning.event:
        draft.months.append(meaning.event.months)
        names = (*names, *meaning.event.names)
    category = next((group.category for group in meaning.groups if group.category), None)
    ranked = RankedPart(
        value=typed,
        forms=_forms(typed, names, meaning.groups),
        entity_ids=ids,
        category=category,
        apart=_apart_in(typed, lexicon) if named else None,
    )
    if meaning.of_class:
        draft.classes.add(draft.folded.span(match.start, match.end)[0])
    kind: PartKind = "entity" if named else "event" if meaning.event else "category" if category else "word"
    draft.add(kind, match.start, match.end, ranked, entity_id=ids[0] if ids else None, also=_also(ranked))
    return match.end


def _version_after(text: str, end: int) -> re.Match[str] | None:
    match = _VERSION.match(text, end)
    return match if match and not _YEAR.fullmatch(match[1]) else None


def _versioned(typed: str, names: Sequence[str], version: str, ids: tuple[str, ...]) -> RankedPart:
    """A name with its version: side by side under any of its names, else both somewhere."""
    bare = version.removeprefix("v")
    weighed = [(typed, 1.0), *((name, ALIAS_WEIGHT) for name in names)]
    tails = (f" {version}",) if version != bare else (f" {version}", f"v{version}")
    together = [(f"{name}{tail}", weight) for name, weight in weighed for tail in tails]
    return RankedPart(value=f"{typed} {version}", forms=_made(together), entity_ids=ids, apart=_apart(weighed, bare))


def _apart(weighed: Sequence[tuple[str, float]], number: str) -> tuple[tuple[Form, ...], tuple[Form, ...]] | None:
    """Forms of a name and of its version for items where they do not stand together. A whole number by itself is as
    often an amount."""
    return (_made(weighed), _made([(number, 1.0), (f"v{number}", 1.0)])) if "." in number else None


def _apart_in(typed: str, lexicon: Lexicon) -> tuple[tuple[Form, ...], tuple[Form, ...]] | None:
    """The same for a name of the catalogue that ends in a version."""
    match = _NAME_AND_VERSION.fullmatch(typed)
    if match is None or not lexicon.entity_ids(fold_key(match[1])):
        return None
    names = [(match[1], 1.0), *((name, ALIAS_WEIGHT) for name in lexicon.other_names(match[1]))]
    return _apart(names, match[2])


def _forms(typed: str, names: Sequence[str], groups: Sequence[WordGroup]) -> tuple[Form, ...]:
    same = distinct(word for group in groups for word in group.same)
    near = distinct(word for group in groups for word in group.near)
    return _made(
        [
            (typed, 1.0),
            *((name, ALIAS_WEIGHT) for name in names),
            *((word, SAME_WEIGHT) for word in same),
            *((word, NEAR_WEIGHT) for word in near),
        ]
    )


def _made(weighed: Sequence[tuple[str, float]]) -> tuple[Form, ...]:
    """Forms that find different things, the first of each."""
    forms: dict[Node, Form] = {}
    for text, weight in weighed:
        form = Form.from_text(text, weight)
        if form:
            forms.setdefault(form.node, form)
    return tuple(forms.values())


def _also(ranked: RankedPart) -> tuple[str, ...]:
    return tuple(form.text for form in ranked.forms[1:])


def _read_words(draft: _Draft, start: int, end: int, reader: _WordReader) -> None:
    """Reads a stretch that means nothing in particular as words."""
    folded = draft.folded.text
    for piece in reader.pieces(folded, start, end):
        forms = _made([(folded[piece], 1.0)])
        if forms:
            draft.cuts.append((piece.start, piece.stop))
            draft.add("word", piece.start, piece.stop, RankedPart(value=folded[piece], forms=forms))


def _reading(draft: _Draft) -> Reading | None:
    ranked = draft.ranked
    periods = [Days(since=window.since, until=window.until) for window in draft.windows]
    if not ranked:
        periods += _whole_periods(draft.named)
    nodes: tuple[Node, ...] = (*(part.node for part in ranked), *periods)
    if not nodes or len(ranked) > MAX_PARTS:
        return None
    tree = all_of(nodes)
    parts = tuple(part for part, _ in sorted(draft.parts, key=lambda pair: pair[0].start))
    preferences = _preferences(draft) if ranked else ()
    return Reading(
        text=draft.text,
        tree=tree,
        read_as=read_as(parts, preferences),
        parts=parts,
        problems=(),
        leaves=tuple(positive_leaves(tree)),
        ranking=Ranking(parts=ranked, preferences=preferences, feedback=not draft.question) if ranked else None,
        relaxed=tuple(_relaxed(ranked, periods)),
        question=draft.question,
        cuts=tuple(draft.cuts),
        understood=True,
    )


def _whole_periods(named: Sequence[NamedDays]) -> list[Days]:
    """Named days of a query that names nothing else: there they filter."""
    periods = filter(None, map(whole_period, named))
    return [Days(since=since, until=until) for since, until in periods]


def _relaxed(parts: Sequence[RankedPart], periods: Sequence[Days]) -> Iterator[Node]:
    """Most parts, then any part; the windows stay."""
    nodes = tuple(dict.fromkeys(part.node for part in parts))
    most = (len(nodes) + 1) // 2
    if len(nodes) > 1:
        for least in dict.fromkeys((most, 1)):
            yield all_of((AtLeast(least=least, children=nodes), *periods))


def _preferences(draft: _Draft) -> tuple[Preference, ...]:
    """Months and years that were named; an event's months are those of the year beside it."""
    exact = [Preference(months=(one.month,), year=one.year, day=one.day) for one in draft.named if one.month]
    years = [one.year for one in draft.named if one.month is None]
    if exact:
        return tuple(exact)
    if draft.months:
        months = tuple(sorted({month for event in draft.months for month in event}))
        return tuple(Preference(months=months, year=year) for year in years or [None])
    return tuple(Preference(year=year) for year in years)
