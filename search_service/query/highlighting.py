"""Where a text matches: spans of the original, found with the same tokens that engines match."""

from collections.abc import Iterable, Iterator, Sequence

from indexer.folding import BREAK, fold, folded_tokens
from search_service.query.tree import HanCharacter, MatchField, Node, Prefix, Tokens

Span = tuple[int, int]
Leaf = Tokens | Prefix | HanCharacter


def highlight(text: str, leaves: Iterable[Node], field: MatchField) -> tuple[Span, ...]:
    """Half-open spans of ``text``, the text of ``field``, that the leaves match; ordered, merged where they touch."""
    folded = fold(text)
    wanted = [leaf for leaf in leaves if isinstance(leaf, Leaf) and _may_match(leaf, folded.text, field)]
    if not wanted:
        return ()
    spans = _merged(_spans(wanted, list(folded_tokens(folded.text))))
    return tuple(folded.span(start, end) for start, end in spans)


def _may_match(leaf: Leaf, folded: str, field: MatchField) -> bool:
    """Whether looking closer is worth it; spares tokenising most fields of most hits."""
    if leaf.field not in ("any", field):
        return False
    if isinstance(leaf, HanCharacter):
        return leaf.character in folded
    first = leaf.tokens[0] if leaf.tokens else getattr(leaf, "prefix", "")
    return first[0] in folded


def _spans(leaves: Sequence[Leaf], tokens: Sequence[tuple[str, int, int]]) -> Iterator[Span]:
    texts = [token for token, _, _ in tokens]
    for leaf in leaves:
        match leaf:
            case Tokens(tokens=words):
                for at in _runs(texts, words):
                    yield tokens[at][1], _end(tokens[at : at + len(words)])
            case Prefix(tokens=words, prefix=prefix):
                for at, text in enumerate(texts):
                    before = at - len(words)
                    if before >= 0 and text.startswith(prefix) and tuple(texts[before:at]) == words:
                        yield tokens[before][1], _end(tokens[before : at + 1])
            case HanCharacter(character=character):
                for text, start, _ in tokens:
                    if character in text:
                        yield start + text.index(character), start + text.index(character) + 1


def _runs(texts: Sequence[str], words: tuple[str, ...]) -> Iterator[int]:
    """Where ``words`` stand in a row."""
    for at, text in enumerate(texts):
        if text == words[0] and tuple(texts[at : at + len(words)]) == words:
            yield at


def _end(run: Sequence[tuple[str, int, int]]) -> int:
    return max(end for text, _, end in run if text != BREAK)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
