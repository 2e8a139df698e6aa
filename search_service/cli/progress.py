"""A progress bar on standard error: files read, items written, rate and time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.ingest import Progress as IngestProgress


class Advance:
    """Tells the bar how far a run is. Called by ingest after every batch."""

    def __init__(self, bar: Progress, files: int) -> None:
        self._bar = bar
        self._task = bar.add_task("reading", total=files, items="0 items")

    def file_read(self) -> None:
        """One more file is read."""
        self._bar.advance(self._task)

    def __call__(self, progress: IngestProgress) -> None:
        """Shows the items written so far and their rate."""
        elapsed = self._bar.tasks[self._task].elapsed or 0.0
        rate = f", {progress.items / elapsed:,.0f}/s" if elapsed > 1 else ""
        self._bar.update(self._task, items=f"{progress.items:,} items{rate}")


@contextmanager
def shown_progress(files: int) -> Iterator[Advance]:
    """The bar while a run lasts; nothing is drawn where standard error is not a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files · {task.fields[items]} ·"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Advance(bar, files)
