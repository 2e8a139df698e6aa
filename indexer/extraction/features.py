"""What the tagger sees of a text: some fifty short strings for every token.

Each feature is one column over all tokens, built by one comprehension, and the columns are turned into rows at the
end: that costs a third of building rows one by one. A feature's name is its first characters; they only have to
differ. Ideas: character n-grams, shapes and dictionary positions are the usual Chinese NER features; the counts
within the item (a name is said again, in title and body) are in the spirit of Ratinov and Roth, 2009.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import rjieba

from graph.model import EntityKind
from indexer.extraction.lexicon import Lexicon
from indexer.extraction.patterns import find_models, find_policies
from indexer.extraction.tokens import TokenisedText
from indexer.extraction.word_classes import class_key

Row = tuple[str, ...]
Span = tuple[int, int, str]

_OPENING = {"“": "q", "「": "q", "《": "t", "『": "q", "‘": "q"}
_CLOSING = frozenset("”」》』’\n")


def shape(word: str) -> str:
    """One letter for the form of a token: ``U`` capitals, ``T`` Title, ``l`` lower, ``M`` mIxed, ``d`` digits, ``H``
    Han, the character itself for punctuation."""
    first = word[0]
    if "一" <= first <= "鿿":
        return "H"
    if first.isdigit():
        return f"d{min(len(word), 4)}"
    if not first.isalpha():
        return "_" if first.isspace() else first
    if word.islower():
        return "l"
    if word.isupper():
        return "U" if len(word) > 1 else "u"
    return "T" if word[1:].islower() else "M"


def layer(size: int, starts: dict[int, int], ends: dict[int, int], spans: Iterable[Span]) -> list[str]:
    """Positions of spans over the tokens: ``B``, ``I``, ``E`` or ``S`` with the span's hint, ``O`` outside.

    ``starts`` and ``ends`` map a character offset to the token that starts or ends there; spans that cut a token
    are left out.
    """
    marks = ["O"] * size
    for start, end, hint in spans:
        first, last = starts.get(start), ends.get(end)
        if first is None or last is None:
            continue
        if first == last:
            marks[first] = "S" + hint
            continue
        marks[first] = "B" + hint
        marks[last] = "E" + hint
        inner = "I" + hint
        for at in range(first + 1, last):
            marks[at] = inner
    return marks


def quote_states(text: str, starts: Sequence[int]) -> list[str]:
    """For each token whether it lies inside quotes (``q``), inside 《》 (``t``), is a mark itself, or neither."""
    states = []
    state = "O"
    for character in text:
        if character in _OPENING:
            state = _OPENING[character]
            states.append(state.upper())
        elif character in _CLOSING:
            states.append(")")
            state = "O"
        else:
            states.append(state)
    return [states[start] for start in starts]


def repetitions(words: Sequence[str], title_tokens: int) -> list[str]:
    """For each token how its neighbourhood returns in the item: ``2`` it does, ``t`` between title and body."""
    title = set(pairwise(words[:title_tokens]))
    body = Counter(pairwise(words[title_tokens:]))
    often = {pair for pair, count in body.items() if count > 1}
    shared = title & body.keys()
    marks = []
    for pair in pairwise(words):
        marks.append("t" if pair in shared else "2" if pair in often else "1")
    marks.append("1")
    return marks


class FeatureExtractor:
    """Turns tokenised items into rows of features with the help of known names and word classes."""

    def __init__(self, lexicon: Lexicon, word_classes: Mapping[str, str]) -> None:
        self._lexicon = lexicon
        self._word_classes = word_classes

    def rows(
        self, text: TokenisedText, title_length: int, own: Mapping[str, Sequence[EntityKind]] | None = None
    ) -> list[Row]:
        """Features of every token; the title ends at ``title_length``. ``own``: see ``Lexicon.used_spans``."""
        if not text.starts:
            return []
        forms = text.words
        shapes = [shape(form) for form in forms]
        words = [form.lower() for form in forms]
        segments = rjieba.tag(text.text)
        columns = (
            *character_columns(words),
            *form_columns(forms, shapes),
            *item_columns(text, words, shapes, title_length),
            *part_of_speech_columns(text, segments),
            *segment_columns(text, segments, self._word_classes),
            *self._name_columns(text, own),
        )
        return list(zip(*columns, strict=True))

    def _name_columns(
        self, text: TokenisedText, own: Mapping[str, Sequence[EntityKind]] | None
    ) -> Iterator[list[str]]:
        count = len(text.starts)
        starts = {start: at for at, start in enumerate(text.starts)}
        ends = {end: at for at, end in enumerate(text.ends)}
        hits = self._lexicon.find(text.text)
        listed = layer(count, starts, ends, self._lexicon.listed_spans(hits))
        used = layer(count, starts, ends, self._lexicon.used_spans(hits, own))
        formal = [(start, end, "m") for start, end in find_models(text.text)]
        formal += [(start, end, "l") for start, end in find_policies(text.text)]
        formed = layer(count, starts, ends, formal)
        for name, marks in (("w", listed), ("x", used), ("y", formed)):
            yield [name + a for a in marks]
            yield [name + "<" + a for a in ["O", *marks[:-1]]]
            yield [name + ">" + a for a in [*marks[1:], "O"]]
        yield ["z" + a + b for a, b in zip(listed, used, strict=True)]
        yield ["A" + a + b for a, b in zip(used, formed, strict=True)]


def character_columns(words: Sequence[str]) -> Iterator[list[str]]:
    """The token, two neighbours on each side, and the pairs and triples of them."""
    padded = ["<", "<", *words, ">", ">"]
    left2, left, right, right2 = padded[:-4], padded[1:-3], padded[3:-1], padded[4:]
    for name, column in zip("01234", (words, left, left2, right, right2), strict=True):
        yield [name + a for a in column]
    for name, first, second in (("5", left, words), ("6", words, right), ("7", left2, left), ("8", right, right2)):
        yield [name + a + b for a, b in zip(first, second, strict=True)]
    triples = (("9", left, words, right), ("a", left2, left, words), ("b", words, right, right2))
    for name, one, two, three in triples:
        yield [name + a + b + c for a, b, c in zip(one, two, three, strict=True)]


def form_columns(forms: Sequence[str], shapes: Sequence[str]) -> Iterator[list[str]]:
    """Shapes around the token, and how a Latin word begins, ends and is written."""
    s = ["<", "<", *shapes, ">", ">"]
    yield ["c" + a + b + c for a, b, c in zip(s[1:-3], shapes, s[3:-1], strict=True)]
    yield ["d" + a + b + c + d + e for a, b, c, d, e in zip(s, s[1:], shapes, s[3:], s[4:], strict=False)]
    yield ["h" + (form[:3].lower() if kind in "lUTM" else kind) for form, kind in zip(forms, shapes, strict=True)]
    yield ["i" + (form[-3:].lower() if kind in "lUTM" else kind) for form, kind in zip(forms, shapes, strict=True)]
    yield ["j" + form for form in forms]


def item_columns(
    text: TokenisedText, words: Sequence[str], shapes: Sequence[str], title_length: int
) -> Iterator[list[str]]:
    """Quotes around the token, whether it returns in the item, and whether it stands in the title."""
    quotes = quote_states(text.text, text.starts)
    q = ["O", *quotes, "O"]
    yield ["e" + a + b + c for a, b, c in zip(q, quotes, q[2:], strict=False)]
    title_tokens = bisect_right(text.ends, title_length)
    repeated = repetitions(words, title_tokens)
    yield ["f" + a + b + c for a, b, c in zip(["1", *repeated], repeated, shapes, strict=False)]
    yield ["gt"] * title_tokens + ["gb"] * (len(words) - title_tokens)


def part_of_speech_columns(text: TokenisedText, segments: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
    """Position of the token in its word (begin, middle, end, single) with the word's part of speech."""
    positions: list[str] = []
    for word, tag in segments:
        size = len(word)
        positions += ["S" + tag] if size == 1 else ["B" + tag, *["M" + tag] * (size - 2), "E" + tag]
    here = [positions[start] for start in text.starts]
    padded = ["<", "<", *here, ">", ">"]
    left2, left, right, right2 = padded[:-4], padded[1:-3], padded[3:-1], padded[4:]
    for name, column in zip("klmpq", (here, left, right, left2, right2), strict=True):
        yield [name + a for a in column]
    yield ["n" + a + b for a, b in zip(left, here, strict=True)]
    yield ["o" + a + b for a, b in zip(here, right, strict=True)]


def segment_columns(
    text: TokenisedText, segments: Sequence[tuple[str, str]], word_classes: Mapping[str, str]
) -> Iterator[list[str]]:
    """The word that the token belongs to and two words on each side, as written and by class."""
    at = [index for index, (word, _) in enumerate(segments) for _ in word]
    at = [at[start] for start in text.starts]
    words = ["<", "<", *(word.lower() for word, _ in segments), ">", ">"]
    classes = ["<", "<", *(word_classes.get(class_key(word), "?" + tag[0]) for word, tag in segments), ">", ">"]
    for name, shift in zip("rstuv", (2, 1, 3, 0, 4), strict=True):
        yield [name + words[index + shift] for index in at]
        yield [name.upper() + classes[index + shift] for index in at]
    for name, shift, other in (("X", 1, 2), ("Y", 2, 3), ("Z", 1, 3)):
        yield [name + classes[index + shift] + classes[index + other] for index in at]
