"""The cursor of GET /links: the slug of the last link on the page before."""

from src.domain.links.errors import InvalidSlug
from src.domain.links.slug import Slug
from src.presentation.api.shared.problems import InputError, ProblemError, invalid_input

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


def parse_cursor(cursor: str | None) -> Slug | None:
    """Raises ProblemError for a cursor that this service never handed out."""
    try:
        return None if cursor is None else Slug(cursor)
    except InvalidSlug:
        error = InputError("query", "cursor", "Use the next_cursor of the page before.")
        raise ProblemError(invalid_input(error)) from None
