"""The domain's refusals as HTTP answers."""

from src.domain.links.errors import (
    InvalidSlug,
    InvalidTargetUrl,
    LinkError,
    LinkNotFound,
    SlugTaken,
)
from src.presentation.api.shared.problems import INTERNAL_ERROR, InputError, Problem, invalid_input


def problem_for(error: LinkError) -> Problem:
    match error:
        case InvalidSlug():
            return invalid_input(InputError("body", "slug", str(error)))
        case InvalidTargetUrl():
            return invalid_input(InputError("body", "url", str(error)))
        case SlugTaken():
            return Problem(409, str(error))
        case LinkNotFound():
            return Problem(404, str(error))
    return INTERNAL_ERROR
