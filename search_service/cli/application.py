"""The group of all commands, with the options that they share."""

import os
from importlib.metadata import version

import click

from search_service.cli.commands import Commands
from search_service.cli.exits import told_plainly
from search_service.settings import settings_from


class PlainGroup(click.Group):
    """A group whose commands end with a sentence and an exit code, whatever goes wrong."""

    def invoke(self, context: click.Context) -> object:
        """Runs the command."""
        with told_plainly():
            return super().invoke(context)


@click.group(cls=PlainGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--engine", metavar="URL", help="Where the archive lives: embedded:FOLDER. Default: $ZHIMAI_ENGINE.")
@click.version_option(version("zhimai"), prog_name="zhimai")
@click.pass_context
def main(context: click.Context, engine: str | None) -> None:
    """Search and knowledge graph over daily Chinese AI-industry news digests.

    Exit codes: 0 done; 1 something was not stored or not found; 2 wrong call; 3 archive not reachable; 4 another
    process writes to it; 130 stopped.
    """
    context.obj = settings_from({**os.environ, **({"ZHIMAI_ENGINE": engine} if engine else {})})


main.commands = Commands()
