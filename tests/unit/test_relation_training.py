"""Training of the relation classifiers: whoever trains again gets the same files, and hears what is wrong."""

import json
from pathlib import Path

import pytest

from indexer.extraction.relation_pairs import find_pairs
from indexer.extraction.training.labelled import BadLabels
from indexer.extraction.training.relations import load_passages, main, pair_label, train_all

ITEM = {"id": "1", "title": "云雀科技发布海图3", "body": "云雀科技由王小满创立。"}
LABEL = {
    "id": "1",
    "entities": [
        {"name": "云雀科技", "type": "org", "surfaces": ["云雀科技"]},
        {"name": "海图3", "type": "model", "surfaces": ["海图3"]},
        {"name": "王小满", "type": "person", "surfaces": ["王小满"]},
    ],
    "relations": [
        {"subject": "云雀科技", "predicate": "released", "object": "海图3", "qualifiers": {}},
        {"subject": "王小满", "predicate": "founded", "object": "云雀科技", "qualifiers": {}},
        {"subject": "王小满", "predicate": "works_at", "object": "云雀科技", "qualifiers": {}},
    ],
    "funding": [{"company": "云雀科技", "round": "A轮"}],
}


def written(folder: Path, name: str, *records: dict[str, object]) -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def test_labels_become_classes_of_pairs(tmp_path: Path) -> None:
    (labelled,) = load_passages(written(tmp_path, "items", ITEM), written(tmp_path, "labels", LABEL))
    classes = {
        pair.kind: pair_label(pair, labelled.passage, labelled.triples) for pair in find_pairs(labelled.passage)
    }
    assert classes == {"making": "released", "career": "works_at+founded"}
    assert labelled.raising == {"云雀科技"}


def test_the_same_labels_give_the_same_files(tmp_path: Path) -> None:
    items = written(tmp_path, "items", *(ITEM | {"id": str(number)} for number in range(6)))
    labels = written(tmp_path, "labels", *(LABEL | {"id": str(number)} for number in range(6)))
    made = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        train_all(list(load_passages(items, labels)), folder)
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1] != {}


def test_what_is_wrong_with_labels_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items, labels = written(tmp_path, "items", ITEM), written(tmp_path, "labels", LABEL | {"id": "2"})
    with pytest.raises(BadLabels, match="line 1: no item has the id '2'"):
        list(load_passages(items, labels))
    assert main([str(items), str(labels)]) == 2
    assert "no item has the id" in capsys.readouterr().err
    assert main([]) == 2
