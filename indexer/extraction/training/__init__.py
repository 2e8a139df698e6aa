"""Training of the tagger: ``python -m indexer.extraction.training``."""
