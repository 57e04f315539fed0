"""The real Worker: what `wrangler deploy` would upload, served by a local workerd with real D1."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tools.runtime.deployment import Deployment
from tools.runtime.project import Project


@pytest.fixture(scope="session")
def deployment() -> Iterator[Deployment]:
    with Deployment(Project(Path(__file__).parents[2])) as deployment:
        yield deployment


@pytest.fixture
def client(deployment: Deployment) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=deployment.url, timeout=60) as client:
        yield client
