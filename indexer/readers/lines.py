"""Single lines of Markdown: what they are, and how wrapped ones are joined."""

import re
from collections.abc import Sequence

from indexer.folding import HAN

_RULE = re.compile(r"\s*(?:(?:-\s?){3,}|(?:\*\s?){3,}|(?:_\s?){3,}|={3,}|[—─━]{3,}|[─-╿]{3,})\s*")
_RULE_SIGNS = frozenset({"-", "*", "_", "=", "—", "━", *map(chr, range(0x2500, 0x2580))})
_BOXED = re.compile(r"\s*[│┃║][^│┃║]*+[│┃║]\s*")
_TAGS_ONLY = re.compile(r"\s*(?:<[/!]?[A-Za-z-][^<>]*+>)+\s*")
_SPAN_LINE = re.compile(r"\s*<(span|div|p|center|font)\b[^<>]*+>[^<>]*+</\1>\s*", re.IGNORECASE)
_IMAGE_LINE = re.compile(r"\s*!\[[^\[\]]*+\]\([^()]*+\)\s*")
_ORDINAL = re.compile(
    r"(?:\d{1,3}(?:[.．)）]\s+|[、．]\s*)|[（(]\d{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}、\s*|[①-⑳]\s*"
    r"|[\[【]\d{1,3}[\]】]\s*|\d\ufe0f?\u20e3\s*|(?:No\.|#)\s?\d{1,3}\s+|0\d\s+)(?=\S)"
)
_WIDE_CHARACTER = re.compile(rf"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’…—]")


def is_rule(line: str) -> bool:
    """A line that only draws a rule."""
    return len(line) < 1000 and line.lstrip()[:1] in _RULE_SIGNS and _RULE.fullmatch(line) is not None


def is_frame_line(line: str) -> bool:
    """A line without words of its own: a rule, tags, a picture, a line wholly wrapped in a tag or a box."""
    head = line.lstrip()[:1]
    if head in _RULE_SIGNS and is_rule(line):
        return True
    if head == "<":
        return bool(_TAGS_ONLY.fullmatch(line) or ("](" not in line and _SPAN_LINE.fullmatch(line)))
    if head in {"│", "┃", "║"}:
        return _BOXED.fullmatch(line) is not None
    return head == "!" and bool(_IMAGE_LINE.fullmatch(line))


def without_ordinal(title: str) -> str:
    """A title without the number it stands under: ``3. 标题`` and ``三、标题`` give ``标题``; ``3.5 发布`` stays."""
    return _ORDINAL.sub("", title, count=1) if _ORDINAL.match(title) else title


def join_wrapped(lines: Sequence[str]) -> str:
    """The lines of one paragraph as one: without a blank where Chinese meets Chinese."""
    parts: list[str] = []
    for line in lines:
        if parts and line and not (_WIDE_CHARACTER.match(parts[-1][-1]) and _WIDE_CHARACTER.match(line)):
            parts.append(" ")
        if line:
            parts.append(line)
    return "".join(parts)
