"""Trained models and the names they were trained with; docs/extraction.md is their model card."""
