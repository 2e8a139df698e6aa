"""Archives as folders: the files in them, laid down one after the other as they are asked for."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BufferedReader
from typing import BinaryIO, cast

from indexer.containers import Budget, ContainerUnreadable, MemberUnreadable, Refused, is_container, members_of
from indexer.source_files import MAX_UNPACKED, FileUnreadable, Laid, Meter, SourceFile, Unread, reason_of

MAX_NESTED = 3
"""Archives that may lie in one another."""

_HEAD = 512

Wanted = Callable[[str], bool]
"""Whether a path is one to read; archives on the way to it are opened in any case."""


def with_inner_files(file: SourceFile, *, wanted: Wanted = lambda _path: True) -> Iterator[SourceFile | Unread]:
    """The file, or the files in it where it is an archive; those of archives in it too, to ``MAX_NESTED``."""
    if not _is_container(file):
        yield file
        return
    budget = Budget.for_packed(file.location.stat().st_size, MAX_UNPACKED)
    pending: list[Iterator[SourceFile | Unread]] = [_inner_files(file, budget, file.meter)]
    while pending:
        inner = next(pending[-1], None)
        if inner is None:
            pending.pop()
        elif isinstance(inner, Unread) or not _is_container(inner):
            if wanted(inner.path):
                yield inner
        elif len(pending) == MAX_NESTED:
            yield unread(inner, f"archives more than {MAX_NESTED} deep in one another")
        else:
            pending.append(_inner_files(inner, budget, Meter()))


def unread(file: SourceFile, reason: str, *, path: str = "", pointer: str | None = None) -> Unread:
    """What stands in the place of a file, or of one in it."""
    return Unread(
        path=path or file.path,
        reason=reason,
        pointer=pointer,
        desk=file.desk,
        root=file.root,
        desk_given=file.desk_given,
        kept_by=file.kept_by,
        meter=file.meter,
    )


def _is_container(file: SourceFile) -> bool:
    try:
        with file.open_stream() as stream:
            return is_container(stream.read(_HEAD))
    except FileUnreadable:
        return False  # the reader meets the failure again and says it


def _inner_files(file: SourceFile, budget: Budget, meter: Meter) -> Iterator[SourceFile | Unread]:
    """The files in an archive, each in a folder that lasts as long as the file is in use."""
    failure = ""
    try:
        with _seekable(file) as (whole, size, failure):
            for member in members_of(whole, budget):
                path = f"{file.path}/{member.path}" if member.path else file.path
                found = (
                    unread(file, member.reason, path=path, pointer=member.pointer)
                    if isinstance(member, Refused)
                    else _laid_down(file, path, member.stream)
                )
                meter.share = min(1.0, whole.tell() / max(size, 1))
                yield found
            if failure:
                yield unread(file, failure)
    except ContainerUnreadable as error:
        yield unread(file, failure or str(error))
    except FileUnreadable as error:
        yield unread(file, str(error))
    except OSError as error:
        yield unread(file, reason_of(error))


def _laid_down(file: SourceFile, path: str, stream: BinaryIO) -> SourceFile | Unread:
    laid = Laid(whole=file.kept_by)
    try:
        with laid.location.open("wb") as target:
            shutil.copyfileobj(stream, target)
    except MemberUnreadable as failure:
        return unread(file, str(failure), path=path)
    return replace(file, path=path, location=laid.location, kept_by=laid)


@contextmanager
def _seekable(file: SourceFile) -> Iterator[tuple[BinaryIO, int, str]]:
    """An archive with its packing undone, its size, and what ended that early: what came before can be read."""
    with file.location.open("rb") as stream:
        if is_container(stream.read(_HEAD)):
            stream.seek(0)
            yield stream, file.location.stat().st_size, ""
            return
    with tempfile.TemporaryFile(prefix="zhimai-") as whole:
        failure = ""
        try:
            with file.open_stream() as packed:
                # one read at a time, so that what comes before damage is kept
                whole.writelines(iter(partial(cast(BufferedReader, packed).read1, 1 << 16), b""))
        except FileUnreadable as error:
            failure = str(error)
        size = whole.tell()
        whole.seek(0)
        yield cast(BinaryIO, whole), size, failure
