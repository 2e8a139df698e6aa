"""The HTTP API: one table of operations that routes, validates and describes it."""
