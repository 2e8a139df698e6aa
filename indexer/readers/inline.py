"""Inline Markdown and HTML as plain text, and the links in it.

Every pattern is linear in the length of its text: repeats are possessive or end at the character that begins the
next attempt, so hostile input cannot make them slow.
"""

import html
import re

from indexer.model import Source

_LABEL = r"(?:[^\[\]]++|\[[^\[\]]*+\])*+"
_TARGET = (
    r"\(\s*+(?:<(?P<angled>[^<>\n]*+)>|(?P<bare>[^()\s<>]*+(?:\([^()\s]*+\)[^()\s<>]*+)*+))"
    r"(?:\s++\"[^\"\n]*+\")?\s*+\)"
)
_IMAGE = re.compile(rf"!\[{_LABEL}\]{_TARGET}")
_LINK = re.compile(rf"\[(?P<label>{_LABEL})\]{_TARGET}")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]++)>")
_BARE_URL = re.compile(
    r"https?://[^\s<>\"'`（）()【】「」《》，。；、！]++(?:\([^\s()<>]*+\)[^\s<>\"'`（）()，。；、！]*+)*+"
)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*+-->")
_TAG = re.compile(
    r"</?(?:a|abbr|article|audio|aside|b|big|blockquote|br|center|cite|code|del|details|dd|div|dl|dt|em|figcaption|figure"
    r"|font|footer|h[1-6]|header|hr|i|iframe|img|ins|kbd|li|main|mark|nav|ol|p|picture|pre|q|s|samp|script|section|small|source"
    r"|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|video)(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"(\*{2,3}|__)(?![\s*])([^*\n]++)(?<![\s])\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]++)(?<![\s])\*(?![\w*])")
_UNDERSCORED = re.compile(r"(?<!\w)_(?![\s_])([^_\n]++)(?<!\s)_(?!\w)")
_STRUCK = re.compile(r"~~([^~\n]++)~~")
_CODE = re.compile(r"(`{1,3})([^`\n]++)\1")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"[^\S\n]+")
_PRIVATE = 0xF0000
"""Escaped characters hide in a private plane while the others are read as syntax."""
_HIDDEN = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x7F)}]")

_SEPARATORS = re.compile(r"\s*(?:[、，,；;|｜/]|\s[-–—]\s|\s以及\s|\s和\s)\s*")


def plain_text(markdown: str) -> str:
    """The text a reader sees: links by their label, no images, no emphasis marks, no tags, entities decoded."""
    text = _ESCAPED.sub(_hide, markdown) if "\\" in markdown else markdown
    if "](" in text:
        text = _LINK.sub(_label, _IMAGE.sub("", text))
    if "<" in text:
        text = _TAG.sub(" ", _COMMENT.sub("", _AUTOLINK.sub(r"\1", text)))
    for mark, pattern, group in _MARKS:
        if mark in text:
            text = pattern.sub(group, text)
    if "&" in text:
        text = html.unescape(text)
    text = _HIDDEN.sub(_show, text)
    return _BLANKS.sub(" ", text).strip()


_MARKS = (
    ("`", _CODE, r"\2"),
    ("**", _STRONG, r"\2"),
    ("__", _STRONG, r"\2"),
    ("*", _EMPHASIS, r"\1"),
    ("_", _UNDERSCORED, r"\1"),
    ("~~", _STRUCK, r"\1"),
)


def without_tags(text: str) -> str:
    """Text of a structured field: tags dropped, entities decoded, blanks collapsed; Markdown is left alone."""
    if "<" in text:
        text = _TAG.sub(" ", _COMMENT.sub("", text))
    if "&" in text:
        text = html.unescape(text)
    return "\n".join(line for line in (_BLANKS.sub(" ", line).strip() for line in text.splitlines()) if line)


def links_in(markdown: str) -> tuple[Source, ...]:
    """The distinct links of a text in order, named by their labels; images are none."""
    found: list[Source] = []
    if "](" in markdown:
        bare = _IMAGE.sub("", markdown)
        found += [Source(name=plain_text(m["label"]), url=_url(m)) for m in _LINK.finditer(bare) if _url(m)]
    if "<http" in markdown:
        found += [Source(name="", url=url) for url in _AUTOLINK.findall(_LINK.sub("", markdown))]
    return tuple(dict.fromkeys(found))


def sources_in(text: str) -> tuple[Source, ...]:
    """The sources a source line names: links, names, names with a bare address behind them."""
    text = _BLANKS.sub(" ", text)
    linked = links_in(text)
    rest = _AUTOLINK.sub("、", _LINK.sub("、", _IMAGE.sub("", text)))
    named: list[Source] = []
    for piece in _SEPARATORS.split(_BARE_URL.sub(lambda m: f" \0{_hidden_url(m[0])} 、", rest)):
        name, _, address = piece.partition("\0")
        source = Source(name=plain_text(name).strip(" ：:()（）[]【】。."), url=_shown_url(address).strip())
        if source.name or source.url:
            named.append(source)
    return tuple(dict.fromkeys((*linked, *named)))


def _hidden_url(url: str) -> str:
    return "".join(chr(_PRIVATE + ord(c)) if c in "、，,；;|｜/-" and ord(c) < 0x80 else c for c in url)


def _shown_url(text: str) -> str:
    return _HIDDEN.sub(_show, text)


def _url(match: re.Match[str]) -> str:
    return (match["angled"] or match["bare"] or "").strip()


def _label(match: re.Match[str]) -> str:
    return match["label"] or _url(match)


def _hide(match: re.Match[str]) -> str:
    return chr(_PRIVATE + ord(match[1]))


def _show(match: re.Match[str]) -> str:
    return chr(ord(match[0]) - _PRIVATE)
