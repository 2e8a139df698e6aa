"""Engines behind one seam; ``open_engine`` chooses by URL."""
