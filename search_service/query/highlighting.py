"""Where a text matches: spans of the original, found with the same tokens that engines match."""

from collections.abc import Iterable, Sequence

from indexer.folding import BREAK, Token, tokenise
from search_service.query.tree import HanCharacter, MatchField, Node, Prefix, Tokens

Span = tuple[int, int]


def highlight(text: str, leaves: Iterable[Node], field: MatchField) -> tuple[Span, ...]:
    """Half-open spans of ``text``, the text of ``field``, that the leaves match; ordered, merged where they touch."""
    wanted = [leaf for leaf in leaves if isinstance(leaf, Tokens | Prefix | HanCharacter) and _applies(leaf, field)]
    if not wanted:
        return ()
    tokens = tokenise(text)
    places: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        places.setdefault(token.text, []).append(at)
    return _merged(span for leaf in wanted for span in _spans(leaf, tokens, places))


def _applies(leaf: Tokens | Prefix | HanCharacter, field: MatchField) -> bool:
    return leaf.field in ("any", field)


def _spans(
    leaf: Tokens | Prefix | HanCharacter, tokens: Sequence[Token], places: dict[str, list[int]]
) -> Iterable[Span]:
    match leaf:
        case Tokens(tokens=words):
            for at in places.get(words[0], ()):
                if tuple(token.text for token in tokens[at : at + len(words)]) == words:
                    yield tokens[at].start, _end(tokens[at : at + len(words)])
        case Prefix(tokens=words, prefix=prefix):
            for at in range(len(tokens) - len(words)):
                run = tokens[at : at + len(words) + 1]
                if run[-1].text.startswith(prefix) and tuple(token.text for token in run[:-1]) == words:
                    yield run[0].start, _end(run)
        case HanCharacter(character=character):
            for token in tokens:
                if character in token.text and token.end - token.start == len(token.text):
                    start = token.start + token.text.index(character)
                    yield start, start + 1


def _end(run: Sequence[Token]) -> int:
    return max(token.end for token in run if token.text != BREAK)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
