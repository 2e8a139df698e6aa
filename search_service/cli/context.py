"""What every command gets: the settings of this process."""

import click

from search_service.settings import Settings

pass_settings = click.make_pass_decorator(Settings)
