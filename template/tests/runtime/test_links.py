"""Links on the real Worker with its real database, which may hold links from before."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

URL = "https://example.com/a?b=c"


@pytest.fixture
def slug() -> str:
    return f"test-{uuid4().hex}"


def create(client: httpx.Client, slug: str) -> dict[str, Any]:
    response = client.post("/links", json={"url": URL, "slug": slug})
    assert response.status_code == 201, response.text
    link: dict[str, Any] = response.json()
    return link


def find(client: httpx.Client, slug: str) -> dict[str, Any]:
    """The link as the list shows it: on the first page, as it is new."""
    links = client.get("/links", params={"limit": 100}).json()["links"]
    (link,) = (link for link in links if link["slug"] == slug)
    assert isinstance(link, dict)
    return link


def assert_problem(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    assert response.json()["status"] == status
    assert "Traceback" not in response.text


def test_a_created_link_redirects(client: httpx.Client, slug: str) -> None:
    created = client.post("/links", json={"url": URL, "slug": slug})

    assert created.status_code == 201
    assert created.headers["location"] == f"/{slug}"
    assert created.json()["visits"] == 0

    followed = client.get(f"/{slug}")

    assert followed.status_code == 302
    assert followed.headers["location"] == URL


def test_a_slug_is_invented_when_none_is_given(client: httpx.Client) -> None:
    slugs = {client.post("/links", json={"url": URL}).json()["slug"] for _ in range(3)}
    assert len(slugs) == 3


def test_the_list_shows_a_link_as_it_was_created(client: httpx.Client, slug: str) -> None:
    assert create(client, slug) == find(client, slug)


def test_visits_at_the_same_time_are_all_counted(client: httpx.Client, slug: str) -> None:
    create(client, slug)

    with ThreadPoolExecutor(max_workers=5) as pool:
        statuses = list(pool.map(lambda _: client.get(f"/{slug}").status_code, range(10)))

    assert statuses == [302] * 10
    assert find(client, slug)["visits"] == 10


def test_pages_follow_on_each_other(client: httpx.Client) -> None:
    newer, older = f"test-{uuid4().hex}", f"test-{uuid4().hex}"
    create(client, older)
    create(client, newer)

    first = client.get("/links", params={"limit": 1}).json()
    second = client.get("/links", params={"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [first["links"][0]["slug"], second["links"][0]["slug"]] == [newer, older]


def test_a_new_link_is_counted(client: httpx.Client, slug: str) -> None:
    before = client.get("/links/count").json()["count"]
    create(client, slug)
    assert client.get("/links/count").json()["count"] == before + 1


def test_a_slug_is_given_once(client: httpx.Client, slug: str) -> None:
    create(client, slug)
    assert_problem(client.post("/links", json={"url": URL, "slug": slug}), 409)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ({"url": "javascript:alert(1)"}, "#/url"),
        ({"url": URL, "slug": "health"}, "#/slug"),
    ],
)
def test_bad_input_is_refused_naming_the_field(
    client: httpx.Client, body: dict[str, str], pointer: str
) -> None:
    response = client.post("/links", json=body)

    assert_problem(response, 422)
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_malformed_json_is_refused(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(client.post("/links", content=b"{", headers=headers), 400)


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    assert_problem(client.post("/links", json={"url": "x" * 100_000}), 413)


@pytest.mark.parametrize("path", ["/unknown-slug", "/links/unknown", "/"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert_problem(client.get(path), 404)


@pytest.mark.parametrize("method", ["PUT", "PROPFIND"])
def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(
    client: httpx.Client, method: str
) -> None:
    response = client.request(method, "/links")

    assert_problem(response, 405)
    assert response.headers["allow"] == "GET, POST"
