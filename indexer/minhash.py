"""MinHash signatures of texts.

Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3. Each of ``VALUES`` hash
functions gives its least value over the character trigrams of a text; two texts agree in one value with a probability
that is the share of their common trigrams (Jaccard).

All constants are fixed: signatures are stored, and a text must have the same one for ever.
"""

import numpy as np
import numpy.typing as npt

VALUES = 36
VALUE_BYTES = 2
"""Of each least value so many bytes are kept: different ones are equal once in 65,536 times."""

_SHINGLE = 3
_AT_ONCE = 4096
"""Shingles hashed at a time, so that a long text takes no more memory."""

Hashes = npt.NDArray[np.uint64]


def signature_of(text: str) -> bytes:
    """The signature of a text of at least one character: ``VALUES`` values of ``VALUE_BYTES`` bytes."""
    # least values are small numbers, so their bits are mixed once more before some of them are left out
    return (_mixed(_least_values(_shingles(text))) >> _LEFT_OUT).astype(">u2").tobytes()


def _shingles(text: str) -> Hashes:
    """A hash of each trigram; of the whole text where it is shorter."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    size = min(_SHINGLE, len(codes))
    shingles = np.zeros(len(codes) - size + 1, dtype=np.uint64)
    for at in range(size):
        shingles = shingles * _STEP + codes[at : len(codes) - size + 1 + at]
    return _mixed(shingles)


def _least_values(shingles: Hashes) -> Hashes:
    least = np.full(VALUES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _AT_ONCE):
        hashed = shingles[start : start + _AT_ONCE, None] * _FACTORS
        np.minimum(least, hashed.min(axis=0), out=least)
    return least


def _mixed(values: Hashes) -> Hashes:
    """Each value with its bits spread over all 64 (the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


_LEFT_OUT = np.uint64(64 - 8 * VALUE_BYTES)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = _mixed(np.arange(1, VALUES + 1, dtype=np.uint64) * _STEP) | np.uint64(1)
