"""Links as JSON. Types and presence are checked here, meaning is checked by the domain."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from src.application.links.list_links import LinkPage
from src.domain.links.link import Link


class CreateLinkBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    slug: str | None = None


class LinkView(BaseModel):
    slug: str
    url: str
    visits: int
    created_at: datetime

    @classmethod
    def of(cls, link: Link) -> Self:
        return cls(
            slug=link.slug.value,
            url=link.target.value,
            visits=link.visits,
            created_at=link.created_at,
        )


class LinkPageView(BaseModel):
    links: list[LinkView]
    next_cursor: str | None

    @classmethod
    def of(cls, page: LinkPage) -> Self:
        return cls(
            links=[LinkView.of(link) for link in page.links],
            next_cursor=None if page.next_after is None else page.next_after.value,
        )


class CountView(BaseModel):
    count: int
