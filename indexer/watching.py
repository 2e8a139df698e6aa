"""Folders that are looked at again and again: which files are new or changed, and have settled.

Looking (polling) instead of being told by the system (inotify): it works on network folders, in containers and on
every system, misses nothing that happened before it began, and a folder of ten thousand files is looked through in a
tenth of a second.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.sources import files_in

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", "~")
"""Ends of names under which programs write files that they rename when they are whole."""


@dataclass(frozen=True, slots=True)
class Version:
    """What tells two versions of a file apart without reading it."""

    size: int
    modified_ns: int
    changed_ns: int
    number: int

    @classmethod
    def from_stat(cls, found: os.stat_result) -> "Version":
        """As the file system has it; the time of change notices new rights, the number a file in its place."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass(slots=True)
class _Watched:
    """A file: its version and since when it has it, the version that was taken, since when it has been away."""

    version: Version | None
    since: float
    taken: Version | None = None
    digest_ids: frozenset[str] = field(default_factory=frozenset)


class Watch:
    """The files of one folder over time. Times are seconds of a clock that never goes back."""

    def __init__(self, folder: Path, *, settle_s: float) -> None:
        self.folder = folder
        self._settle_s = settle_s
        self._files: dict[Path, _Watched] = {}
        self._now = 0.0
        self.failures: tuple[str, ...] = ()
        """Folders that could not be listed at the last look, each in a sentence."""

    def look(self, now: float) -> None:
        """Notes what is there."""
        self._now = now
        failures: list[OSError] = []
        seen = set()
        for location in files_in(self.folder, failures):
            if not location.name.endswith(UNFINISHED) and (version := _version_of(location)):
                seen.add(location)
                self._note(location, version)
        self.failures = tuple(f"{failure.filename}: {failure.strerror}" for failure in failures)
        # a folder that cannot be listed, or is empty all at once, says nothing about its files: a disk went away
        if not failures and (seen or not self._files):
            for location in self._files.keys() - seen:
                self._note(location, None)

    def settled(self) -> dict[Path, Version]:
        """Files that are new or changed, and have stayed as they are for long enough."""
        return {
            location: file.version
            for location, file in sorted(self._files.items())
            if file.version and file.version != file.taken and self._has_settled(file)
        }

    def unsettled(self) -> tuple[Path, ...]:
        """Files that are new or changed and may still be written to."""
        return tuple(
            location
            for location, file in sorted(self._files.items())
            if file.version and file.version != file.taken and not self._has_settled(file)
        )

    def gone(self) -> dict[Path, frozenset[str]]:
        """Files that were taken and have been away for long enough, with the digests that they gave."""
        return {
            location: file.digest_ids
            for location, file in sorted(self._files.items())
            if file.version is None and file.taken and self._has_settled(file)
        }

    def digest_ids(self, location: Path) -> frozenset[str]:
        """The digests that a file gave when it was taken last."""
        file = self._files.get(location)
        return file.digest_ids if file else frozenset()

    def take(self, versions: Mapping[Path, Version], digest_ids: Mapping[Path, Iterable[str]]) -> None:
        """Notes that these versions were read, and the digests that they gave."""
        for location, version in versions.items():
            if file := self._files.get(location):
                file.taken = version
                file.digest_ids = frozenset(digest_ids.get(location, ()))

    def forget(self, locations: Iterable[Path]) -> None:
        """Notes that nothing is left of these files."""
        for location in locations:
            self._files.pop(location, None)

    def _note(self, location: Path, version: Version | None) -> None:
        file = self._files.get(location)
        if file is None:
            self._files[location] = _Watched(version, self._now)
        elif file.version != version:
            file.version, file.since = version, self._now

    def _has_settled(self, file: _Watched) -> bool:
        return self._now - file.since >= self._settle_s


def _version_of(location: Path) -> Version | None:
    """The version of a regular file; None for anything else, or where it vanished meanwhile."""
    try:
        return Version.from_stat(location.stat()) if location.is_file() else None
    except OSError:
        return None
