from src.core.logging.request_log import record_event
from src.domain.links.events import LinkCreated, LinkEvent, LinkFollowed


class LinkEventLog:
    """Publishes events to the log; put a queue here when something has to react to them."""

    async def publish(self, event: LinkEvent) -> None:
        match event:
            case LinkCreated():
                record_event("link_created", slug=event.slug.value)
            case LinkFollowed():
                record_event("link_followed", slug=event.slug.value, visits=event.visits)
