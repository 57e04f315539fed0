"""What an inspection comes to, in the words that all reports use."""

from collections import Counter
from typing import get_args

from tools.preflight.codes import Severity
from tools.preflight.inspection import Inspection

SEVERITIES: tuple[Severity, ...] = get_args(Severity)

VERDICTS = {
    0: "passed",
    1: "failed",
    2: "not checked, since the configuration cannot be used",
    3: "not checked, since the upload could not be inspected",
}


def verdict(inspection: Inspection) -> str:
    return VERDICTS[inspection.status]


def counts(inspection: Inspection) -> dict[Severity, int]:
    """How many findings there are of each severity, those that ignores leave out aside."""
    counted = Counter(finding.severity for finding in inspection.findings)
    return {severity: counted[severity] for severity in SEVERITIES}


def counts_in_words(inspection: Inspection) -> str:
    """Such as `2 errors, 1 warning`; `nothing found` when there is none."""
    found = [number(count, severity) for severity, count in counts(inspection).items() if count]
    return ", ".join(found) or "nothing found"


def suppressed(inspection: Inspection) -> str | None:
    """How many findings ignores leave out, and of which codes; None when there are none."""
    if not inspection.suppressed:
        return None
    codes = Counter(finding.code for finding in inspection.suppressed)
    listed = ", ".join(
        f"{code} ({count})" if count > 1 else code for code, count in sorted(codes.items())
    )
    return f"{number(len(inspection.suppressed), 'finding')} left out by ignores: {listed}"


def wheel(inspection: Inspection) -> str | None:
    """Whether the other route could take over, None when they were not compared."""
    if inspection.bundle is None or inspection.wheel_agrees is None:
        return None
    delivers = inspection.bundle.wiring.base_dir is None
    uploads = "would upload" if delivers else "uploads"
    if inspection.wheel_agrees:
        return f"holds what wrangler {uploads}, byte for byte"
    return f"differs from what wrangler {uploads}"


def times(inspection: Inspection) -> str:
    """The seconds of the checks themselves, then those of the programs they started."""
    others = "".join(f", {name} {seconds:.1f} s" for name, seconds in inspection.others.items())
    return f"checks {inspection.seconds:.2f} s{others}"


def kib(size: int) -> str:
    """A size in KiB with one decimal, as wrangler prints it."""
    return f"{size / 1024:,.1f}"


def number(count: int, noun: str) -> str:
    """Such as `1 error` and `2 errors`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
