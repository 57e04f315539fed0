"""Does the upload fit?"""

from collections.abc import Iterator

from tools.preflight.composition import Composition
from tools.preflight.finding import Finding
from tools.preflight.project import Settings


def check(composition: Composition, settings: Settings) -> Iterator[Finding]:
    """A finding for each limit that is exceeded or nearly reached."""
    total = composition.total
    yield from _limit("PF401", "max_bytes", "uncompressed", total.bytes, settings)
    yield from _limit("PF402", "max_gzip_bytes", "gzipped", total.gzip_bytes, settings)


def _limit(
    code: str, setting: str, what: str, actual: int, settings: Settings
) -> Iterator[Finding]:
    limit: int = getattr(settings, setting)
    if actual > limit:
        message = f"is {_kib(actual - limit)} over the limit of {_kib(limit)}."
    elif actual * 100 > limit * settings.warn_percent:
        message = f"is {actual * 100 // limit} % of the limit of {_kib(limit)}."
    else:
        return
    exceeded = actual > limit
    yield Finding(
        code if exceeded else "PF403",
        "error" if exceeded else "warning",
        "pyproject.toml",
        None,
        f"The upload is {_kib(actual)} {what}, which {message}",
        "Exclude what the Worker never reads in [python_modules] of wrangler.toml, or drop a "
        f"dependency; the limit is {setting} in [tool.preflight] of pyproject.toml.",
    )


def _kib(size: int) -> str:
    return f"{size / 1024:,.1f} KiB"
