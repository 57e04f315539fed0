from collections.abc import Sequence
from datetime import datetime

from src.domain.links.errors import LinkNotFound, SlugTaken
from src.domain.links.link import Link
from src.domain.links.slug import Slug


class InMemoryLinkRepository:
    """Links that live as long as this object: for tests, and for trying things out.

    In a Worker that is the life of one isolate, and every isolate has links of its own.
    """

    def __init__(self) -> None:
        self._links: dict[Slug, Link] = {}

    async def add(self, link: Link) -> None:
        if link.slug in self._links:
            raise SlugTaken
        self._links[link.slug] = link

    async def visit(self, slug: Slug) -> Link:
        if slug not in self._links:
            raise LinkNotFound
        # Nothing is awaited between reading and writing, so no other request comes between.
        link = self._links[slug] = self._links[slug].visited()
        return link

    async def newest(self, limit: int, *, after: Slug | None = None) -> Sequence[Link]:
        links = sorted(self._links.values(), key=_age, reverse=True)
        if after is not None:
            last = self._links.get(after)
            links = [link for link in links if last is not None and _age(link) < _age(last)]
        return links[:limit]

    async def count(self) -> int:
        return len(self._links)


def _age(link: Link) -> tuple[datetime, str]:
    return link.created_at, link.slug.value
