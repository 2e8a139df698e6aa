"""Health checks and metrics, at the root."""

import logging

from flask import Blueprint, Response

from indexer.model import IndexerError
from search_service.engines.contract import ArchiveState, EngineError, SearchEngine
from search_service.web.metrics import RequestMetrics, archive_lines

LOG = logging.getLogger(__name__)


def health_blueprint(engine: SearchEngine, metrics: RequestMetrics) -> Blueprint:
    """``/livez``, ``/readyz`` and ``/metrics``."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/livez")
    def live() -> Response:
        return _text("ok\n")

    @blueprint.get("/readyz")
    def ready() -> Response:
        if _state(engine) is None:
            return _text("the archive cannot be read\n", status=503)
        return _text("ok\n")

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        lines = [*metrics.lines(), *archive_lines(_state(engine))]
        response = _text("\n".join(lines) + "\n")
        response.content_type = "text/plain; version=0.0.4; charset=utf-8"
        return response

    return blueprint


def _state(engine: SearchEngine) -> ArchiveState | None:
    try:
        return engine.state()
    except (EngineError, IndexerError, OSError):
        LOG.exception("the engine does not answer")
        return None


def _text(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
