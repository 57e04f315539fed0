"""The API: from a request to an answer, whatever happens in between."""

from src.core.logging.request_log import RequestLog
from src.domain.links.errors import LinkError
from src.presentation.api.links.problems import problem_for
from src.presentation.api.links.router import ROUTES as LINKS
from src.presentation.api.shared.health import ROUTES as HEALTH
from src.presentation.api.shared.http import ApiRequest, ApiResponse, problem_response
from src.presentation.api.shared.problems import INTERNAL_ERROR, ProblemError
from src.presentation.api.shared.routing import Router
from src.presentation.api.shared.services import ServicesFactory


class Api:
    def __init__(self, services_for: ServicesFactory) -> None:
        self._services_for = services_for
        # The links come last: their /{slug} matches every single segment.
        self._router = Router([*HEALTH, *LINKS])

    async def handle(self, request: ApiRequest, env: object) -> ApiResponse:
        """Answer and log one request; errors become problem documents, so none is raised."""
        with RequestLog(request.method, request.path) as log:
            try:
                response = await self._router.dispatch(request, self._services_for(env))
            except ProblemError as error:
                response = problem_response(error.problem)
            except LinkError as error:
                response = problem_response(problem_for(error))
            except Exception as error:
                log.error = error
                response = problem_response(INTERNAL_ERROR)
            log.status = response.status
        return response
