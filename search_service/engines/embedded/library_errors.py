"""Errors of SQLite and tantivy become ours at the edge.

Tantivy raises ValueError and OSError, and a panic of its Rust code arrives as ``PanicException``, which is a
BaseException without an importable name.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.archive import ArchiveUnavailable
from search_service.engines.contract import EngineUnavailable


@contextmanager
def search_errors_told() -> Iterator[None]:
    """Turns what tantivy raises into EngineUnavailable."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise EngineUnavailable(f"the search index cannot answer: {error}") from error
    except BaseException as error:
        if _is_panic(error):
            raise EngineUnavailable(f"the search index failed on this query: {error}") from error
        raise


@contextmanager
def writing_errors_told() -> Iterator[None]:
    """Turns what SQLite and tantivy raise while the index catches up into ArchiveUnavailable."""
    try:
        yield
    except (sqlite3.Error, ValueError, OSError) as error:
        raise _not_written(error) from error
    except BaseException as error:
        if _is_panic(error):
            raise _not_written(error) from error
        raise


def _not_written(error: BaseException) -> ArchiveUnavailable:
    return ArchiveUnavailable(
        f"the search index could not be written: {error}; the digests are stored, the next run goes on from there"
    )


def _is_panic(error: BaseException) -> bool:
    return type(error).__name__ == "PanicException"
