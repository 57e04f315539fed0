from itertools import cycle

import pytest

from src.application.links.count_links import CountLinks
from src.application.links.create_link import RANDOM_SLUG_ATTEMPTS, CreateLink
from src.application.links.follow_link import FollowLink
from src.application.links.list_links import ListLinks
from src.domain.links.errors import InvalidSlug, InvalidTargetUrl, LinkNotFound, SlugTaken
from src.domain.links.events import LinkCreated, LinkFollowed
from src.domain.links.slug import Slug
from src.domain.links.target_url import TargetUrl
from src.infrastructure.links.in_memory_link_repository import InMemoryLinkRepository
from tests.unit.doubles import START, RecordedEvents, TickingClock, a_link

URL = "https://example.com/"


@pytest.fixture
def links() -> InMemoryLinkRepository:
    return InMemoryLinkRepository()


@pytest.fixture
def events() -> RecordedEvents:
    return RecordedEvents()


@pytest.fixture
def create(links: InMemoryLinkRepository, events: RecordedEvents) -> CreateLink:
    return CreateLink(links, events, TickingClock())


@pytest.fixture
def follow(links: InMemoryLinkRepository, events: RecordedEvents) -> FollowLink:
    return FollowLink(links, events, TickingClock())


async def test_creating_keeps_the_link_and_tells(
    create: CreateLink, links: InMemoryLinkRepository, events: RecordedEvents
) -> None:
    link = await create(URL, "abc")

    assert await links.newest(10) == [link]
    assert events.published == [LinkCreated(Slug("abc"), TargetUrl(URL), START)]


async def test_creating_without_a_slug_invents_one(create: CreateLink) -> None:
    assert (await create(URL)).slug != (await create(URL)).slug


async def test_an_invented_slug_that_is_taken_is_replaced(
    links: InMemoryLinkRepository, events: RecordedEvents
) -> None:
    await links.add(a_link("taken"))
    slugs = iter([Slug("taken"), Slug("taken"), Slug("free")])
    create = CreateLink(links, events, TickingClock(), lambda: next(slugs))

    assert (await create(URL)).slug == Slug("free")


async def test_creating_gives_up_when_every_invented_slug_is_taken(
    links: InMemoryLinkRepository, events: RecordedEvents
) -> None:
    await links.add(a_link("taken"))
    slugs = cycle([Slug("taken")])
    attempts: list[Slug] = []

    def random_slug() -> Slug:
        attempts.append(next(slugs))
        return attempts[-1]

    with pytest.raises(SlugTaken):
        await CreateLink(links, events, TickingClock(), random_slug)(URL)
    assert len(attempts) == RANDOM_SLUG_ATTEMPTS


async def test_what_is_refused_is_neither_kept_nor_told(
    create: CreateLink, links: InMemoryLinkRepository, events: RecordedEvents
) -> None:
    await links.add(a_link("taken"))

    with pytest.raises(SlugTaken):
        await create(URL, "taken")
    with pytest.raises(InvalidSlug):
        await create(URL, "no slug")
    with pytest.raises(InvalidTargetUrl):
        await create("no url", "abc")

    assert await links.count() == 1
    assert events.published == []


async def test_following_counts_and_tells(
    follow: FollowLink, links: InMemoryLinkRepository, events: RecordedEvents
) -> None:
    await links.add(a_link("abc"))

    await follow("abc")
    link = await follow("abc")

    assert link == a_link("abc", visits=2)
    assert isinstance(events.published[-1], LinkFollowed)
    assert events.published[-1].visits == 2


@pytest.mark.parametrize("slug", ["unknown", "not a slug", "links", ""])
async def test_following_nothing_finds_nothing(
    follow: FollowLink, events: RecordedEvents, slug: str
) -> None:
    with pytest.raises(LinkNotFound):
        await follow(slug)
    assert events.published == []


async def test_pages_hold_every_link_once(links: InMemoryLinkRepository) -> None:
    for age in range(5):
        await links.add(a_link(f"link-{age}", age=age))
    list_links = ListLinks(links)

    first = await list_links(2)
    second = await list_links(2, after=first.next_after)
    third = await list_links(2, after=second.next_after)

    slugs = [str(link.slug) for page in (first, second, third) for link in page.links]
    assert slugs == ["link-0", "link-1", "link-2", "link-3", "link-4"]
    assert third.next_after is None


async def test_a_last_page_that_is_full_has_no_next(links: InMemoryLinkRepository) -> None:
    await links.add(a_link("abc"))
    assert (await ListLinks(links)(1)).next_after is None


async def test_counting(links: InMemoryLinkRepository) -> None:
    assert await CountLinks(links)() == 0
    await links.add(a_link("abc"))
    assert await CountLinks(links)() == 1
