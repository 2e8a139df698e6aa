"""Sources: the links and names a text gives, and how several sayings become one list."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from indexer.model import Source
from indexer.readers.inline import AUTOLINK, IMAGE, KEPT, KEPT_LENGTH, LINK, plain_text, target_of

BARE_URL = re.compile(
    r"https?://[^\s<>\"'`（）()【】「」《》，。；、！]++(?:\([^\s()<>]*+\)[^\s<>\"'`（）()，。；、！]*+)*+"
)
_GENERIC = re.compile(
    r"(?:点击|点此|查看|阅读|访问)?(?:网页|原文|全文|详情|链接|更多|新闻|来源)(?:链接|地址|网址|详情|页)?|(?:read|learn|see)\s+more|(?:source|original)?\s*(?:link|url)?",
    re.IGNORECASE,
)
_WIKI_LINK = re.compile(r"!?\[\[(?P<page>[^\[\]|]++)(?:\|(?P<label>[^\[\]]++))?\]\]")
_SEPARATORS = re.compile(r"[、，；;]|\s/\s")
_EDGES = " ：:()（）[]【】。.，,"


def links_in(markdown: str) -> tuple[Source, ...]:
    """The distinct links of a text in order, named by their labels; images are none."""
    if "](" not in markdown and "<http" not in markdown:
        return ()
    return _kept_links_in(markdown) if len(markdown) <= KEPT_LENGTH else _links_in(markdown)


def _links_in(markdown: str) -> tuple[Source, ...]:
    found: list[Source] = []
    if "](" in markdown:
        found += [
            Source(name=plain_text(match["label"]), url=target_of(match))
            for match in LINK.finditer(IMAGE.sub("", markdown) if "![" in markdown else markdown)
            if target_of(match)
        ]
    if "<http" in markdown:
        found += [Source(name="", url=url) for url in AUTOLINK.findall(LINK.sub("", markdown))]
    return tuple(dict.fromkeys(found))


_kept_links_in = lru_cache(KEPT)(_links_in)


def nameless_links_in(markdown: str) -> tuple[Source, ...]:
    """The links of a title or a running text: their labels are words of it, not names of sources."""
    return tuple(Source(name="", url=link.url) for link in links_in(markdown))


def sources_in(text: str) -> tuple[Source, ...]:
    """The sources a source line names: links, names, names with a bare address behind them."""
    text = without_wiki_links(" ".join(text.split()))
    links = originals_first(links_in(text))
    linked = [link if not is_generic(link.name) else replace(link, name="") for link in links]
    rest = AUTOLINK.sub("、", LINK.sub("、", IMAGE.sub("", text)))
    urls = iter(BARE_URL.findall(rest))
    pieces = _SEPARATORS.split(BARE_URL.sub("\0、", rest))
    named: list[Source] = []
    for piece in pieces:
        address = next(urls, "") if "\0" in piece else ""
        name = plain_text(piece.replace("\0", " ")).strip(_EDGES)
        if name or address:
            named.append(Source(name=name, url=address))
    return combined((*linked, *named))


def has_address(text: str) -> bool:
    """Whether a text has a link or a bare address."""
    return ("](" in text and bool(links_in(text))) or ("http" in text and BARE_URL.search(text) is not None)


def without_wiki_links(text: str, *, keep_label: bool = False) -> str:
    """A text without links to pages beside it (``[[page|label]]``), or with their labels in their place."""
    if "[[" not in text:
        return text
    return _WIKI_LINK.sub(lambda match: (match["label"] or match["page"]) if keep_label else "", text)


def originals_first(links: Iterable[Source]) -> tuple[Source, ...]:
    """Links in order, those that say that they lead to the original before all others."""
    return tuple(sorted(links, key=lambda link: "原文" not in link.name))


def is_generic(label: str) -> bool:
    """Whether a link's label only says that it is a link: 阅读原文, 链接, read more."""
    return len(label) < 20 and _GENERIC.fullmatch(label.strip(" 🔗👉→>»：:")) is not None


def combined(sources: Iterable[Source]) -> tuple[Source, ...]:
    """One entry per address, in order; a name without an address goes to the first link that lacks one."""
    sources = tuple(sources)
    if len(sources) < 2:
        return sources
    linked: dict[str, Source] = {}
    names: dict[str, None] = {}
    for source in sources:
        if not source.url:
            names[source.name] = None
        elif source.url not in linked or not linked[source.url].name:
            linked[source.url] = source
    known = {source.name for source in linked.values()}
    alone = []
    free = iter([url for url, source in linked.items() if not source.name])
    for name in names:
        if name in known:
            continue
        if url := next(free, ""):
            linked[url] = replace(linked[url], name=name)
        else:
            alone.append(Source(name=name, url=""))
    return (*linked.values(), *alone)
