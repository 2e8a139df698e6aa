"""Which items tell the same report, looked up at reading: the same on every engine.

Nothing about pairs of items is stored, only what each item is found by (its signature and the bands of it,
``indexer.duplicates``), in the search index, where it comes and goes with the item. So the answer depends on the
items that are there and on nothing else, and writing costs as much in a large archive as in a small one.

A band that more than ``POPULAR`` items share is boilerplate and leads nowhere. That bounds the work, treats both
sides of a pair alike, and depends on no order.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Protocol

from indexer.duplicates import ReportText, are_candidates, bands_of, similarity
from indexer.model import NewsItem
from search_service.engines.contract import SameText

POPULAR = 100
AT_ONCE = 1000
"""Items that one question for bands may find; it is asked in halves where there are more."""

_DIGITS = 4

Holders = Mapping[str, Mapping[str, bytes]]
"""Band -> items that have it, with their signatures."""


class BandIndex(Protocol):
    """What an engine has to look up."""

    def signatures(self, item_ids: Collection[str]) -> Mapping[str, bytes]:
        """Signatures of those items that are there."""

    def sharing(self, bands: Collection[str], *, limit: int) -> Mapping[str, bytes] | None:
        """Items with any of the bands, and their signatures; None where more than ``limit`` have. Bands that one item
        alone has may be passed over."""

    def news_items(self, item_ids: Collection[str]) -> Mapping[str, NewsItem]:
        """Those items that are stored."""


def same_texts(index: BandIndex, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
    """Of each item that has any, the items that tell the same, most similar first, then by id."""
    signatures = index.signatures(item_ids)
    bands = {item: bands_of(signature) for item, signature in signatures.items()}
    holders = _holders(index, sorted(set(chain.from_iterable(bands.values()))))
    candidates = {item: _candidates(item, signatures[item], own, holders) for item, own in bands.items()}
    candidates = {item: others for item, others in candidates.items() if others}
    wanted = sorted({*candidates, *chain.from_iterable(candidates.values())})
    texts = {item: ReportText.from_item(news) for item, news in index.news_items(wanted).items()}
    found = {item: _alike(item, others, texts) for item, others in candidates.items()}
    return {item: same for item, same in found.items() if same}


def _holders(index: BandIndex, bands: list[str]) -> Holders:
    """Items by band, without popular bands."""
    if not bands:
        return {}
    found = index.sharing(bands, limit=AT_ONCE)
    if found is None:
        half = len(bands) // 2
        return {**_holders(index, bands[:half]), **_holders(index, bands[half:])} if half else {}
    asked = frozenset(bands)
    holders: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    for item, signature in found.items():
        for band in asked.intersection(bands_of(signature)):
            holders[band][item] = signature
    return {band: items for band, items in holders.items() if len(items) <= POPULAR}


def _candidates(item: str, signature: bytes, bands: tuple[str, ...], holders: Holders) -> list[str]:
    others = {other: of_other for band in bands for other, of_other in holders.get(band, {}).items()}
    return [other for other, of_other in others.items() if other != item and are_candidates(signature, of_other)]


def _alike(item: str, others: Collection[str], texts: Mapping[str, ReportText]) -> tuple[SameText, ...]:
    if item not in texts:
        return ()
    shares = ((other, similarity(texts[item], texts[other])) for other in others if other in texts)
    found = (SameText(item_id=other, similarity=round(share, _DIGITS)) for other, share in shares if share)
    return tuple(sorted(found, key=lambda same: (-same.similarity, same.item_id)))
