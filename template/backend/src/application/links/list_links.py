from collections.abc import Sequence
from dataclasses import dataclass

from src.domain.links.link import Link
from src.domain.links.repository import LinkRepository
from src.domain.links.slug import Slug


@dataclass(frozen=True, slots=True)
class LinkPage:
    links: Sequence[Link]
    next_after: Slug | None
    """What to pass as `after` for the following page; None on the last one."""


@dataclass(frozen=True, slots=True)
class ListLinks:
    links: LinkRepository

    async def __call__(self, limit: int, *, after: Slug | None = None) -> LinkPage:
        """The page of at most `limit` (>= 1) links behind `after`, newest first."""
        # One link more than asked for tells whether there is another page.
        found = await self.links.newest(limit + 1, after=after)
        page = found[:limit]
        return LinkPage(page, page[-1].slug if len(found) > limit else None)
