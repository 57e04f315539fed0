"""The aggregate of this context: a slug that leads to a URL and counts its visits."""

from dataclasses import dataclass, replace
from datetime import datetime

from src.domain.links.slug import Slug
from src.domain.links.target_url import TargetUrl


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it was when it was read; a visit yields another one."""

    slug: Slug
    target: TargetUrl
    created_at: datetime
    visits: int = 0

    def visited(self) -> "Link":
        return replace(self, visits=self.visits + 1)
