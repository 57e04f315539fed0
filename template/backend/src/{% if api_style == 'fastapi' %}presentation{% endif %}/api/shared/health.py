from fastapi import APIRouter, Response

from src.application.health.check_health import Health
from src.presentation.api.shared.dependencies import ServicesDep

router = APIRouter(tags=["health"])


@router.get("/health", responses={503: {"model": Health, "description": "Not able to work"}})
async def health(response: Response, services: ServicesDep) -> Health:
    report = await services.check_health()
    response.status_code = 200 if report.status == "ok" else 503
    response.headers["Cache-Control"] = "no-store"
    return report
