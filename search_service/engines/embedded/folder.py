"""The data folder of an embedded archive: what lies where, and whether it is one."""

from dataclasses import dataclass
from pathlib import Path

from indexer.archive import ArchiveFormatUnknown, ArchiveMissing, ArchiveUnavailable

INDEX_FORMAT = 2
"""Goes up when the search index changes its fields or tokens; the index is then rebuilt from the record."""

_INDEX = "search-"


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """Paths inside a data folder."""

    path: Path

    @property
    def record(self) -> Path:
        """The SQLite file: the record, from which everything else can be rebuilt."""
        return self.path / "record.sqlite"

    @property
    def lock(self) -> Path:
        """The file whose lock the one writer holds."""
        return self.path / "lock"

    @property
    def index(self) -> Path:
        """The folder of the search index, where the record names no other."""
        return self.path / f"{_INDEX}{INDEX_FORMAT}"

    @property
    def making(self) -> Path:
        """Where an archive is made that is to take the place of this one."""
        return self.path / "making"

    def indices(self) -> list[Path]:
        """All search indices there are: the one in use, and what stopped processes left."""
        return sorted(self.path.glob(f"{_INDEX}*"))

    def free_index(self) -> Path:
        """Where a new search index can be built."""
        taken, number, free = {path.name for path in self.indices()}, 1, self.index
        while free.name in taken:
            number += 1
            free = self.path / f"{self.index.name}-{number}"
        return free

    def check_readable(self) -> None:
        """Raises ArchiveMissing where there is nothing yet, ArchiveFormatUnknown where it is no archive."""
        if self.path.exists() and not self.path.is_dir():
            raise ArchiveFormatUnknown(f"{self.path} is a file; an archive is a folder")
        if self.record.exists():
            return
        if self._foreign_entry() is None:
            raise ArchiveMissing(f"there is no archive at {self.path} yet; run: zhimai index FOLDER")
        self._refuse()

    def prepare(self) -> None:
        """Makes the folder where it is missing; raises ArchiveFormatUnknown where it holds something else."""
        if self.path.exists() and not self.path.is_dir():
            raise ArchiveFormatUnknown(f"{self.path} is a file; an archive is a folder")
        if not self.record.exists() and self._foreign_entry() is not None:
            self._refuse()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveUnavailable(f"cannot make the folder {self.path}: {error.strerror}") from error

    def _refuse(self) -> None:
        raise ArchiveFormatUnknown(
            f"{self.path} is not an archive: it holds {self._foreign_entry()} and no {self.record.name}; "
            "name an empty or a new folder"
        )

    def _foreign_entry(self) -> str | None:
        """Something that no archive in the making would hold."""
        if not self.path.exists():
            return None
        own = {self.lock.name, self.making.name}
        names = sorted(entry.name for entry in self.path.iterdir())
        return next((name for name in names if name not in own and not name.startswith(_INDEX)), None)
