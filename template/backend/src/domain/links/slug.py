"""The short name of a link."""

import re
import secrets
from dataclasses import dataclass
from typing import Self

from src.domain.links.errors import InvalidSlug

# First segments of the service's own paths. `/openapi.json` needs no entry: slugs have no dots.
RESERVED = frozenset({"docs", "health", "links"})

_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")

# No 0/O or 1/l/I, so that a slug survives being read aloud or copied from paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RANDOM_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Slug:
    """3 to 64 letters, digits, hyphens or underscores, and not a name the service needs.

    Raises InvalidSlug otherwise.
    """

    value: str

    def __post_init__(self) -> None:
        if not _PATTERN.fullmatch(self.value):
            raise InvalidSlug(
                "A slug is 3 to 64 letters, digits, hyphens or underscores "
                "and starts with a letter or digit."
            )
        if self.value.lower() in RESERVED:
            raise InvalidSlug("This slug is reserved.")

    @classmethod
    def stored(cls, value: str) -> Self:
        """A slug checked when it was stored: stricter rules must not make it unreadable."""
        slug = object.__new__(cls)
        object.__setattr__(slug, "value", value)
        return slug

    @classmethod
    def random(cls) -> Self:
        """A slug nobody can guess from another one.

        Call it while handling a request: Workers refuse randomness at import time.
        """
        return cls("".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH)))

    def __str__(self) -> str:
        return self.value
