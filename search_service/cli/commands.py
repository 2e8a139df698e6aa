"""All commands by name, each imported when it is asked for: `zhimai index` must not wait for what `serve` needs."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

COMMANDS = {
    "index": "indexing.index",
    "watch": "watching.watch",
    "quarantine": "quarantine.quarantine",
    "serve": "serving.serve",
    "search": "lookups.search",
    "entity": "lookups.entity",
    "path": "lookups.path",
    "annotate": "annotating.annotate",
    "reextract": "reextracting.reextract",
    "remove": "upkeep.remove",
    "reindex": "lifecycle.reindex",
    "migrate": "lifecycle.migrate",
    "backup": "lifecycle.backup",
    "restore": "lifecycle.restore",
    "doctor": "upkeep.doctor",
    "settings": "upkeep.show_settings",
}
"""Name -> module of this package and object in it, in the order of the docs."""


class Commands(MutableMapping[str, click.Command]):
    """The table as click wants it."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = COMMANDS[name].partition(".")
            self._loaded[name] = getattr(import_module(f"search_service.cli.{module}"), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)
