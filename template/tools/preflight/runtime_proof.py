"""`preflight --run`: deploy the upload to the local runtime and ask whether it is healthy."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, Place, found
from tools.preflight.inspection import Inspection
from tools.runtime.deployment import Deployment
from tools.runtime.errors import ToolError
from tools.runtime.project import Project

HEALTH = "/health"
SECONDS = 60
# The runtime writes its log through other processes than its answer: the cause may come later.
CAUSE_SECONDS = 5.0
LOOK_SECONDS = 0.1
# Where the runtime puts the upload. https://developers.cloudflare.com/workers/languages/python/
UPLOADED = "/session/metadata/"

FRAME = re.compile(r'^\s*File "(?P<file>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
TRACEBACK = re.compile(
    r"Traceback \(most recent call last\):\n(?P<frames>(?:[ \t]+.*\n)+?)"
    r"\s*(?P<error>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b[^\n]*)"
)


def prove(inspection: Inspection) -> Inspection:
    """The inspection with what starting the upload showed; as it is when there is no upload."""
    if inspection.bundle is None:
        return inspection
    problem = _problem(inspection.bundle)
    if problem is None:
        return replace(inspection, started=True)
    return replace(
        inspection,
        started=False,
        status=inspection.status or 1,
        findings=(problem, *inspection.findings),
    )


def _problem(bundle: Bundle) -> Finding | None:
    # As it is read from its file, once more: a project's own folder holds what it needs.
    project = Project(bundle.wiring.root)
    try:
        with Deployment(project, upload=bundle.upload) as deployment:
            try:
                with urllib.request.urlopen(deployment.url + HEALTH, timeout=SECONDS):
                    return None
            except urllib.error.HTTPError as error:
                # A Worker without such an address has started all the same.
                if error.code < 500:
                    return None
                said = error.read(2000).decode(errors="replace")
                return _unhealthy(bundle, error.code, said, with_cause(deployment.log))
            except OSError as error:
                return _unhealthy(bundle, None, str(error), with_cause(deployment.log))
    except ToolError as error:
        return _not_started(bundle, str(error))


def with_cause(log: Callable[[], str], *, seconds: float = CAUSE_SECONDS) -> str:
    """What `log` says once it holds a whole exception, or after so many `seconds` without one."""
    deadline = time.monotonic() + seconds
    before, now = "", log()
    # Between two looks without a change, nothing is half-written.
    while (not _tracebacks(now) or now != before) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        before, now = now, log()
    return now


def _not_started(bundle: Bundle, printed: str) -> Finding:
    place, error, frames = _blamed(bundle, printed)
    if not error:
        error = printed.strip().splitlines()[0]
    return found(
        "PF801",
        place,
        target=bundle.main_module,
        message=f"The upload does not start on the local runtime: {error}{frames}",
        fix="Correct the line above; `uv run poe dev` shows it again within seconds."
        if frames
        else "Correct what is named above; `uv run poe serve` shows all that the runtime prints.",
    )


def _unhealthy(bundle: Bundle, status: int | None, said: str, log: str) -> Finding:
    place, error, frames = _blamed(bundle, log)
    cause = f"{error}{frames}" if error else said.strip()
    answer = f"answers {status}" if status else "does not answer"
    return found(
        "PF802",
        place,
        target=HEALTH,
        message=f"The upload starts on the local runtime, but {HEALTH} {answer}: {cause}",
        fix="Correct what is named above; `uv run poe serve` serves the upload to look at it.",
    )


def _blamed(bundle: Bundle, printed: str) -> tuple[Place, str, str]:
    """The place and the text of the last exception, and its frames in the service's own code."""
    tracebacks = _tracebacks(printed)
    own: list[tuple[str, int]] = []
    error = ""
    if tracebacks:
        error = tracebacks[-1]["error"].strip()
        for frame in FRAME.finditer(tracebacks[-1]["frames"]):
            part = frame["file"].removeprefix(UPLOADED)
            if frame["file"].startswith(UPLOADED) and part in bundle.first_party:
                own.append((bundle.place(part).path, int(frame["line"])))
    frames = "".join(f"\n{path}:{line}" for path, line in own)
    place = Place(*own[-1]) if own else bundle.place(bundle.main_module)
    return place, error, frames


def _tracebacks(printed: str) -> list[re.Match[str]]:
    # The runtime and the service log JSON lines, in which a traceback is one line.
    text = printed.replace("\\n", "\n").replace('\\"', '"')
    return list(TRACEBACK.finditer(text))
