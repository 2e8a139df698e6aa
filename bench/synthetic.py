"""Any number of made-up items, annotated, the same for the same seed: archives larger than the real items give.

usage: python bench/synthetic.py --engine URL [--count N] [--seed S] [--batch N]

Lengths are those of real items (title 12-25 characters, body 120-300), words follow Zipf's law, every item names two
or three entities of the catalogue, days are spread over three years. Same texts do not occur.
"""

import argparse
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, islice

from graph.catalogue import load_catalogue
from graph.model import Entity, Evidence, Relation
from indexer.identity import digest_id, item_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem, Source
from search_service.engines import open_engine

FIRST_DAY = date(2023, 9, 1)
DAYS = 1080
PER_DIGEST = 25
SECTIONS = ("模型与技术", "投融资", "政策", "应用落地", "芯片与算力", "")
TOPICS = (
    "发布",
    "融资",
    "开源",
    "合作",
    "收购",
    "芯片",
    "算力",
    "机器人",
    "大模型",
    "智能体",
    "数据中心",
    "自动驾驶",
)
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 2400)]


class Words:
    """A vocabulary in which the n-th word is n times as rare as the first."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))

    def some(self, chance: random.Random, count: int) -> list[str]:
        """So many of them."""
        return chance.choices(self._words, cum_weights=self._weights, k=count)


class Newsroom:
    """Writes items."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        made_up = ["".join(self._chance.choices(HAN, k=self._chance.choice((2, 2, 2, 3)))) for _ in range(40_000)]
        self._words = Words([*TOPICS, *made_up])
        entities = [entry.entity for entry in load_catalogue().entries]
        self._chance.shuffle(entities)
        self._entities = entities
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(entities))))
        self._sources = Words([f"来源{number}" for number in range(300)])

    def digests(self, count: int) -> Iterator[AnnotatedDigest]:
        """Digests of 25 items each until ``count`` items are written."""
        for start in range(0, count, PER_DIGEST):
            day = FIRST_DAY + timedelta(days=self._chance.randrange(DAYS))
            desk = f"早报{self._chance.randrange(20):02}"
            items = tuple(self._item(desk, day, number) for number in range(start, min(start + PER_DIGEST, count)))
            path = f"{start}.md"
            digest = Digest(
                id=digest_id(desk, path),
                desk=desk,
                path=path,
                day=day,
                items=tuple(one.item for one in items),
                layout="synthetic",
                fingerprint=f"synthetic-{start}",
            )
            yield AnnotatedDigest(digest=digest, items=items)

    def _item(self, desk: str, day: date, number: int) -> AnnotatedItem:
        chance = self._chance
        named = chance.choices(self._entities, cum_weights=self._weights, k=chance.choice((2, 2, 3)))
        title = f"{named[0].name}{''.join(self._words.some(chance, 5))}"
        sentences = ("".join(self._words.some(chance, chance.randint(5, 9))) for _ in range(chance.randint(8, 14)))
        body = "，".join([*sentences, *(entity.name for entity in named), str(number)]) + "。"
        item = NewsItem(
            id=item_id(desk, day, title),
            desk=desk,
            day=day,
            title=title,
            summary=body,
            section=chance.choice(SECTIONS),
            sources=(Source(name=self._sources.some(chance, 1)[0], url=f"https://example.org/{number}"),),
        )
        return AnnotatedItem(item=item, annotations=_annotations(item, named))


def _annotations(item: NewsItem, named: list[Entity]) -> Annotations:
    mentions = []
    for entity in {one.id: one for one in named}.values():
        at = item.body.rfind(f"，{entity.name}") + 1
        mentions.append(
            Mention(
                entity_id=entity.id,
                name=entity.name,
                kind=entity.kind,
                field="body",
                start=at,
                end=at + len(entity.name),
            )
        )
    evidence = Evidence(item_id=item.id, field="body", start=0, end=20, text=item.body[:20], trigger=(0, 2))
    pair = [one.id for one in named[:2]]
    relations = (Relation(kind="partnered_with", subject=pair[0], object=pair[1], evidence=evidence, day=item.day),)
    return Annotations(mentions=tuple(mentions), relations=relations if pair[0] != pair[1] else ())


def main() -> None:
    """Fills an archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", required=True, help="URL of the archive to fill")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4000, help="items written at once")
    options = parser.parse_args()
    digests = Newsroom(options.seed).digests(options.count)
    started, written = time.perf_counter(), 0
    with open_engine(options.engine, write=True) as archive:
        while batch := list(islice(digests, options.batch // PER_DIGEST)):
            archive.replace(batch)
            written += sum(len(digest.items) for digest in batch)
            print(f"{written:,} items, {written / (time.perf_counter() - started):,.0f}/s", flush=True)
        archive.flush()


if __name__ == "__main__":
    main()
