"""Finds the endpoint for a request."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from src.presentation.api.shared.http import ApiRequest, ApiResponse
from src.presentation.api.shared.problems import NOT_FOUND, ProblemError, method_not_allowed
from src.presentation.api.shared.services import Services

Endpoint = Callable[..., Awaitable[ApiResponse]]
"""Called with the request, the services, and the path's parameters as keywords."""


@dataclass(frozen=True, slots=True)
class Route:
    """`path` may hold parameters, each a whole segment: `/links/{slug}`."""

    method: str
    path: str
    endpoint: Endpoint


class Router:
    """Tries routes in the order given: the first whose path and method match wins."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(_pattern(route.path), route) for route in routes]

    async def dispatch(self, request: ApiRequest, services: Services) -> ApiResponse:
        """Raises ProblemError when no route has the path, or none of those the method."""
        methods = set()
        for pattern, route in self._routes:
            if found := pattern.fullmatch(request.path):
                if route.method == request.method:
                    return await route.endpoint(request, services, **found.groupdict())
                methods.add(route.method)
        raise ProblemError(method_not_allowed(methods) if methods else NOT_FOUND)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
