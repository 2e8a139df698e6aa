"""A progress bar on standard error: files and items done, rate and time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Show = Callable[[int, int], None]
"""Is told how many files and items are done."""


@contextmanager
def shown_progress(files: int) -> Iterator[Show]:
    """The bar while a run lasts; nothing is drawn where standard error is not a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files · {task.fields[items]} ·"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("indexing", total=files, items="starting")

        def show(files_done: int, items: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f", {items / elapsed:,.0f}/s" if elapsed > 1 else ""
            bar.update(task, completed=files_done, items=f"{items:,} items{rate}")

        yield show
