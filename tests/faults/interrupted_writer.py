"""Stores a fixed history of digests in an archive, as an indexing run does: skips what is stored, tells each batch.

Run as a program by tests that kill it, or what it writes to. Ends with the sentence and the code of ``zhimai index``.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from graph.model import Evidence, Relation
from indexer.identity import digest_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem, Source
from search_service.cli.exits import told_plainly
from search_service.engines import open_engine

NAMES = ["松涛", "云海", "远山", "青石", "白鹭"]


def story(number: int, version: int) -> AnnotatedItem:
    one, other = NAMES[number % 5], NAMES[(number // 5 + 1) % 5]
    title = f"{one}与{other}合作第{number}次"
    item = NewsItem(
        id="",
        desk="早报",
        day=date(2026, 1, 1) + timedelta(days=number % 90),
        title=title,
        summary=f"第{version}版正文。" * (1 + number % 3),
        sources=(Source(name=f"来源{number % 4}", url=f"https://a.example/{number}"),),
    )
    said = Evidence(item_id="", field="title", start=0, end=len(title), text=title, trigger=(0, 1))
    subject, object_ = f"org:{one}", f"org:{other}"
    mentions = tuple(
        Mention(entity_id=f"org:{name}", name=name, kind="org", field="title", start=at, end=at + 2)
        for name in sorted({one, other})
        for at in [title.index(name)]
    )
    relation = Relation(kind="partnered_with", subject=subject, object=object_, evidence=said)
    return AnnotatedItem(item=item, annotations=Annotations(mentions=mentions, relations=(relation,)))


def digest(number: int, version: int) -> AnnotatedDigest:
    path = f"{number}.md"
    stories = tuple(story(number * 25 + at, version) for at in range(30))  # five stand in the next digest too
    bare = Digest(id=digest_id("早报", path), desk="早报", path=path, day=date(2026, 1, 1), items=(), layout="test")
    fingerprint = f"{number}:{version}"
    return AnnotatedDigest(
        digest=replace(bare, items=tuple(one.item for one in stories), fingerprint=fingerprint), items=stories
    )


def batches() -> Iterator[list[AnnotatedDigest]]:
    """New digests, among them corrections of earlier ones."""
    for number in range(0, 24, 2):
        yield [digest(number, 1), digest(number + 1, 1)]
    for number in range(0, 24, 4):
        yield [digest(number, 2), digest(number + 1, 2)]


def tell(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main(url: str) -> None:
    final = {one.digest.id: one.digest.fingerprint for batch in batches() for one in batch}
    with open_engine(url, write=True) as archive:
        tell("open")
        for batch in batches():
            known = archive.fingerprints([one.digest.id for one in batch])
            new = [
                one for one in batch if known.get(one.digest.id) not in (one.digest.fingerprint, final[one.digest.id])
            ]
            if new:
                archive.replace(new)
                tell("stored", *(one.digest.fingerprint for one in new))


if __name__ == "__main__":
    with told_plainly():
        main(sys.argv[1])
