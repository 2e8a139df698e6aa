"""From files to knowledge: readers, analysis of text, extraction, ingest."""
