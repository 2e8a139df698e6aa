"""Words of queries as data: groups of equal words, events, nicknames, words that ask. See README.md beside this."""

from search_service.query.vocabulary.files import Event, Vocabulary, WordGroup, load_vocabulary

__all__ = ["Event", "Vocabulary", "WordGroup", "load_vocabulary"]
