"""``python -m search_service`` is ``zhimai``."""

from search_service.cli import main

main(prog_name="zhimai")
