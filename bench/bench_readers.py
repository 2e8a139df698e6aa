"""How fast files of awkward shapes are read: one process, no archive, MB of UTF-8 a second, slowest last.

``python bench/bench_readers.py [SHAPE…] [--size MB]``; the shapes are invented here and need no other data.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from indexer.model import Digest
from indexer.readers import read_digests
from indexer.sources import SourceFile

Shape = Callable[[int], str]
"""The ``n``-th piece of a file."""


def _title(n: int) -> str:
    return f"松涛智能发布第{n}号开源模型"


def _url(n: int) -> str:
    return f"https://news.example/{n}"


def _of_signs(sign: str) -> Shape:
    """Lines of nothing but one sign, with a title among them now and then."""
    return lambda n: f"{_title(n)} {sign * 200}\n" if n % 50 == 0 else f"{sign * 200}\n"


SIGNS = (
    "[",
    "](",
    "**",
    "<",
    "【",
    "|",
    "`",
    "(",
    "- ",
    "：",
    "<a ",
    "![",
    "\\",
    "&",
    "2026-",
    "http",
    "~~",
    "1.",
    "> ",
)

PIECES: dict[str, tuple[str, Shape, str]] = {
    "rss": (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>\n',
        lambda n: f"<item><title>{_title(n)}</title><link>{_url(n)}</link></item>\n",
        "</channel></rss>",
    ),
    "linked-headings": ("# 2026-04-08\n", lambda n: f"### [{_title(n)}]({_url(n)})\n一句话。\n\n", ""),
    "headings": ("# 2026-04-08\n", lambda n: f"### {_title(n)}\n一句话。\n\n", ""),
    "bold-lines": ("2026-04-08\n\n", lambda n: f"**{_title(n)}**\n\n一句话。\n\n", ""),
    "blocks": ("2026-04-08\n\n", lambda n: f"{_title(n)}\n{_url(n)}\n\n", ""),
    "paragraphs": (
        "2026-04-08\n\n",
        lambda n: f"**{_title(n)}**说明了一句话，然后又是一句话。[原文]({_url(n)})\n\n",
        "",
    ),
    "prose": ("2026-04-08\n\n", lambda n: f"{_title(n)}，这里没有链接，也没有标记，只有话。\n", ""),
    "table": (
        "# 2026-04-08\n\n| 标题 | 来源 | 链接 |\n| --- | --- | --- |\n",
        lambda n: f"| {_title(n)} | 某报 | [原文]({_url(n)}) |\n",
        "",
    ),
    "bullets": ("# 2026-04-08\n", lambda n: f"- [{_title(n)}]({_url(n)}) — 某报\n", ""),
    "numbered": ("# 2026-04-08\n", lambda n: f"{n}. {_title(n)}，速度提高一倍。\n", ""),
    "seed": ("2026-04-08\n", lambda n: f"**{_title(n)}**\n说明：一句话。\n来源出处：[某报]({_url(n)})\n\n", ""),
    "one-title": ("# 2026-04-08\n", lambda _: "- [同一个标题](https://news.example/1) — 某报\n", ""),
    "day-lines": ("# 2026\n", lambda n: f"## 2026-{n % 12 + 1:02}-{n % 28 + 1:02}\n- [{_title(n)}]({_url(n)})\n", ""),
    "definitions": ("# 2026-04-08\n", lambda n: f"- [{_title(n)}][{n}]\n\n[{n}]: {_url(n)}\n", ""),
    "csv": ("日期,标题,链接\n", lambda n: f"2026-04-08,{_title(n)},{_url(n)}\n", ""),
    "json-lines": ("", lambda n: json.dumps({"title": _title(n), "url": _url(n), "date": "2026-04-08"}) + "\n", ""),
    "json": (
        '{"date": "2026-04-08", "news": [',
        lambda n: json.dumps({"title": _title(n), "url": _url(n)}, ensure_ascii=False) + ",\n",
        '{"title": "最后一条"}]}',
    ),
    "json-unknown": (
        '{"data": [',
        lambda n: json.dumps({"t": _title(n), "u": _url(n), "at": "2026-04-08 09:00"}, ensure_ascii=False) + ",\n",
        '{"t": "最后一条新闻的题目", "u": "https://news.example/0"}]}',
    ),
    "html": (
        "<!doctype html><html><body><h1>2026-04-08</h1><ul>\n",
        lambda n: f'<li><a href="{_url(n)}">{_title(n)}</a><p>一句话。</p></li>\n',
        "</ul></body></html>",
    ),
    "quotes": ("# 2026-04-08\n", lambda n: f"> [!tip] {_title(n)}\n> - 详情：[原文]({_url(n)})\n\n", ""),
    "long-lines": ("# 2026-04-08\n", lambda n: f"- [{_title(n)}]({_url(n)}) {'话' * 300_000}\n", ""),
    **{f"signs {sign}": ("# 2026-04-08\n\n", _of_signs(sign), "") for sign in SIGNS},
}


def content_of(shape: str, size: int) -> str:
    """A file of a shape, of about ``size`` bytes."""
    before, piece, after = PIECES[shape]
    parts, length, n = [before], len(before.encode()), 0
    while length < size:
        n += 1
        parts.append(piece(n))
        length += len(parts[-1].encode())
    return "".join((*parts, after))


def measured(shape: str, size: int, folder: Path) -> tuple[float, int]:
    """Seconds of processor time that reading takes, and the items found."""
    path = folder / "file"
    path.write_text(content_of(shape, size), "utf-8")
    began = time.process_time()
    entries = list(read_digests(SourceFile(desk="desk", path="file", location=path, root=folder)))
    seconds = time.process_time() - began
    return seconds, sum(len(entry.items) for entry in entries if isinstance(entry, Digest))


def main(arguments: list[str]) -> int:
    """Measures the shapes named, or all, and prints them by speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", choices=[*PIECES, []], help="default: all")
    parser.add_argument("--size", type=float, default=10, help="MB of each file")
    chosen = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for shape in chosen.shapes or PIECES:
            seconds, items = measured(shape, int(chosen.size * 1e6), Path(folder))
            rows.append((chosen.size / seconds, seconds, items, shape))
    for speed, seconds, items, shape in sorted(rows, reverse=True):
        print(f"{shape:18} {speed:8.1f} MB/s {seconds:8.2f} s {items:8,} items")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
