from dataclasses import asdict

from src.presentation.api.shared.http import ApiRequest, ApiResponse, json_response
from src.presentation.api.shared.routing import Route
from src.presentation.api.shared.services import Services


async def health(request: ApiRequest, services: Services) -> ApiResponse:
    report = await services.check_health()
    status = 200 if report.status == "ok" else 503
    return json_response(asdict(report), status, {"Cache-Control": "no-store"})


ROUTES = [Route("GET", "/health", health)]
