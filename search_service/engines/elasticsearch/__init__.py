"""The Elasticsearch engine: a cluster holds record and search index; this process keeps no state of its own."""
