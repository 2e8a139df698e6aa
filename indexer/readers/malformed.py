"""What is wrong with a structured file, and where."""

from indexer.model import IndexerError


class Malformed(IndexerError):
    """A structured file that breaks its own syntax; ``line`` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line
