"""Stand-ins for what the use cases depend on."""

from datetime import UTC, datetime, timedelta

from src.domain.links.events import LinkEvent
from src.domain.links.link import Link
from src.domain.links.slug import Slug
from src.domain.links.target_url import TargetUrl

START = datetime(2026, 1, 1, tzinfo=UTC)


class TickingClock:
    """A second later at each call."""

    def __init__(self) -> None:
        self._next = START

    def __call__(self) -> datetime:
        now, self._next = self._next, self._next + timedelta(seconds=1)
        return now


class RecordedEvents:
    def __init__(self) -> None:
        self.published: list[LinkEvent] = []

    async def publish(self, event: LinkEvent) -> None:
        self.published.append(event)


def a_link(slug: str, *, age: int = 0, visits: int = 0) -> Link:
    """A link created `age` seconds before START."""
    return Link(
        Slug(slug), TargetUrl("https://example.com/"), START - timedelta(seconds=age), visits
    )
