"""Inline Markdown and HTML as plain text.

Every pattern is linear in the length of its text: repeats are possessive or end at the character that begins the
next attempt, so hostile input cannot make them slow.
"""

import html
import re
from functools import lru_cache

KEPT, KEPT_LENGTH = 4096, 1000
"""Results kept of short texts: several questions about one line follow each other."""

_LABEL = r"(?:[^\[\]]++|\[[^\[\]]*+\])*+"
_TARGET = (
    r"\(\s*+(?:<(?P<angled>[^<>\n]*+)>|(?P<bare>[^()\s<>]*+(?:\([^()\s]*+\)[^()\s<>]*+)*+))"
    r"(?:\s++\"[^\"\n]*+\")?\s*+\)"
)
IMAGE = re.compile(rf"!\[{_LABEL}\]{_TARGET}")
LINK = re.compile(rf"\[(?P<label>{_LABEL})\]{_TARGET}")
AUTOLINK = re.compile(r"<(https?://[^\s<>]++)>")
_TAG = re.compile(
    r"</?(?:a|abbr|article|audio|aside|b|big|blockquote|br|center|cite|code|del|details|dd|div|dl|dt|em|figcaption|figure"
    r"|font|footer|h[1-6]|header|hr|i|iframe|img|ins|kbd|li|main|mark|nav|ol|p|picture|pre|q|s|samp|script|section|small|source"
    r"|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|video)(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"(\*{2,3})(?![\s*])([^*\n]++)(?<!\s)\1")
_DOUBLE_UNDERSCORED = re.compile(r"(?<!\w)__(?![\s_])([^_\n]++)(?<!\s)__(?!\w)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]++)(?<![\s])\*(?![\w*])")
_UNDERSCORED = re.compile(r"(?<!\w)_(?![\s_])([^_\n]++)(?<!\s)_(?!\w)")
_STRUCK = re.compile(r"~~([^~\n]++)~~")
_CODE = re.compile(r"(`{1,3})([^`\n]++)\1")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"[^\S\n]+")
_MARKED = re.compile(r"[\\\[<*`_~&\u200b\u2060\ufeff]|(?![\n ])\s|  ")
"""What makes a text differ from what a reader sees."""
_INVISIBLE = "\u200b\u2060\ufeff"
_PRIVATE = 0xF0000
"""Escaped characters hide in a private plane while the others are read as syntax."""
_HIDDEN = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x7F)}]")


def plain_text(markdown: str) -> str:
    """The text a reader sees: links by their label, no images, no emphasis marks, no tags, entities decoded."""
    if _MARKED.search(markdown) is None:
        return _trimmed(markdown)
    return _kept_text_of(markdown) if len(markdown) <= KEPT_LENGTH else _text_of(markdown)


def _text_of(markdown: str) -> str:
    text = _ESCAPED.sub(_hide, markdown) if "\\" in markdown else markdown
    if "](" in text:
        text = LINK.sub(_label, IMAGE.sub("", text))
    if "<" in text:
        text = _TAG.sub(" ", without_comments(AUTOLINK.sub(r"\1", text)))
    for mark, pattern, group in _MARKS:
        if mark in text:
            text = pattern.sub(group, text)
    if "&" in text:
        text = html.unescape(text)
    if "\\" in markdown:
        text = _HIDDEN.sub(_show, text)
    return _trimmed(_BLANKS.sub(" ", text))


_kept_text_of = lru_cache(KEPT)(_text_of)


def _trimmed(text: str) -> str:
    """Without blanks and invisible characters at either end."""
    text = text.strip()
    return text.strip(_INVISIBLE).strip() if text and (text[0] in _INVISIBLE or text[-1] in _INVISIBLE) else text


_MARKS = (
    ("`", _CODE, r"\2"),
    ("*", _EMPHASIS, r"\1"),
    ("**", _STRONG, r"\2"),
    ("__", _DOUBLE_UNDERSCORED, r"\1"),
    ("_", _UNDERSCORED, r"\1"),
    ("~~", _STRUCK, r"\1"),
)


def without_tags(text: str) -> str:
    """Text of a structured field: tags dropped, entities decoded, blanks collapsed; Markdown is left alone."""
    if "<" in text:
        text = _TAG.sub(" ", without_comments(text))
    if "&" in text:
        text = html.unescape(text)
    return "\n".join(line for line in (_trimmed(_BLANKS.sub(" ", line)) for line in text.splitlines()) if line)


def without_comments(text: str) -> str:
    """A text without its HTML comments; an unclosed one stays."""
    kept: list[str] = []
    start = 0
    while (opened := text.find("<!--", start)) >= 0 and (closed := text.find("-->", opened + 4)) >= 0:
        kept.append(text[start:opened])
        start = closed + 3
    return "".join((*kept, text[start:]))


def target_of(match: re.Match[str]) -> str:
    """The address a ``LINK`` match leads to."""
    return (match["angled"] or match["bare"] or "").strip()


def _label(match: re.Match[str]) -> str:
    return match["label"] or target_of(match)


def _hide(match: re.Match[str]) -> str:
    return chr(_PRIVATE + ord(match[1]))


def _show(match: re.Match[str]) -> str:
    return chr(ord(match[0]) - _PRIVATE)
