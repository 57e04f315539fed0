"""Reads the body of a request."""

import json
from typing import Any

from src.presentation.api.shared.http import ApiRequest
from src.presentation.api.shared.problems import (
    MALFORMED_JSON,
    InputError,
    ProblemError,
    invalid_input,
)
from src.presentation.api.shared.request_body import (
    BODY_IS_NOT_JSON,
    BODY_TOO_LARGE,
    MAX_BODY_BYTES,
    is_json,
)


def read_json_object(request: ApiRequest) -> dict[str, Any]:
    """Raises ProblemError unless the body is one JSON object of acceptable size."""
    if len(request.body) > MAX_BODY_BYTES:
        raise ProblemError(BODY_TOO_LARGE)
    if request.body and not is_json(request.content_type):
        raise ProblemError(BODY_IS_NOT_JSON)
    try:
        content = json.loads(request.body or b"null")
    except (ValueError, RecursionError):
        raise ProblemError(MALFORMED_JSON) from None
    if not isinstance(content, dict):
        error = InputError("body", "", "The body must be a JSON object.")
        raise ProblemError(invalid_input(error))
    return content
