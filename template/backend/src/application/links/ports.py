"""What the use cases need from the outside world, besides the repository."""

from datetime import datetime
from typing import Protocol

from src.domain.links.events import LinkEvent


class EventPublisher(Protocol):
    async def publish(self, event: LinkEvent) -> None: ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """The current time, in UTC and aware of it."""
