"""Requests and answers, free of the Workers SDK so that they work on any Python."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from src.presentation.api.shared.problems import MEDIA_TYPE, Problem


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`path` is percent-decoded; of a repeated query parameter, `query` holds the last value."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> ApiResponse:
    return ApiResponse(
        status,
        json.dumps(content, separators=(",", ":")),
        {"Content-Type": "application/json", **(headers or {})},
    )


def problem_response(problem: Problem) -> ApiResponse:
    headers = {"Content-Type": MEDIA_TYPE, **problem.headers}
    return json_response(problem.document(), problem.status, headers)
