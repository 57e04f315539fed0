from src.presentation.api.links.schemas import CreateLinkBody, ListLinksQuery, link_view, page_view
from src.presentation.api.shared.http import ApiRequest, ApiResponse, json_response
from src.presentation.api.shared.json_body import read_json_object
from src.presentation.api.shared.routing import Route
from src.presentation.api.shared.services import Services


async def create_link(request: ApiRequest, services: Services) -> ApiResponse:
    body = CreateLinkBody.parse(read_json_object(request))
    link = await services.create_link(body.url, body.slug)
    return json_response(link_view(link), 201, {"Location": f"/{link.slug}"})


async def list_links(request: ApiRequest, services: Services) -> ApiResponse:
    query = ListLinksQuery.parse(request.query)
    page = await services.list_links(query.limit, after=query.after)
    return json_response(page_view(page))


async def count_links(request: ApiRequest, services: Services) -> ApiResponse:
    return json_response({"count": await services.count_links()})


async def follow_link(request: ApiRequest, services: Services, slug: str) -> ApiResponse:
    link = await services.follow_link(slug)
    # A redirect kept by a browser would be followed without being counted.
    headers = {"Location": str(link.target), "Cache-Control": "no-store"}
    return ApiResponse(302, headers=headers)


ROUTES = [
    Route("POST", "/links", create_link),
    Route("GET", "/links", list_links),
    Route("GET", "/links/count", count_links),
    Route("GET", "/{slug}", follow_link),
]
