"""Wires the layers together: which implementation stands behind which interface."""

import logging

from src.application.health.check_health import CheckHealth
from src.application.links.count_links import CountLinks
from src.application.links.create_link import CreateLink
from src.application.links.follow_link import FollowLink
from src.application.links.list_links import ListLinks
from src.core.config.settings import Settings
from src.infrastructure.clock import utc_now
from src.infrastructure.links.event_log import LinkEventLog
from src.infrastructure.storage import open_storage
from src.presentation.api.shared.services import Services, ServicesFactory


def build_services(env: object) -> Services:
    """Build the use cases from the Worker's bindings. Raises SettingsError."""
    settings = Settings.from_env(env)
    logging.getLogger().setLevel(settings.log_level)
    storage = open_storage(env)
    events = LinkEventLog()
    return Services(
        check_health=CheckHealth(settings, storage.probe),
        create_link=CreateLink(storage.links, events, utc_now),
        follow_link=FollowLink(storage.links, events, utc_now),
        list_links=ListLinks(storage.links),
        count_links=CountLinks(storage.links),
    )


def once(build: ServicesFactory) -> ServicesFactory:
    """Build on the first request and serve the rest of the isolate's life from that.

    Bindings come with a request, yet are the same for all requests of an isolate. A failed
    build is not kept, so every request reports it.
    """
    services: Services | None = None

    def services_for(env: object) -> Services:
        nonlocal services
        if services is None:
            services = build(env)
        return services

    return services_for
