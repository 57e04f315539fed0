from dataclasses import dataclass

from src.application.links.ports import Clock, EventPublisher
from src.domain.links.errors import InvalidSlug, LinkNotFound
from src.domain.links.events import LinkFollowed
from src.domain.links.link import Link
from src.domain.links.repository import LinkRepository
from src.domain.links.slug import Slug


@dataclass(frozen=True, slots=True)
class FollowLink:
    links: LinkRepository
    events: EventPublisher
    now: Clock

    async def __call__(self, slug: str) -> Link:
        """Count a visit to the link called `slug` and return it. Raises LinkNotFound."""
        try:
            link = await self.links.visit(Slug(slug))
        except InvalidSlug:
            # Whoever follows a link is told that it leads nowhere, not how to spell slugs.
            raise LinkNotFound from None
        await self.events.publish(LinkFollowed(link.slug, link.visits, self.now()))
        return link
