"""What a backup says of itself, as JSON and back."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from search_service.engines.contract import ArchiveState
from search_service.engines.lifecycle import Backup, Content, Refused


def backup_of(name: str, *, made_at: datetime, format_: str, state: ArchiveState, content: Content) -> Backup:
    """The manifest of a new backup."""
    return Backup(
        name=name,
        made_at=made_at.astimezone(UTC).replace(microsecond=0),
        format=format_,
        program=version("zhimai"),
        items=state.items,
        entities=state.entities,
        relations=state.relations,
        content=content,
    )


def record_of(backup: Backup) -> dict[str, Any]:
    """The manifest as a JSON object."""
    return {**asdict(backup), "made_at": backup.made_at.isoformat()}


def backup_from(record: dict[str, Any], *, where: str) -> Backup:
    """The inverse of ``record_of``. Raises Refused where it is none."""
    try:
        made_at = datetime.fromisoformat(record["made_at"])
        return Backup(**{**record, "made_at": made_at, "content": Content(**record["content"])})
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"{where} is not a backup that zhimai made") from error


def counts_that_differ(backup: Backup, state: ArchiveState) -> list[str]:
    """Sentences about counts that an archive has otherwise than its backup says."""
    told = ((name, getattr(backup, name), getattr(state, name)) for name in ("items", "entities", "relations"))
    return [f"{name}: {before} and {after}" for name, before, after in told if before != after]
