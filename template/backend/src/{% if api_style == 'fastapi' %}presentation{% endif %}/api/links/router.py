from typing import Annotated

from fastapi import APIRouter, Query, Response

from src.presentation.api.links.paging import DEFAULT_LIMIT, MAX_LIMIT, parse_cursor
from src.presentation.api.links.schemas import CountView, CreateLinkBody, LinkPageView, LinkView
from src.presentation.api.shared.dependencies import ServicesDep

router = APIRouter(tags=["links"])


@router.post("/links", status_code=201)
async def create_link(body: CreateLinkBody, response: Response, services: ServicesDep) -> LinkView:
    link = await services.create_link(body.url, body.slug)
    response.headers["Location"] = f"/{link.slug}"
    return LinkView.of(link)


@router.get("/links")
async def list_links(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> LinkPageView:
    return LinkPageView.of(await services.list_links(limit, after=parse_cursor(cursor)))


@router.get("/links/count")
async def count_links(services: ServicesDep) -> CountView:
    return CountView(count=await services.count_links())


@router.get("/{slug}", status_code=302, response_class=Response)
async def follow_link(slug: str, services: ServicesDep) -> Response:
    link = await services.follow_link(slug)
    # Not RedirectResponse: it would re-quote a URL that the domain has already accepted as is.
    # A redirect kept by a browser would be followed without being counted.
    return Response(
        status_code=302, headers={"Location": str(link.target), "Cache-Control": "no-store"}
    )
