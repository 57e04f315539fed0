"""What endpoints ask FastAPI for. Async, since Workers have no threads to run sync ones in."""

from typing import Annotated

from fastapi import Depends, Request

from src.presentation.api.shared.services import Services, ServicesFactory


async def _services(request: Request) -> Services:
    services_for: ServicesFactory = request.app.state.services_for
    return services_for(request.scope["env"])


ServicesDep = Annotated[Services, Depends(_services)]
