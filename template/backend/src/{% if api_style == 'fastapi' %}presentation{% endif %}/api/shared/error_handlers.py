"""Errors of FastAPI and of the API itself as problem documents."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match

from src.presentation.api.shared.problems import (
    MALFORMED_JSON,
    MEDIA_TYPE,
    NOT_FOUND,
    InputError,
    Problem,
    ProblemError,
    invalid_input,
    method_not_allowed,
)
from src.presentation.api.shared.request_body import BODY_IS_NOT_JSON, is_json

# For the OpenAPI document; naming 4XX also keeps FastAPI from describing its own 422.
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "A problem document (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
    },
}


def problem_response(problem: Problem) -> Response:
    content = json.dumps(problem.document(), separators=(",", ":"))
    return Response(content, problem.status, problem.headers, media_type=MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def problem_error(request: Request, error: ProblemError) -> Response:
        return problem_response(error.problem)

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> Response:
        content_type = request.headers.get("content-type")
        return problem_response(_validation_problem(error.errors(), content_type))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return problem_response(_http_problem(request, error))


def _validation_problem(errors: Sequence[Mapping[str, Any]], content_type: str | None) -> Problem:
    for error in errors:
        if error["type"] == "json_invalid":
            return MALFORMED_JSON
        # FastAPI does not parse a body of another type and then finds that bytes are no object.
        if error["loc"] == ("body",) and error["type"] != "missing" and not is_json(content_type):
            return BODY_IS_NOT_JSON
    return invalid_input(*(_input_error(error) for error in errors))


def _input_error(error: Mapping[str, Any]) -> InputError:
    source, *path = error["loc"]
    name = "/".join(str(part) for part in path)
    return InputError("body" if source == "body" else "query", name, error["msg"])


def _http_problem(request: Request, error: HTTPException) -> Problem:
    match error.status_code:
        case 404:
            return NOT_FOUND
        case 405:
            return method_not_allowed(_methods_at(request))
    return Problem(error.status_code, error.detail, headers=error.headers or {})


def _methods_at(request: Request) -> set[str]:
    """The methods of all routes with this path; FastAPI names those of the first one only."""
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
