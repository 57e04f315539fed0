"""The health of the real Worker, its settings and its database bound as wrangler.toml says."""

import httpx


def test_the_worker_is_well(client: httpx.Client) -> None:
    response = client.get("/health")

    assert response.status_code == 200
    health = response.json()
    assert health["status"] == "ok"
    assert health["database"]["status"] == "ok"
    assert health["name"]
    assert health["version"]
    assert health["environment"]


def test_health_is_not_kept_by_caches(client: httpx.Client) -> None:
    assert client.get("/health").headers["cache-control"] == "no-store"
