"""The command line: ``zhimai``. Exit codes: ``search_service.cli.exits``."""

from search_service.cli.application import main

__all__ = ["main"]
