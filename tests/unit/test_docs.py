"""The docs tell the truth: commands of the README exist, generated pages are up to date, links lead somewhere."""

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from search_service.cli import main as zhimai

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "command-line.md"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == generator().PAGES[name](), "run: python scripts/write_docs.py"


def commands_in(page: Path) -> list[str]:
    blocks = re.findall(r"```(?:sh|bash|console)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [
        line.removeprefix("$ ").split("  #")[0].strip() for block in blocks for line in block.splitlines() if line
    ]


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))}
    named |= {line.split()[1] for page in PAGES for line in commands_in(page) if line.startswith("make ")}
    assert named <= targets


def test_every_zhimai_command_in_the_docs_is_one() -> None:
    lines = [line for page in PAGES for line in commands_in(page) if line.startswith("zhimai ")]
    assert lines
    for line in lines:
        words = [word for word in shlex.split(line.split("|")[0].split("<")[0].split(">")[0])[1:]]
        while words and words[0].startswith("--engine"):
            words = words[1 if "=" in words[0] else 2 :]
        assert words[0] in zhimai.commands, line
        command = zhimai.commands[words[0]]
        if isinstance(command, click.Group):
            command, words = command.commands[words[1]], words[1:]
        options = {name for option in command.params for name in option.opts}
        assert {word.split("=")[0] for word in words[1:] if word.startswith("--")} <= options, line


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_help_needs_no_archive_and_lists_every_command() -> None:
    outcome = CliRunner().invoke(zhimai, ["--help"])
    assert outcome.exit_code == 0
    assert all(name in outcome.output for name in zhimai.commands)
