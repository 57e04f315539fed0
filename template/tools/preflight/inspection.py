"""Run all checks on one project and its upload."""

import re
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from tools.preflight.bundle import Bundle
from tools.preflight.checks import architecture, imports, platform, presence, size, strays, wheel
from tools.preflight.checks import wiring as wiring_checks
from tools.preflight.composition import Composition, compose
from tools.preflight.finding import Finding, found
from tools.preflight.ignores import Ignores
from tools.preflight.stopwatch import Stopwatch
from tools.preflight.wiring import ConfigurationError, Wiring, load
from tools.runtime.errors import ToolError
from tools.runtime.upload import Upload, dry_run, read

Status = Literal[0, 1, 2, 3]

FIRST = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Inspection:
    """The result: what the upload holds and what is wrong with it.

    `status` is the exit status: 0 clean, 1 something would go wrong, 2 the configuration cannot
    be used, 3 the upload could not be inspected. `suppressed` are the findings that ignores leave
    out. `bundle` and `composition` are None when there was nothing to look at. `wrangler` is the
    size that wrangler printed, None when it did not run; `wheel_agrees` says whether the wheel
    holds what wrangler uploads or would upload, None when that was not compared; `started` whether
    the upload started on the local runtime, None when it was not tried. `seconds` is the time of
    the checks themselves, `others` that of the programs they started.
    """

    root: Path
    env: str | None
    status: Status = 0
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    bundle: Bundle | None = None
    composition: Composition | None = None
    wrangler: str | None = None
    wheel_agrees: bool | None = None
    started: bool | None = None
    seconds: float = 0
    others: dict[str, float] = field(default_factory=dict)


def inspect(root: Path, env: str | None = None, body: Path | None = None) -> Inspection:
    """Check the project in `root`: the upload in the file `body`, or the one that wrangler makes.

    Whatever is wrong with the project is in the result; nothing is raised for it.
    """
    watch = Stopwatch()
    inspection = _inspect(Inspection(root, env), body, watch)
    return replace(inspection, seconds=watch.own(), others=watch.others)


def _inspect(empty: Inspection, body: Path | None, watch: Stopwatch) -> Inspection:
    try:
        wiring = load(empty.root, empty.env)
    except ConfigurationError as error:
        return replace(empty, status=2, findings=(error.finding,))
    of_wiring = list(wiring_checks.check(wiring))
    try:
        upload, printed = _upload(wiring, body, watch)
    except (ToolError, OSError) as error:
        # What wrangler refuses is often something that the project's files show better.
        if any(finding.severity == "error" for finding in of_wiring):
            return _judged(empty, wiring, of_wiring, complete=False)
        return replace(empty, status=3, findings=(*of_wiring, _not_inspected(error, body)))
    if not any(name.endswith(".py") for name in upload.modules):
        return _judged(empty, wiring, [*of_wiring, _nothing(wiring, upload)], complete=False)
    try:
        return _checked(empty, Bundle(wiring, upload), of_wiring, printed, watch)
    except OSError as error:
        # A file of the source tree that nobody may read, for instance.
        return replace(empty, status=3, findings=(*of_wiring, _not_inspected(error, body)))


def _checked(
    empty: Inspection, bundle: Bundle, of_wiring: list[Finding], printed: str, watch: Stopwatch
) -> Inspection:
    """The inspection of a bundle. Raises OSError when a file of the project cannot be read."""
    composition = compose(bundle)
    compared = wheel.compare(bundle, watch, bundling=bool(printed))
    findings = [
        *of_wiring,
        *presence.check(bundle),
        *imports.check(bundle, watch),
        *strays.check(bundle),
        *size.check(bundle, composition),
        *compared.findings,
        *architecture.check(bundle, watch),
        *platform.check(bundle),
    ]
    if any(finding.code == "PF207" for finding in findings):
        # No tool reads layers from a module that does not parse, and that has been said.
        findings = [finding for finding in findings if finding.code != "PF604"]
    return replace(
        _judged(empty, bundle.wiring, findings, complete=True),
        bundle=bundle,
        composition=composition,
        wrangler=_total(printed),
        wheel_agrees=compared.agrees,
    )


def _judged(
    empty: Inspection, wiring: Wiring, findings: list[Finding], *, complete: bool
) -> Inspection:
    """The inspection with its findings in order, less those that ignores leave out."""
    blamed = {finding.place for finding in findings if finding.severity == "error"}
    # An error says more of a setting than that it is not the template's.
    findings = [
        finding for finding in findings if finding.code != "PF007" or finding.place not in blamed
    ]
    ignores = Ignores.of(wiring, date.today())
    stay, suppressed = ignores.split(list(dict.fromkeys(findings)))
    stay += ignores.findings(complete=complete)
    stay.sort(key=lambda finding: (FIRST[finding.severity], finding.place.path, finding.code))
    failed = any(finding.severity == "error" for finding in stay)
    return replace(
        empty,
        status=1 if failed else 0,
        findings=tuple(stay),
        suppressed=tuple(suppressed),
    )


def _upload(wiring: Wiring, body: Path | None, watch: Stopwatch) -> tuple[Upload, str]:
    if body:
        return read(body), ""
    for pipe in wiring.pipes():
        raise ToolError(
            f"{pipe} is a pipe or a socket: wrangler would wait for its content for ever. "
            "Delete it, or move it out of the module root."
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        with watch.of("wrangler"):
            printed = dry_run(wiring.project, file, env=wiring.env)
        return read(file), printed


def _nothing(wiring: Wiring, upload: Upload) -> Finding:
    return found(
        "PF001",
        wiring.place("main"),
        target=upload.main_module,
        message=f"The upload, whose main module is {upload.main_module}, holds no Python module: "
        "there is nothing to check.",
        fix="Name the folder of a Python Worker with --project and the body of its upload with "
        f"--bundle, or set `main` in {wiring.config.file.name} to a .py file.",
    )


def _not_inspected(error: Exception, body: Path | None) -> Finding:
    message, place = str(error), str(body or "the upload")
    if isinstance(error, OSError) and error.filename:
        place = str(error.filename)
        message = f"{place} cannot be read: {error.strerror}."
        fix = "Make it readable, or move it out of the module root."
    elif body is None:
        fix = "Correct what is named above and run the preflight again."
    else:
        fix = "Write the body with `wrangler deploy --dry-run --outfile FILE`."
    return found("PF004", place, target="upload", message=message, fix=fix)


def _total(printed: str) -> str | None:
    total = re.search(r"Total Upload: [\d.]+ \w+ / gzip: [\d.]+ \w+", printed)
    return total[0] if total else None
