"""Classes of words that occur in the same surroundings, learned from unlabelled news.

A name unseen in the labelled items often has neighbours whose class is known (``宣布``, ``发布`` and ``推出`` share
one), and its own words share a class with other names. This is what distributional clusters do for named entities
(Miller et al., 2004; Turian et al., 2010). Words are those of the segmenter, lower case, every digit as ``0``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources

CLASSES_FILE = "word-classes.txt"
_DIGITS_AS_ZERO = str.maketrans("123456789", "000000000")


def class_key(word: str) -> str:
    """The form under which a word has its class."""
    return word.lower().translate(_DIGITS_AS_ZERO)


def classes_from_lines(lines: Iterable[str]) -> dict[str, str]:
    """Each word with the code of its class: a line is a code, then the words, all separated by blanks."""
    classes = {}
    for line in lines:
        code, *words = line.split()
        classes.update(dict.fromkeys(words, code))
    return classes


def classes_to_lines(classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The lines that ``classes_from_lines`` reads, for words by class code."""
    for code in sorted(classes):
        yield " ".join((code, *sorted(classes[code]))) + "\n"


def load_word_classes() -> dict[str, str]:
    """The shipped classes by word."""
    text = (resources.files("indexer.extraction.models") / CLASSES_FILE).read_text("utf-8")
    return classes_from_lines(text.splitlines())
