"""From knowledge to answers: query language, engines, web pages, JSON API, command line."""
