"""A title for news that comes without one: its first sentence."""

import re

MAX_TITLE = 80
"""Characters; about what fits on two lines of a result."""

_END = re.compile(r"[。！？!?\n]|\.(?=\s)|[：:](?=\n)")
_DATELINE = re.compile(r"\A(?:[^\w\s]{1,3}\s)?(?:\d{1,2}月)?\d{1,2}日(?:消息|讯|电)[，,：:]\s*")
_PAUSE = re.compile(r"[，,；;、：:](?!\d)")


def without_dateline(text: str) -> str:
    """A text without the words that only say of which day it is: 12月11日消息，"""
    return _DATELINE.sub("", text, count=1)


def first_sentence(text: str) -> str:
    """The first sentence without its stop; cut at the last pause where it is longer than ``MAX_TITLE``."""
    text = without_dateline(text.strip())
    head = text[: MAX_TITLE + 1]
    if match := _END.search(head, 4):
        return head[: match.start()].strip()
    if len(text) <= MAX_TITLE:
        return text
    pauses = [match.start() for match in _PAUSE.finditer(head) if match.start() >= MAX_TITLE // 4]
    return head[: pauses[-1]] if pauses else f"{head[: MAX_TITLE - 1]}…"
