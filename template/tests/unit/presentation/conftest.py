from collections.abc import AsyncIterator

import httpx
import pytest

from src.application.health.check_health import CheckHealth
from src.application.links.count_links import CountLinks
from src.application.links.create_link import CreateLink
from src.application.links.follow_link import FollowLink
from src.application.links.list_links import ListLinks
from src.core.config.settings import Settings
from src.infrastructure.links.in_memory_link_repository import InMemoryLinkRepository
from src.presentation.api.shared.services import Services
from tests.unit.doubles import RecordedEvents, TickingClock
from tests.unit.presentation.api_client import api_client


class Probe:
    engine = "memory"
    failure: Exception | None = None

    async def ping(self) -> None:
        if self.failure:
            raise self.failure


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def services(probe: Probe) -> Services:
    links, events, clock = InMemoryLinkRepository(), RecordedEvents(), TickingClock()
    return Services(
        check_health=CheckHealth(Settings("links", "1.2.3", "test"), probe),
        create_link=CreateLink(links, events, clock),
        follow_link=FollowLink(links, events, clock),
        list_links=ListLinks(links),
        count_links=CountLinks(links),
    )


@pytest.fixture
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(lambda env: services) as client:
        yield client


@pytest.fixture
async def broken_client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that cannot be built."""

    def services_for(env: object) -> Services:
        raise RuntimeError("secret cause")

    async with api_client(services_for) as client:
        yield client
