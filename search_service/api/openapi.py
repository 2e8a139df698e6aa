"""OpenAPI 3.1 from the table of operations."""

from importlib.metadata import version
from typing import Any

from search_service.api.operations import OPERATIONS, Operation
from search_service.api.schemas import SCHEMAS, one
from search_service.views.parameters import Parameter

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


def openapi_document() -> dict[str, Any]:
    """The description of the API."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    paths["/openapi.json"] = {"get": _own_description()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "知脉 Zhimai",
            "version": version("zhimai"),
            "description": "Full-text search and knowledge graph over daily news digests of the AI industry in China",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": _responses(operation),
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": one(operation.body)}},
        }
    return described


def _own_description() -> dict[str, Any]:
    content = {"application/json": {"schema": one("OpenAPI")}}
    responses = {"200": {"description": "This document", "content": content}}
    return {"operationId": "openapi", "summary": "This document", "responses": responses}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(parameter.schema)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.required,
        "schema": {"type": "array", "items": schema} if parameter.repeated else schema,
    }
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    content = {operation.media_type: {"schema": one(operation.schema)}}
    responses: dict[str, Any] = {"200": {"description": operation.summary, "content": content}}
    if operation.method == "GET" and not operation.file_name:
        responses["304"] = {"description": "Not changed since the ETag given in If-None-Match"}
    if "{entity_id}" in operation.path:
        responses["308"] = {"description": "The entity has another id now"}
    if operation.missing:
        responses["404"] = _problem("Not there")
    if operation.body:
        responses["413"] = _problem("Too much text")
        responses["415"] = _problem("Not JSON")
    return {**responses, "400": _problem("A parameter that cannot be used"), "503": _problem("Archive not reachable")}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM: {"schema": one("Problem")}}}
