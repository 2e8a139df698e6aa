"""The pieces worth keeping of the encoder's 250,000: those that our texts use, and all single characters of ours."""

from collections import Counter
from collections.abc import Iterable, Sequence

from indexer.extraction.encoder.pieces import SPECIAL, PieceTokeniser
from indexer.extraction.training.encoder.weights import EncoderWeights

LEAST_USES = 2


def choose_pieces(weights: EncoderWeights, texts: Iterable[str]) -> list[int]:
    """Numbers of the kept pieces in ``weights``: begin, pad, end and unknown first, then in the order there."""
    candidates = [*weights.special, *_others(weights, range(weights.words))]
    tokeniser = tokeniser_of(weights, candidates)
    uses = Counter(candidates[piece.id] for text in texts for piece in tokeniser.split(text))
    kept = (
        number for number in candidates[SPECIAL:] if uses[number] >= LEAST_USES or _is_basic(weights.pieces[number])
    )
    return [*weights.special, *kept]


def tokeniser_of(weights: EncoderWeights, numbers: Sequence[int]) -> PieceTokeniser:
    """The tokeniser that knows only these pieces."""
    return PieceTokeniser(
        [weights.pieces[number] for number in numbers], [weights.scores[number] for number in numbers]
    )


def _others(weights: EncoderWeights, numbers: Iterable[int]) -> Iterable[int]:
    special = {*weights.special}
    return (n for n in numbers if n not in special and n < len(weights.pieces) and weights.pieces[n])


def _is_basic(piece: str) -> bool:
    """Whether a piece is kept unseen: a Chinese character, a mark, or up to three Latin letters or digits."""
    plain = piece.lstrip("\u2581")
    if len(plain) > 1:
        return len(plain) <= 3 and plain.isascii() and plain.isalnum()
    return (
        plain == "" or plain.isascii() or "一" <= plain <= "鿿" or "\u2000" <= plain < "\u3100" or plain >= "\uff00"
    )
