"""How names sound: pinyin of each Han character, for suggestions and spelling only.

Sound never takes part in search: it finds names, and only below what is written as typed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from indexer.folding import HAN

_HAN = re.compile(f"[{HAN}]")

# What speakers of many regions do not tell apart, and input methods offer to mix up.
_ALIKE = ((re.compile("^zh"), "z"), (re.compile("^ch"), "c"), (re.compile("^sh"), "s"), (re.compile("^n"), "l"))
_ALIKE_ENDS = re.compile("(?<=[aei]n)g$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A folded text and what it sounds like: one syllable for each Han character, itself for any other."""

    text: str
    syllables: tuple[str, ...]

    @classmethod
    def from_key(cls, key: str) -> "Sound":
        """``key`` is a text after ``fold_key``."""
        return cls(text=key, syllables=_syllables(key) if _HAN.search(key) else tuple(key))

    @property
    def full(self) -> str:
        """All syllables: ``zhipu``."""
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        """The first letter of each syllable: ``zp``."""
        return "".join(syllable[:1] for syllable in self.syllables)

    @property
    def blurred(self) -> str:
        """All syllables without the differences that are often missed: ``zhang`` and ``zan`` are one."""
        return " ".join(map(_blurred, self.syllables))


def has_han(text: str) -> bool:
    """Whether a text holds a Han character."""
    return bool(_HAN.search(text))


def writes(typed: str, name: Sound) -> bool:
    """Whether a reader who types ``typed`` may be on the way to the name.

    Han characters stand for themselves; letters for syllables, each whole or by its first letter, the last one as
    far as it goes: ``智pu``, ``zhip``, ``zp`` and ``z谱`` all write 智谱.
    """
    states = {(0, 0)}  # characters typed, syllables of the name behind them
    while states:
        if any(at == len(typed) for at, _syllable in states):
            return True
        states = {after for state in states for after in _steps(typed, name, *state)}
    return False


def _steps(typed: str, name: Sound, at: int, number: int) -> list[tuple[int, int]]:
    """Where one more syllable of the name leads to."""
    if number == len(name.syllables):
        return []
    character, syllable = name.text[number], name.syllables[number]
    if typed[at] == character:
        return [(at + 1, number + 1)]
    if has_han(typed[at]) or not has_han(character):
        return []
    rest = typed[at:]
    ways = {syllable[:1]} if rest.startswith(syllable[:1]) else set()
    if rest.startswith(syllable) or syllable.startswith(rest):
        ways.add(syllable[: len(rest)])
    return [(at + len(way), number + 1) for way in ways]


@lru_cache(maxsize=1 << 16)
def _syllables(key: str) -> tuple[str, ...]:
    """Kept, because a name table is made anew of the same names again and again."""
    spelled = _spelled(key)
    # one syllable for each character is what every caller counts on
    return tuple(spelled if len(spelled) == len(key) else [_spelled(one)[0] for one in key])


def _spelled(text: str) -> list[str]:
    # what has no pinyin is to stay character by character, which the library's types do not foresee
    spelled: list[str] = lazy_pinyin(text, errors=list)  # type: ignore[arg-type]
    return spelled


def _blurred(syllable: str) -> str:
    for pattern, plain in _ALIKE:
        syllable = pattern.sub(plain, syllable)
    return _ALIKE_ENDS.sub("", syllable)
