"""HTML as plain text: paragraphs as lines, no scripts and styles, entities decoded.

Patterns are linear: what they repeat ends at the character that begins the next attempt.
"""

import re

from indexer.readers.inline import without_comments, without_tags

_BREAK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre"
    r"|section|table|tr|ul)(?=[\s/>])[^<>]*+>",
    re.IGNORECASE,
)
_SILENT = re.compile(r"<(/?)(script|style|template|noscript)(?=[\s/>])[^<>]*+>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")


def text_from_markup(markup: str) -> str:
    """The text a reader of the page sees, a line for each paragraph, list entry or table row.

    Text without any tag of a block is no page: there ``<T>`` may be a word.
    """
    if "<" not in markup or not _BREAK.search(markup):
        return without_tags(markup)
    text = _BREAK.sub("\n", _without_silent(without_comments(markup)))
    return without_tags(_ANY_TAG.sub("", text))


def _without_silent(markup: str) -> str:
    """Without scripts and styles and what is inside them; an unclosed one takes the rest."""
    kept: list[str] = []
    start = 0
    silent = ""
    for tag in _SILENT.finditer(markup):
        name = tag[2].lower()
        if not silent and not tag[1]:
            kept.append(markup[start : tag.start()])
            silent = name
        elif silent == name and tag[1]:
            silent, start = "", tag.end()
    return "".join(kept) if silent else "".join((*kept, markup[start:]))
