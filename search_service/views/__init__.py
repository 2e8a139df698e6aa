"""Views: what the archive answers, as plain JSON-ready dicts. API, pages and command line share them."""
