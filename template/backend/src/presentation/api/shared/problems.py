"""Errors as problem documents (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class InputError:
    """What is wrong with one part of the input; an empty `name` means the whole body."""

    source: Literal["body", "query"]
    name: str
    detail: str

    def document(self) -> dict[str, str]:
        if self.source == "query":
            return {"parameter": self.name, "detail": self.detail}
        return {"pointer": f"#/{self.name}" if self.name else "#", "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error answer. `detail` goes to the caller: no causes, no tracebacks, no raw input."""

    status: int
    detail: str
    errors: Sequence[InputError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [error.document() for error in self.errors]
        return document


class ProblemError(Exception):
    """Raised by the API itself to answer with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def invalid_input(*errors: InputError) -> Problem:
    return Problem(422, "The request holds invalid values.", errors)


def method_not_allowed(methods: set[str]) -> Problem:
    allowed = ", ".join(sorted(methods))
    return Problem(405, f"This resource allows: {allowed}.", headers={"Allow": allowed})


NOT_FOUND = Problem(404, "There is nothing at this address.")
MALFORMED_JSON = Problem(400, "The body is not well-formed JSON.")
INTERNAL_ERROR = Problem(500, "The service failed to answer; the cause is in its log.")
