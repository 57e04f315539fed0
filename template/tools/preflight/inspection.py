"""Run all checks on one upload."""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.preflight import presence, size, strays, wheel
from tools.preflight.composition import Composition, compose
from tools.preflight.finding import Finding
from tools.preflight.project import Checked
from tools.runtime.errors import ToolError
from tools.runtime.upload import Upload, dry_run, read


@dataclass(frozen=True)
class Inspection:
    """The result: what the upload holds and what is wrong with it.

    `wrangler` is the size that wrangler printed, None when it did not run; `wheel_agrees` says
    whether the wheel holds what wrangler uploads, None when no wheel was compared. `seconds` is
    the time of the checks themselves, `others` that of the programs they started.
    """

    main_module: str
    composition: Composition
    findings: tuple[Finding, ...]
    wrangler: str | None
    wheel_agrees: bool | None
    seconds: float
    others: dict[str, float]

    @property
    def clean(self) -> bool:
        """Whether nothing worse than a warning was found."""
        return not any(finding.severity == "error" for finding in self.findings)


def inspect(checked: Checked, bundle: Path | None) -> Inspection:
    """Check the body in the file `bundle`, or the one that wrangler makes.

    Raises:
        ToolError, OSError: there is no body to look at, or no wheel to compare with.
    """
    started = time.monotonic()
    others: dict[str, float] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        others[name] = time.monotonic() - begun

    printed, files = "", None
    if bundle:
        upload = _from_file(bundle)
    else:
        with timed("wrangler"):
            upload, printed = _from_wrangler(checked)
    if wheel.can_be_compared(checked, upload):
        with timed("wheel build"):
            files = wheel.build(checked)
    composition = compose(upload)
    findings = [
        *presence.check(checked, upload),
        *strays.check(upload),
        *size.check(composition, checked.settings),
        *(() if files is None else wheel.check(checked, files, upload)),
    ]
    return Inspection(
        main_module=upload.main_module,
        composition=composition,
        findings=tuple(findings),
        wrangler=_total(printed),
        wheel_agrees=None if files is None else files == wheel.uploaded(upload),
        seconds=time.monotonic() - started - sum(others.values()),
        others=others,
    )


def _from_file(body: Path) -> Upload:
    try:
        return read(body)
    except OSError as error:
        raise ToolError(f"{body} cannot be read: {error.strerror}.") from None


def _from_wrangler(checked: Checked) -> tuple[Upload, str]:
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "body"
        printed = dry_run(checked.project, body, env=checked.env)
        return read(body), printed


def _total(printed: str) -> str | None:
    found = re.search(r"Total Upload: [\d.]+ \w+ / gzip: [\d.]+ \w+", printed)
    return found[0] if found else None
