"""Does the upload fit, and has it grown?"""

from collections.abc import Iterator

from tools.preflight import baseline
from tools.preflight.baseline import Baseline
from tools.preflight.bundle import Bundle
from tools.preflight.composition import Composition
from tools.preflight.finding import Finding, Place, found
from tools.preflight.wiring import Wiring

NAMED = 10
RECORD = "by running the preflight with --record-baseline"


def check(bundle: Bundle, composition: Composition) -> Iterator[Finding]:
    """A finding for each limit that is exceeded or nearly reached, and one for growth."""
    total = composition.total
    yield from _limit(bundle.wiring, composition, "max_bytes", total.bytes)
    yield from _limit(bundle.wiring, composition, "max_gzip_bytes", total.gzip_bytes)
    try:
        recorded = baseline.read(bundle.wiring.root)
    except baseline.InvalidBaseline as error:
        yield found(
            "PF002",
            baseline.FILE,
            target=baseline.FILE,
            message=f"The baseline of the upload's size cannot be used: {error}.",
            fix=f"Write it again {RECORD}, or delete it.",
        )
        return
    if recorded:
        yield from _growth(bundle.wiring, composition, recorded)


def _limit(
    wiring: Wiring, composition: Composition, setting: str, actual: int
) -> Iterator[Finding]:
    settings = wiring.settings
    if setting == "max_bytes":
        code, measured, limit = "PF401", "uncompressed", settings.max_bytes
        whose = "Cloudflare takes no more than 67,108,864 bytes."
    else:
        code, measured, limit = "PF402", "compressed by gzip", settings.max_gzip_bytes
        whose = f"The budget is the project's own: {setting} of [tool.preflight] in pyproject.toml."
    if actual > limit:
        message = f"is {_kib(actual - limit)} over the limit of {_kib(limit)}."
    elif actual * 100 > limit * settings.warn_percent:
        code = "PF403"
        message = f"is {actual * 100 // limit} % of the limit of {_kib(limit)}."
    else:
        return
    yield found(
        code,
        next(iter(wiring.setting_places(setting)), Place("pyproject.toml")),
        target=setting,
        message=f"The upload is {_kib(actual)} {measured}, which {message} The largest parts are "
        f"{_largest(composition)}.",
        fix=f"Have exclude of [python_modules] in {wiring.config.file.name} leave out what the "
        f"Worker never reads, such as tests of packages, or drop a dependency. {whose}",
    )


def _growth(wiring: Wiring, composition: Composition, recorded: Baseline) -> Iterator[Finding]:
    total, before = composition.total.bytes, recorded.total
    limit = wiring.settings.max_growth_percent
    if total * 100 <= before * (100 + limit):
        return
    grown = sorted(
        (recorded.packages.get(group.name, 0) - group.bytes, group.name)
        for group in composition.groups
        if group.bytes > recorded.packages.get(group.name, 0)
    )
    names = ", ".join(
        f"{name} +{_kib(-less)}" + ("" if name in recorded.packages else " (new)")
        for less, name in grown[:NAMED]
    )
    percent = f"{(total - before) * 100 // before} %" if before else "all of it"
    yield found(
        "PF404",
        Place(baseline.FILE),
        target="growth",
        message=f"The upload has grown from {_kib(before)} to {_kib(total)}, by {percent}; "
        f"{limit} % are allowed. What grew: {names}.",
        fix=f"Drop what is not needed. If all of it is, record the new size {RECORD}, "
        f"and commit {baseline.FILE}.",
    )


def _largest(composition: Composition) -> str:
    groups = sorted(composition.groups, key=lambda group: (-group.bytes, group.name))
    return ", ".join(f"{group.name} ({_kib(group.bytes)})" for group in groups[:NAMED])


def _kib(size: int) -> str:
    return f"{size / 1024:,.1f} KiB"
