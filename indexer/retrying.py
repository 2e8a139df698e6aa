"""What waits, read again from where it was."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from indexer.inner_files import with_inner_files
from indexer.quarantine import Quarantined
from indexer.source_files import STANDARD_INPUT, SourceFile, Unchanged, Unread, is_address
from indexer.sources import find_again, is_within, laid_down
from indexer.subscribing import Subscriber


def found_again(
    chosen: Iterable[Quarantined], waiting: Iterable[Quarantined], *, subscriber: Subscriber
) -> Iterator[SourceFile | Unread | Unchanged]:
    """The files that ``chosen`` entries wait for, of all that are ``waiting``; nothing for those that are gone."""
    inputs = {_input_of(one.path): one.content for one in waiting if one.root == STANDARD_INPUT and one.content}
    for (root, desk, given), entries in groupby(sorted(chosen, key=_origin), key=_origin):
        paths = {entry.path for entry in entries}
        if root == STANDARD_INPUT:
            yield from _in_inputs(inputs, paths, desk if given else None)
        elif is_address(root):
            yield from subscriber.find(root, None, desk=desk if given else None)
        else:
            yield from find_again(root, paths, desk=desk, desk_given=given)


def _origin(entry: Quarantined) -> tuple[str, str, bool]:
    return entry.root, entry.desk, entry.desk_given


def _in_inputs(inputs: Mapping[str, bytes], paths: set[str], desk: str | None) -> Iterator[SourceFile | Unread]:
    for name in sorted(set(map(_input_of, paths)) & inputs.keys()):
        file = laid_down([inputs[name]], desk=desk)
        if isinstance(file, SourceFile):
            yield from with_inner_files(file, wanted=lambda path: is_within(path, paths))


def _input_of(path: str) -> str:
    """The name of the standard input that a path leads into."""
    return path.partition("/")[0]
