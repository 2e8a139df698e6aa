"""What ``zhimai doctor`` looks at: engine, archive, models; each finding with what to do."""

import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from graph.catalogue import check_catalogue, load_catalogue
from indexer.extraction.pipeline import load_extraction
from indexer.model import IndexerError, NewsItem
from search_service.engines import open_engine
from search_service.engines.contract import EngineError
from search_service.settings import Settings, exposed_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; ``advice`` is empty where it is well."""

    subject: str
    well: bool
    state: str
    advice: str = ""


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Looks at everything and never raises."""
    checks: tuple[Callable[[Settings], Finding], ...] = (_program, _archive, _catalogue, _extraction)
    return (*(check(settings) for check in checks), *map(_exposed, exposed_files(os.environ)))


def _program(_settings: Settings) -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    state = f"zhimai {version('zhimai')}, Python {python}, SQLite {sqlite3.sqlite_version}"
    return Finding(subject="program", well=True, state=state)


def _archive(settings: Settings) -> Finding:
    try:
        with open_engine(settings.engine, access=settings.access) as engine:
            state, quarantined = engine.state(), len(engine.quarantined())
    except (EngineError, IndexerError, OSError) as error:
        advice = "set ZHIMAI_ENGINE or run: zhimai index FOLDER"
        return Finding(subject=settings.archive, well=False, state=str(error), advice=advice)
    counts = f"{state.items:,} items, {state.entities:,} entities, {state.relations:,} relations"
    last = f"last day {state.last_day}" if state.last_day else "no dated item"
    if state.waiting:
        advice = "run zhimai index on anything: it finishes what a stopped run left"
        waiting = f"{counts}; {state.waiting:,} items wait for the search index"
        return Finding(subject=settings.archive, well=False, state=waiting, advice=advice)
    if quarantined:
        state_told = f"{counts}; {last}; {quarantined:,} in quarantine"
        return Finding(subject=settings.archive, well=True, state=state_told, advice="zhimai quarantine list")
    return Finding(subject=settings.archive, well=True, state=f"{counts}; {last}")


def _exposed(path: Path) -> Finding:
    state = "holds a secret and can be read by everybody on this machine"
    return Finding(subject=str(path), well=False, state=state, advice=f"chmod o-r {path}")


def _catalogue(_settings: Settings) -> Finding:
    problems = check_catalogue()
    if problems:
        advice = "reinstall zhimai, or mend graph/catalogue"
        return Finding(subject="catalogue", well=False, state="; ".join(map(str, problems[:3])), advice=advice)
    return Finding(subject="catalogue", well=True, state=f"{len(load_catalogue().entries):,} entities")


def _extraction(_settings: Settings) -> Finding:
    item = NewsItem(id="", desk="", day=None, title="智谱发布GLM-5", summary="智谱今天发布GLM-5。")
    try:
        extractor = load_extraction("fast")
        found = len(extractor.annotate(item).mentions)
    except (IndexerError, OSError, ValueError) as error:
        return Finding(subject="extraction", well=False, state=str(error), advice="reinstall zhimai")
    if not found:
        return Finding(subject="extraction", well=False, state="finds no names", advice="reinstall zhimai")
    return Finding(subject="extraction", well=True, state=f"fast, version {extractor.version}")
