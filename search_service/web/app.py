"""The application factory."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask

from indexer.extraction_pool import Extractor
from search_service.api.routes import api_blueprint
from search_service.calendar import today_in_shanghai
from search_service.engines.contract import SearchEngine
from search_service.spelling.known_names import ArchiveNames, KnownNames
from search_service.views.names import SHIPPED_NAMES, EntityNames
from search_service.views.service import Service, SharedExtractor
from search_service.web.errors import handle_errors
from search_service.web.formats import add_formats
from search_service.web.headers import add_security_headers
from search_service.web.health import health_blueprint
from search_service.web.metrics import RequestMetrics, count_requests
from search_service.web.pages import pages_blueprint

MAX_BODY = 512 * 1024
"""Bytes of a request body: 20,000 characters fit in every way that JSON can write them."""


def load_fast_extraction() -> Extractor:
    """The extraction that reads requests; imported late because spaCy takes a second."""
    from indexer.extraction.pipeline import load_extraction  # noqa: PLC0415

    extractor: Extractor = load_extraction("fast")
    return extractor


def create_app(
    engine: SearchEngine,
    *,
    names: EntityNames = SHIPPED_NAMES,
    load_extractor: Callable[[], Extractor] = load_fast_extraction,
    today: Callable[[], date] = today_in_shanghai,
    metrics: RequestMetrics | None = None,
) -> Flask:
    """The web application over an open engine, which stays the caller's to close. ``metrics`` counts for several."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    known_names = KnownNames(engine, names)
    service = Service(
        engine=engine,
        extractor=SharedExtractor(load_extractor),
        today=today,
        known_names=known_names,
        names=ArchiveNames(names, known_names),
    )
    app.extensions["zhimai"] = service
    metrics = metrics or RequestMetrics()
    app.register_blueprint(api_blueprint(service))
    app.register_blueprint(pages_blueprint(service))
    app.register_blueprint(health_blueprint(engine, metrics))
    add_formats(app, service)
    handle_errors(app)
    count_requests(app, metrics)
    app.after_request(add_security_headers)
    return app
