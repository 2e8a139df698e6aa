"""A progress bar on standard error: part done, items, rate and time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Show = Callable[[int, int], None]
"""Is told how much of the whole, and how many items are done."""


@contextmanager
def shown_progress(whole: int) -> Iterator[Show]:
    """The bar while a run lasts, ``whole`` in whatever is counted (0: not known).

    Nothing is drawn where standard error is not a terminal.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[items]} ·"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("indexing", total=whole or None, items="starting")

        def show(done: int, items: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f", {items / elapsed:,.0f}/s" if elapsed > 1 else ""
            bar.update(task, completed=done, items=f"{items:,} items{rate}")

        yield show
