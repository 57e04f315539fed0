"""What happened to links, for whoever wants to know."""

from dataclasses import dataclass
from datetime import datetime

from src.domain.links.slug import Slug
from src.domain.links.target_url import TargetUrl


@dataclass(frozen=True, slots=True)
class LinkCreated:
    slug: Slug
    target: TargetUrl
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class LinkFollowed:
    slug: Slug
    visits: int
    occurred_at: datetime


LinkEvent = LinkCreated | LinkFollowed
