"""Cuts a query into lexemes: words, phrases, fields, signs. Knows no meaning and never fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LexemeKind = Literal["word", "phrase", "field", "or", "and", "not", "open", "close", "unclosed"]

FIELD_NAMES = {
    "title": "title",
    "标题": "title",
    "section": "section",
    "栏目": "section",
    "source": "source",
    "来源": "source",
    "entity": "entity",
    "实体": "entity",
    "category": "category",
    "类别": "category",
    "since": "since",
    "自": "since",
    "until": "until",
    "至": "until",
}
"""How a field may be written, and its one name."""

_LEXEME = re.compile(
    r"""(?P<open>[(（])|(?P<close>[)）])
    |(?P<phrase>"(?P<straight>[^"]*)"|“(?P<curly>[^“”]*)”)
    |(?P<unclosed>["“](?P<rest>.*))
    |(?P<or>(?:OR(?!\S)|\|\|?))|(?P<and>AND(?!\S)|&&)
    |(?P<not>(?:(?<!\S)|(?<=[(（]))(?:[-－](?=\S)|NOT(?=\s+\S)))
    |(?P<field>(?P<name>[^\W\d_]{1,12})[:：](?:"(?P<quoted>[^"]*)"|“(?P<curled>[^“”]*)”|(?P<bare>[^\s()（）"“]*)))
    |(?P<word>[^\s()（）"“”]+)|(?P<stray>\S)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexeme:
    """A piece of the query at ``start``..``end``; ``text`` without its marks; ``name`` of a field as written."""

    kind: LexemeKind
    text: str
    start: int
    end: int
    name: str = ""


def cut_lexemes(query: str) -> Iterator[Lexeme]:
    """The lexemes of a query in order. Words that only blanks separate come as one lexeme each."""
    at = 0
    while match := _LEXEME.search(query, at):
        at = match.end()
        lexeme = _lexeme(match)
        if lexeme:
            yield lexeme


def _lexeme(match: re.Match[str]) -> Lexeme | None:
    start, end = match.span()
    groups = match.groupdict()
    if groups["phrase"] is not None:
        text = groups["straight"] if groups["straight"] is not None else groups["curly"]
        return Lexeme(kind="phrase", text=text, start=start, end=end)
    if groups["unclosed"] is not None:
        return Lexeme(kind="unclosed", text=groups["rest"], start=start, end=end)
    if groups["field"] is not None and _is_field(groups["name"], groups["bare"]):
        value = next((groups[g] for g in ("quoted", "curled", "bare") if groups[g] is not None), "")
        return Lexeme(kind="field", text=value, start=start, end=end, name=groups["name"])
    if groups["stray"] is not None:
        return None
    for kind in ("open", "close", "or", "and", "not"):
        if groups[kind] is not None:
            return Lexeme(kind=kind, text=match.group(), start=start, end=end)
    return Lexeme(kind="word", text=match.group(), start=start, end=end)


def _is_field(name: str, bare: str | None) -> bool:
    """Whether ``name:`` opens a field.

    An address (https://…) does not; an unknown Latin name does, so that the reader can be told; Chinese before a
    colon is text unless it names a field.
    """
    if name.lower() in FIELD_NAMES:
        return True
    return name.isascii() and name.islower() and not (bare or "").startswith("//")
