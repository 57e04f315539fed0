"""Links as JSON. Types and presence are checked here, meaning is checked by the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from src.application.links.list_links import LinkPage
from src.domain.links.link import Link
from src.domain.links.slug import Slug
from src.presentation.api.links.paging import DEFAULT_LIMIT, MAX_LIMIT, parse_cursor
from src.presentation.api.shared.problems import InputError, ProblemError, invalid_input


@dataclass(frozen=True, slots=True)
class CreateLinkBody:
    url: str
    slug: str | None

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """Raises ProblemError that names every field that is wrong."""
        url, slug = content.get("url"), content.get("slug")
        unknown = sorted(content.keys() - {"url", "slug"})
        if isinstance(url, str) and isinstance(slug, str | None) and not unknown:
            return cls(url, slug)

        errors = [InputError("body", name, "Unknown field.") for name in unknown]
        if not isinstance(url, str):
            errors.append(InputError("body", "url", "Required: the URL to lead to, as text."))
        if not isinstance(slug, str | None):
            errors.append(InputError("body", "slug", "Leave it out or send text."))
        raise ProblemError(invalid_input(*errors))


@dataclass(frozen=True, slots=True)
class ListLinksQuery:
    limit: int
    after: Slug | None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Raises ProblemError that names the parameter that is wrong."""
        limit = query.get("limit", str(DEFAULT_LIMIT))
        # Digits are counted before they are read: int() takes its time over very long ones.
        in_range = limit.isdecimal() and len(limit) < 10 and 1 <= int(limit) <= MAX_LIMIT
        if not in_range:
            error = InputError("query", "limit", f"Use a number from 1 to {MAX_LIMIT}.")
            raise ProblemError(invalid_input(error))
        return cls(int(limit), parse_cursor(query.get("cursor")))


def link_view(link: Link) -> dict[str, Any]:
    return {
        "slug": link.slug.value,
        "url": link.target.value,
        "visits": link.visits,
        "created_at": link.created_at.isoformat().replace("+00:00", "Z"),
    }


def page_view(page: LinkPage) -> dict[str, Any]:
    return {
        "links": [link_view(link) for link in page.links],
        "next_cursor": None if page.next_after is None else page.next_after.value,
    }
