"""The API as an ASGI application."""

from fastapi import FastAPI, Request, Response

from src.domain.links.errors import LinkError
from src.presentation.api.links.problems import problem_for
from src.presentation.api.links.router import router as links
from src.presentation.api.shared.error_handlers import (
    PROBLEM_RESPONSES,
    add_error_handlers,
    problem_response,
)
from src.presentation.api.shared.health import router as health
from src.presentation.api.shared.middleware import LimitBody, ObserveRequest
from src.presentation.api.shared.services import ServicesFactory


def create_app(services_for: ServicesFactory) -> FastAPI:
    """Expects the Worker's bindings in `scope["env"]`, where the SDK's ASGI adapter puts them."""
    app = FastAPI(
        title="Short links",
        redoc_url=None,
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
    )
    app.state.services_for = services_for
    app.add_middleware(LimitBody)
    app.add_middleware(ObserveRequest)  # the last one added is the outermost
    add_error_handlers(app)

    @app.exception_handler(LinkError)
    async def link_error(request: Request, error: LinkError) -> Response:
        return problem_response(problem_for(error))

    app.include_router(health)
    app.include_router(links)  # last: its /{slug} matches every single segment
    return app
