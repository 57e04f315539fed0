"""The use cases that the API offers; src.bootstrap fills this in."""

from collections.abc import Callable
from dataclasses import dataclass

from src.application.health.check_health import CheckHealth
from src.application.links.count_links import CountLinks
from src.application.links.create_link import CreateLink
from src.application.links.follow_link import FollowLink
from src.application.links.list_links import ListLinks


@dataclass(frozen=True, slots=True)
class Services:
    check_health: CheckHealth
    create_link: CreateLink
    follow_link: FollowLink
    list_links: ListLinks
    count_links: CountLinks


ServicesFactory = Callable[[object], Services]
"""Takes the Worker's `env`; how often it builds anything is its own business."""
