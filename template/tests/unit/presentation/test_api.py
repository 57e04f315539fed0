import json
import logging
from typing import Any

import httpx
import pytest

from tests.unit.presentation.conftest import Probe

URL = "https://example.com/a?b=c"


def problem_of(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of a response, after checking that it is one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    return problem


def wrong_parts(problem: dict[str, Any]) -> list[str]:
    return [error.get("pointer") or error["parameter"] for error in problem["errors"]]


async def test_a_created_link_redirects(client: httpx.AsyncClient) -> None:
    created = await client.post("/links", json={"url": URL, "slug": "abc"})

    assert created.status_code == 201
    assert created.headers["location"] == "/abc"
    assert created.json() == {
        "slug": "abc",
        "url": URL,
        "visits": 0,
        "created_at": "2026-01-01T00:00:00Z",
    }

    followed = await client.get(created.headers["location"])

    assert followed.status_code == 302
    assert followed.headers["location"] == URL
    assert followed.headers["cache-control"] == "no-store"


async def test_the_target_is_not_rewritten(client: httpx.AsyncClient) -> None:
    url = "https://example.com/a%2Fb;c?d=[e]&f='g'"
    await client.post("/links", json={"url": url, "slug": "abc"})
    assert (await client.get("/abc")).headers["location"] == url


async def test_a_slug_is_invented_when_none_is_given(client: httpx.AsyncClient) -> None:
    created = await client.post("/links", json={"url": URL})
    assert created.headers["location"] == f"/{created.json()['slug']}"


async def test_visits_are_counted(client: httpx.AsyncClient) -> None:
    await client.post("/links", json={"url": URL, "slug": "abc"})
    await client.get("/abc")
    await client.get("/abc")

    (link,) = (await client.get("/links")).json()["links"]
    assert link["visits"] == 2


async def test_links_are_listed_in_pages(client: httpx.AsyncClient) -> None:
    for slug in ("first", "second", "third"):
        await client.post("/links", json={"url": URL, "slug": slug})

    page = (await client.get("/links", params={"limit": 2})).json()
    assert [link["slug"] for link in page["links"]] == ["third", "second"]

    rest = await client.get("/links", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [link["slug"] for link in rest.json()["links"]] == ["first"]
    assert rest.json()["next_cursor"] is None


async def test_links_are_counted(client: httpx.AsyncClient) -> None:
    assert (await client.get("/links/count")).json() == {"count": 0}
    await client.post("/links", json={"url": URL})
    assert (await client.get("/links/count")).json() == {"count": 1}


async def test_health(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "name": "links",
        "version": "1.2.3",
        "environment": "test",
        "database": {"status": "ok", "engine": "memory"},
    }


async def test_health_with_a_failing_database(client: httpx.AsyncClient, probe: Probe) -> None:
    probe.failure = RuntimeError("secret cause")

    response = await client.get("/health")

    assert response.status_code == 503
    assert response.json()["status"] == "failing"
    assert response.json()["database"]["status"] == "failing"
    assert "secret cause" not in response.text


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["#/url"]),
        ({"url": None}, ["#/url"]),
        ({"url": 5}, ["#/url"]),
        ({"url": "javascript:alert(1)"}, ["#/url"]),
        ({"url": "https://user@example.com"}, ["#/url"]),
        ({"url": URL, "slug": "a"}, ["#/slug"]),
        ({"url": URL, "slug": "links"}, ["#/slug"]),
        ({"url": URL, "slug": 5}, ["#/slug"]),
        ({"url": URL, "visits": 5}, ["#/visits"]),
        ([], ["#"]),
        ("text", ["#"]),
        (None, ["#"]),
    ],
)
async def test_an_invalid_link_is_refused_naming_the_field(
    client: httpx.AsyncClient, body: object, wrong: list[str]
) -> None:
    content = json.dumps(body)
    response = await client.post(
        "/links", content=content, headers={"content-type": "application/json"}
    )
    assert wrong_parts(problem_of(response, 422)) == wrong


async def test_a_missing_body_is_refused(client: httpx.AsyncClient) -> None:
    assert wrong_parts(problem_of(await client.post("/links"), 422)) == ["#"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"url": }', b"[" * 15_000])
async def test_malformed_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    problem_of(await client.post("/links", content=body, headers=headers), 400)


async def test_a_body_of_another_type_is_refused(client: httpx.AsyncClient) -> None:
    problem_of(await client.post("/links", data={"url": URL}), 415)


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    problem_of(await client.post("/links", json={"url": "x" * 20_000}), 413)


async def test_a_taken_slug_is_refused(client: httpx.AsyncClient) -> None:
    await client.post("/links", json={"url": URL, "slug": "abc"})
    problem_of(await client.post("/links", json={"url": URL, "slug": "abc"}), 409)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "", "1" * 5000])
async def test_an_invalid_limit_is_refused(client: httpx.AsyncClient, limit: str) -> None:
    response = await client.get("/links", params={"limit": limit})
    assert wrong_parts(problem_of(response, 422)) == ["limit"]


async def test_an_invalid_cursor_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/links", params={"cursor": "not a slug"})
    assert wrong_parts(problem_of(response, 422)) == ["cursor"]


@pytest.mark.parametrize("path", ["/unknown", "/a", "/", "/links/", "/links/other", "/a/b/c"])
async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    problem_of(await client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/links", {"GET", "POST"}),
        ("DELETE", "/links/count", {"GET"}),
        ("POST", "/health", {"GET"}),
        ("POST", "/abc", {"GET"}),
        ("BREW", "/abc", {"GET"}),
    ],
)
async def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(
    client: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    response = await client.request(method, path)

    problem_of(response, 405)
    assert set(response.headers["allow"].split(", ")) == allowed


async def test_an_unforeseen_error_is_logged_and_not_shown(
    broken_client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await broken_client.get("/abc")

    problem_of(response, 500)
    assert "secret cause" not in response.text
    assert "Traceback" not in response.text
    (record,) = (record for record in caplog.records if record.levelno >= logging.ERROR)
    assert record.getMessage() == "secret cause"
    assert record.exc_info


async def test_a_request_is_one_record(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="request"):
        await client.get("/unknown")

    (record,) = (record for record in caplog.records if record.name == "request")
    fields = vars(record)["fields"]
    assert (fields["method"], fields["path"], fields["status"]) == ("GET", "/unknown", 404)
