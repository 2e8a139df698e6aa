"""The trained encoder of the accurate setting; see docs/extraction.md."""
