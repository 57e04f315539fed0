"""Where a link leads."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from src.domain.links.errors import InvalidTargetUrl

MAX_LENGTH = 2048

# RFC 3986's characters. Browsers read others in their own ways (a backslash as a slash, a
# newline as nothing), so a URL could look harmless here and lead elsewhere there.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class TargetUrl:
    """An absolute http or https URL that leads where it seems to lead.

    Raises InvalidTargetUrl otherwise.
    """

    value: str

    def __post_init__(self) -> None:
        if len(self.value) > MAX_LENGTH:
            raise InvalidTargetUrl(f"A URL has at most {MAX_LENGTH} characters.")
        if not _CHARACTERS.fullmatch(self.value):
            raise InvalidTargetUrl("The URL is empty or holds characters to be percent-encoded.")
        try:
            parts = urlsplit(self.value)
            _ = parts.port  # parsed on access; raises when it is no port number
        except ValueError:
            raise InvalidTargetUrl("This is not a URL.") from None
        if parts.scheme not in ("http", "https"):
            raise InvalidTargetUrl("A URL starts with https:// or http://.")
        if "@" in parts.netloc:
            # https://bank.example@evil.example leads to evil.example.
            raise InvalidTargetUrl("A URL holds no user name or password.")
        host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
        if not _HOST.fullmatch(host):
            raise InvalidTargetUrl("The URL has no valid host name.")

    @classmethod
    def stored(cls, value: str) -> Self:
        """A URL checked when it was stored: stricter rules must not make it unreadable."""
        url = object.__new__(cls)
        object.__setattr__(url, "value", value)
        return url

    def __str__(self) -> str:
        return self.value
