"""The collection of all links, as the domain sees it."""

from collections.abc import Sequence
from typing import Protocol

from src.domain.links.link import Link
from src.domain.links.slug import Slug


class LinkRepository(Protocol):
    async def add(self, link: Link) -> None:
        """Keep a new link. Raises SlugTaken when its slug is in use."""

    async def visit(self, slug: Slug) -> Link:
        """Count one visit and return the link as it is afterwards. Raises LinkNotFound.

        Atomic: Workers serve one link from many isolates at once, so reading a link, counting
        and writing it back would lose visits.
        """

    async def newest(self, limit: int, *, after: Slug | None = None) -> Sequence[Link]:
        """At most `limit` links, newest first, starting behind `after`; none if that is unknown."""

    async def count(self) -> int:
        """The number of links."""
