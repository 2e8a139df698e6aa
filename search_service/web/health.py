"""Health checks and metrics, at the root."""

import logging

from flask import Blueprint, Response

from indexer.archive import ArchiveFormatUnknown
from indexer.model import IndexerError
from search_service.engines.contract import ArchiveState, EngineError, EngineUnavailable, SearchEngine
from search_service.web.errors import RETRY_AFTER
from search_service.web.metrics import RequestMetrics, archive_lines

LOG = logging.getLogger(__name__)

_DOWN = (EngineError, IndexerError, OSError)


def health_blueprint(engine: SearchEngine, metrics: RequestMetrics) -> Blueprint:
    """``/livez``, ``/readyz`` and ``/metrics``."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/livez")
    def live() -> Response:
        return _text("ok\n")

    @blueprint.get("/readyz")
    def ready() -> Response:
        try:
            engine.check()
        except _DOWN as error:
            LOG.warning("the engine does not answer: %s", error)
            response = _text(f"not ready: {_brief(error)}\n", status=503)
        else:
            return _text("ok\n")
        response.headers["Retry-After"] = RETRY_AFTER
        return response

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        lines = [*metrics.lines(), *archive_lines(_state(engine))]
        response = _text("\n".join(lines) + "\n")
        response.content_type = "text/plain; version=0.0.4; charset=utf-8"
        return response

    return blueprint


def _brief(error: Exception) -> str:
    """Why, in words that strangers may read."""
    if isinstance(error, EngineUnavailable):
        return error.brief
    if isinstance(error, ArchiveFormatUnknown):
        return "the archive is another program's, or of another version"
    return "the archive cannot be read"


def _state(engine: SearchEngine) -> ArchiveState | None:
    try:
        return engine.state()
    except _DOWN as error:
        LOG.warning("the engine does not answer: %s", error)
        return None


def _text(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
