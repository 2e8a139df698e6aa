"""Errors of tantivy become ours at the edge.

It raises ValueError and OSError, and a panic of its Rust code arrives as ``PanicException``, which is a
BaseException without an importable name.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from search_service.engines.contract import EngineUnavailable


@contextmanager
def search_errors_told() -> Iterator[None]:
    """Turns what tantivy raises into EngineUnavailable."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise EngineUnavailable(f"the search index cannot answer: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise EngineUnavailable(f"the search index failed on this query: {error}") from error
        raise
