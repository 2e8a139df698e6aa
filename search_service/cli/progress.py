"""A progress bar on standard error: part done, items, rate and time left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[int, int], None]
"""Is told how much of the whole, and how many items are done."""


@contextmanager
def shown_progress(whole: int, *, doing: str = "indexing") -> Iterator[Show]:
    """The bar while a run lasts, ``whole`` in whatever is counted (0: not known).

    Nothing is drawn where standard error is not a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _items: None
        return
    # drawing takes a tenth of a second to import, which scripts should not wait for
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[items]} ·"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=whole or None, items="starting")

        def show(done: int, items: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f", {items / elapsed:,.0f}/s" if elapsed > 1 else ""
            bar.update(task, completed=done, items=f"{items:,} items{rate}")

        yield show
