"""Writes the parts of docs/ that the program itself knows: the settings table and the help of every command.

`tests/unit/test_docs.py` fails where the files differ from what this writes; run it after changing either.
"""

from pathlib import Path

import click

from search_service.cli import main as zhimai
from search_service.settings import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def settings_page() -> str:
    """docs/settings.md."""
    rows = [f"| `{s.variable}` | {f'`{s.default}`' if s.default else ''} | {s.meaning} |" for s in SETTINGS]
    head = [
        "# Settings",
        "",
        "All settings are environment variables; `zhimai settings` shows what holds on a machine. Written by",
        "`scripts/write_docs.py` from the table in `search_service/settings.py`.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


def command_page() -> str:
    """docs/command-line.md."""
    parts = [
        "# Command line",
        "",
        "Written by `scripts/write_docs.py` from the program's own help.",
        "",
        *_block("zhimai --help", zhimai, "zhimai"),
    ]
    for name, command in zhimai.commands.items():
        parts += ["", f"## zhimai {name}", "", *_block(f"zhimai {name} --help", command, f"zhimai {name}")]
        for inner, subcommand in command.commands.items() if isinstance(command, click.Group) else ():
            path = f"zhimai {name} {inner}"
            parts += ["", *_block(f"{path} --help", subcommand, path)]
    return "\n".join([*parts, ""])


def _block(call: str, command: click.Command, path: str) -> list[str]:
    shared = zhimai.context_settings["help_option_names"]
    context = click.Context(command, info_name=path, terminal_width=100, help_option_names=shared)
    return ["```text", f"$ {call}", command.get_help(context), "```"]


PAGES = {"settings.md": settings_page, "command-line.md": command_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
