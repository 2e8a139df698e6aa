"""Errors as RFC 9457 problem details."""

from http import HTTPStatus

import orjson
from flask import Response

from search_service.api.openapi import PROBLEM


def problem_response(status: int, detail: str, **more: str) -> Response:
    """A problem with a detail that a person can act on."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(orjson.dumps(body), status=status, content_type=PROBLEM)
