"""Exit codes, and the one place that turns errors into a sentence and a code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from graph.model import GraphError
from indexer.archive import ArchiveLocked, ArchiveUnavailable
from indexer.extraction_pool import WorkerLost
from indexer.model import IndexerError
from search_service.engines.contract import EngineError, EngineUnavailable
from search_service.engines.lifecycle import NotTheSame
from search_service.settings import BadSetting

DONE = 0
NOT_STORED_OR_FOUND = 1
WRONG_CALL = 2
NOT_REACHABLE = 3
LOCKED = 4
INTERRUPTED = 130


def fail(message: str, code: int) -> NoReturn:
    """Ends the program with a sentence on standard error."""
    click.echo(f"zhimai: {message}", err=True)
    sys.exit(code)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns what may go wrong in a command into its sentence and exit code; never a traceback."""
    try:
        yield
    except ArchiveLocked as error:
        fail(str(error), LOCKED)
    except (ArchiveUnavailable, EngineUnavailable) as error:
        fail(str(error), NOT_REACHABLE)
    except (WorkerLost, NotTheSame) as error:
        fail(str(error), NOT_STORED_OR_FOUND)
    except (BadSetting, EngineError, IndexerError, GraphError) as error:
        fail(str(error), WRONG_CALL)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left (| head): nothing to tell
        sys.exit(DONE)
    except KeyboardInterrupt:
        fail("stopped; what was written is consistent, the next run goes on from there", INTERRUPTED)
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), NOT_STORED_OR_FOUND)
