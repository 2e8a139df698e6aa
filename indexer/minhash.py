"""MinHash signatures of texts, cut into bands (locality-sensitive hashing).

Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3. Each of ``BANDS`` x ``ROWS``
hash functions gives its least value over the character trigrams of a text; two texts agree in one value with a
probability that is the share of their common trigrams (Jaccard). A band is a hash of ``ROWS`` values, so two texts
share at least one band with a probability of 1 - (1 - share^ROWS)^BANDS: .998 for .75, .95 for .6, .0003 for .03.

All constants are fixed: bands are stored, and a text must have the same ones for ever.
"""

import numpy as np
import numpy.typing as npt

BANDS = 12
ROWS = 3
DIGITS = 8
"""Hexadecimal digits of a band."""

_SHINGLE = 3
_AT_ONCE = 4096
"""Shingles hashed at a time, so that a long text takes no more memory."""

Hashes = npt.NDArray[np.uint64]


def bands_of(text: str) -> tuple[str, ...]:
    """The ``BANDS`` bands of a text of at least one character."""
    least = _least_values(_shingles(text)).reshape(BANDS, ROWS)
    bands = _mixed((least * _ROW_FACTORS).sum(axis=1, dtype=np.uint64) + _BAND_NUMBERS)
    digits = (bands >> _HALF).astype(">u4").tobytes().hex()
    return tuple(digits[at : at + DIGITS] for at in range(0, len(digits), DIGITS))


def _shingles(text: str) -> Hashes:
    """A hash of each trigram; of the whole text where it is shorter."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    size = min(_SHINGLE, len(codes))
    shingles = np.zeros(len(codes) - size + 1, dtype=np.uint64)
    for at in range(size):
        shingles = shingles * _STEP + codes[at : len(codes) - size + 1 + at]
    return _mixed(shingles)


def _least_values(shingles: Hashes) -> Hashes:
    least = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _AT_ONCE):
        hashed = shingles[start : start + _AT_ONCE, None] * _FACTORS
        np.minimum(least, hashed.min(axis=0), out=least)
    return least


def _mixed(values: Hashes) -> Hashes:
    """Each value with its bits spread over all 64 (the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


_HALF = np.uint64(32)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64) * _STEP) | np.uint64(1)
_ROW_FACTORS = _mixed(np.arange(101, 101 + ROWS, dtype=np.uint64) * _STEP) | np.uint64(1)
_BAND_NUMBERS = _mixed(np.arange(201, 201 + BANDS, dtype=np.uint64) * _STEP)
