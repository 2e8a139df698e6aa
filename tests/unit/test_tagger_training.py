"""Training: a wrong label file is told with its line, and the same input gives the same tagger."""

import json
from pathlib import Path

import pytest

from indexer.extraction.features import FeatureExtractor
from indexer.extraction.lexicon import build_lexicon, count_uses, names_from_tsv, names_to_tsv
from indexer.extraction.tagger import Tagger
from indexer.extraction.training.__main__ import main, train_tagger
from indexer.extraction.training.clustering import cluster_words
from indexer.extraction.training.labelled import BadLabels, LabelledItem, load_labelled
from indexer.extraction.training.scoring import score_mentions
from indexer.extraction.word_classes import classes_from_lines, classes_to_lines

FIRMS = ("云杉智能", "海棠科技", "青禾智能", "北斗科技", "松果智能", "白鹭科技")


def write_lines(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[LabelledItem, ...]:
    items = [{"id": firm, "title": f"{firm}完成融资", "body": f"今日，{firm}宣布新产品。"} for firm in FIRMS]
    entities = {firm: [{"name": firm, "type": "org", "surfaces": [firm]}] for firm in FIRMS}
    return load_labelled(
        write_lines(tmp_path / "items.jsonl", [dict(item) for item in items]),
        write_lines(tmp_path / "labels.jsonl", [{"id": firm, "entities": entities[firm]} for firm in FIRMS]),
    )


def test_labels_mark_every_place_of_the_longest_name(tmp_path: Path) -> None:
    items = write_lines(tmp_path / "items.jsonl", [{"id": "a", "title": "阿里云与阿里", "body": "ＧＰＴ-5"}])
    entities = [{"type": "org", "surfaces": ["阿里", "阿里云"]}, {"type": "model", "surfaces": ["ＧＰＴ-5"]}]
    (item,) = load_labelled(items, write_lines(tmp_path / "labels.jsonl", [{"id": "a", "entities": entities}]))
    labels = ["B-org", "I-org", "I-org", "O", "B-org", "I-org", "O", "B-model", "I-model", "I-model"]
    assert item.token_labels() == labels
    assert item.mentions() == {("title", 0, 3, "org"), ("title", 4, 6, "org"), ("body", 0, 5, "model")}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ('{"id": "b", "entities": []}', "line 1: no item has the id 'b'"),
        ("{", "line 1: not JSON"),
        ("{}", "id, entities"),
    ],
)
def test_a_wrong_label_file_is_told_with_its_line(tmp_path: Path, labels: str, message: str) -> None:
    items = write_lines(tmp_path / "items.jsonl", [{"id": "a", "title": "甲", "body": ""}])
    path = tmp_path / "labels.jsonl"
    path.write_text(labels + "\n", "utf-8")
    with pytest.raises(BadLabels, match=message):
        load_labelled(items, path)


def test_an_unusable_file_ends_the_command_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.jsonl")
    assert main(["--items", missing, "--labels", missing, "--out", str(tmp_path / "m.crfsuite")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_training_is_reproducible_and_finds_a_new_name(labelled: tuple[LabelledItem, ...], tmp_path: Path) -> None:
    used = count_uses((item.text.text, item.names) for item in labelled)
    features = FeatureExtractor(build_lexicon(used, {}), {})
    models = []
    for name in ("one", "two"):
        train_tagger(labelled, features, tmp_path / name, iterations=30)
        models.append((tmp_path / name).read_bytes())
    assert models[0] == models[1]
    tagger = Tagger(models[0], features)
    (span, *_) = tagger.tag("山茶智能完成融资", "")
    assert (span.field, span.start, span.end, span.kind) == ("title", 0, 4, "org")
    assert any(line.startswith("all") for line in score_mentions(labelled, tagger.tag))


def test_an_item_does_not_vouch_for_its_own_names(labelled: tuple[LabelledItem, ...]) -> None:
    lexicon = build_lexicon(count_uses((item.text.text, item.names) for item in labelled), {})
    item = labelled[0]
    hits = lexicon.find(item.text.text)
    assert lexicon.used_spans(hits)
    assert not lexicon.used_spans(hits, item.names)


def test_names_and_classes_survive_their_files(labelled: tuple[LabelledItem, ...]) -> None:
    used = count_uses((item.text.text, item.names) for item in labelled)
    assert names_from_tsv(names_to_tsv(used)) == used
    grouped = {"000": ["发布", "宣布"], "001": ["公司"]}
    assert classes_from_lines(classes_to_lines(grouped)) == {"发布": "000", "宣布": "000", "公司": "001"}


def test_words_of_like_surroundings_share_a_class() -> None:
    texts = [
        [name, verb, "新", thing]
        for name in ("甲", "乙", "丙")
        for verb in ("发布", "推出")
        for thing in ("车", "机")
    ] * 5
    classes = classes_from_lines(classes_to_lines(cluster_words(texts, classes=4, least_count=2, seed=1)))
    assert classes["甲"] == classes["乙"] == classes["丙"] != classes["车"]
    assert cluster_words(texts, classes=4, least_count=2, seed=1) == cluster_words(
        texts, classes=4, least_count=2, seed=1
    )
