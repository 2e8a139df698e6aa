"""The vocabulary of queries: what is wrong in its files is found here and not by a reader who wonders."""

import typing
from collections import Counter

from graph.catalogue import load_catalogue
from indexer.folding import fold_key
from indexer.model import Category
from search_service.query.clauses import text_node
from search_service.query.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def test_no_group_names_a_word_twice() -> None:
    for group in VOCABULARY.groups:
        keys = Counter(fold_key(word) for word in (*group.same, *group.near))
        assert [key for key, count in keys.items() if count > 1] == []


def test_no_group_is_there_twice_or_holds_one_word() -> None:
    groups = Counter(frozenset(map(fold_key, group.same)) for group in VOCABULARY.groups)
    assert [sorted(group) for group, count in groups.items() if count > 1] == []
    assert [group for group in VOCABULARY.groups if len(group.same) + len(group.near) < 2] == []


def test_every_word_can_be_found() -> None:
    words = [word for group in VOCABULARY.groups for word in (*group.same, *group.near)]
    assert [word for word in words if text_node(word) is None] == []


def test_categories_and_months_exist() -> None:
    known = typing.get_args(Category)
    assert {group.category for group in VOCABULARY.groups} <= {*known, None}
    assert all(1 <= month <= 12 for event in VOCABULARY.events for month in event.months)


def test_nicknames_name_entries_of_the_catalogue_that_do_not_have_them() -> None:
    catalogue = load_catalogue()
    for nickname, entity_id in VOCABULARY.nicknames.items():
        assert nickname not in catalogue.by_id[entity_id].surfaces
