from collections.abc import Callable
from dataclasses import dataclass

from src.application.links.ports import Clock, EventPublisher
from src.domain.links.errors import SlugTaken
from src.domain.links.events import LinkCreated
from src.domain.links.link import Link
from src.domain.links.repository import LinkRepository
from src.domain.links.slug import Slug
from src.domain.links.target_url import TargetUrl

# Seven random characters collide about once in 10^12 pairs; five in a row means a bug.
RANDOM_SLUG_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class CreateLink:
    links: LinkRepository
    events: EventPublisher
    now: Clock
    random_slug: Callable[[], Slug] = Slug.random

    async def __call__(self, url: str, slug: str | None = None) -> Link:
        """Create a link to `url` under `slug`, or under a random slug when it is None.

        Raises InvalidTargetUrl, InvalidSlug or SlugTaken.
        """
        target = TargetUrl(url)
        if slug is None:
            link = await self._add_under_random_slug(target)
        else:
            link = await self._add(Slug(slug), target)
        await self.events.publish(LinkCreated(link.slug, link.target, link.created_at))
        return link

    async def _add(self, slug: Slug, target: TargetUrl) -> Link:
        link = Link(slug, target, created_at=self.now())
        await self.links.add(link)
        return link

    async def _add_under_random_slug(self, target: TargetUrl) -> Link:
        for _ in range(RANDOM_SLUG_ATTEMPTS - 1):
            try:
                return await self._add(self.random_slug(), target)
            except SlugTaken:
                continue
        return await self._add(self.random_slug(), target)
