"""`preflight --fix`: repair what is safe in the wrangler config and pyproject.toml.

Nothing else is touched, code least of all. Each repair is a function in `repairs/` from a finding
to edits; what they cannot repair stays reported.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.repairs import (
    data_files,
    module_root,
    stale_ignores,
    vendored,
    wrangler_keys,
)
from tools.preflight.repairs.draft import Draft, NotRepaired, write
from tools.preflight.repairs.edits import describe
from tools.preflight.repairs.subject import PYPROJECT, Repair, Subject
from tools.preflight.wiring import ConfigurationError, load

REPAIRS: dict[str, Repair] = {
    "PF003": stale_ignores.remove,
    "PF006": stale_ignores.remove,
    "PF101": module_root.upload_the_packages,
    "PF108": data_files.upload_data,
    "PF202": vendored.keep_imported,
    "PF210": wrangler_keys.drop_python_path,
    "PF211": vendored.keep_imported,
    "PF301": module_root.narrow,
    "PF304": module_root.narrow,
    "PF305": module_root.narrow,
    "PF501": data_files.carry_in_wheel,
    "PF502": data_files.upload_data,
    "PF701": wrangler_keys.drop_dead_upload,
    "PF702": wrangler_keys.drop_python_rules,
    "PF703": module_root.narrow,
    "PF704": wrangler_keys.add_python_flag,
    "PF707": vendored.keep_imported,
    "PF708": vendored.keep_sdk_pth,
    "PF712": wrangler_keys.remove_local_flags,
}


# One repair can show the next, since wrangler makes no bundle before the config is right.
ROUNDS = 5


@dataclass(frozen=True)
class Repaired:
    """For people: what was `done`, as a list and as a diff, and what is `left`.

    `changed` says whether a file was written.
    """

    done: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    changed: bool = False


def main(inspection: Inspection, again: Callable[[], Inspection], *, dry_run: bool) -> Inspection:
    """Repair until nothing more can be, and say so on stderr; the inspection that is then true.

    Raises:
        CannotWrite: a file that has to change is read-only.
    """
    changed = False
    for _ in range(ROUNDS):
        repaired = repair(inspection, dry_run=dry_run)
        if repaired.done or not changed:
            print(*(repaired.done or ["Nothing to repair."]), sep="\n", file=sys.stderr)
        if not repaired.changed:
            break
        changed = True
        inspection = again()
    print(*repaired.left, sep="\n", end="\n" if repaired.left else "", file=sys.stderr)
    return inspection


def repair(inspection: Inspection, *, dry_run: bool) -> Repaired:
    """Repair what the findings of an inspection ask for, or only show how.

    Raises:
        CannotWrite: a file that has to change is read-only.
    """
    try:
        subject = _subject(inspection)
    except (ConfigurationError, OSError, UnicodeDecodeError):
        # What cannot be read is reported, and is for a person to correct.
        return Repaired(left=("Left for a person: the configuration cannot be read.",))
    at_first = (subject.config, subject.pyproject)
    # What was done, each with the codes of the findings that asked for it.
    done: dict[str, list[str]] = {}
    refused: list[str] = []
    left: Counter[str] = Counter()
    for finding in inspection.findings:
        if finding.severity == "info":
            continue
        try:
            handled = _repair_one(subject, finding, done)
        except NotRepaired as error:
            refused.append(f"{_place(finding)}: {finding.code} is not repaired: {error}.")
        else:
            left.update([] if handled else [finding.code])
    changed = [
        draft
        for old, draft in zip(at_first, (subject.config, subject.pyproject), strict=True)
        if draft is not None and draft != old
    ]
    if changed and not dry_run:
        write(changed)
    return Repaired(
        (*_done(done, dry_run), *_diffs(subject, changed)),
        (*refused, *_left(left)),
        bool(changed) and not dry_run,
    )


def _subject(inspection: Inspection) -> Subject:
    wiring = load(inspection.root, inspection.env)
    pyproject = inspection.root / PYPROJECT
    return Subject(
        inspection,
        wiring,
        Draft.of(wiring.config.file),
        Draft.of(pyproject) if pyproject.is_file() else None,
    )


def _repair_one(subject: Subject, finding: Finding, done: dict[str, list[str]]) -> bool:
    """Make the edits for one finding, all or none; whether there are any."""
    if finding.code not in REPAIRS:
        return False
    config, pyproject = subject.config, subject.pyproject
    edits: list[str] = []
    made: set[str] = set()
    try:
        for draft, edit in REPAIRS[finding.code](subject, finding):
            edits.append(f"{draft.file.name}: {describe(edit)}")
            if subject.change(draft, edit):
                made.add(edits[-1])
    except NotRepaired:
        subject.config, subject.pyproject = config, pyproject
        raise
    for line in edits:
        if line in made or line in done:
            done.setdefault(line, []).append(finding.code)
    return bool(edits)


def _done(done: Mapping[str, Sequence[str]], dry_run: bool) -> Iterator[str]:
    if done:
        yield "Would be repaired:" if dry_run else "Repaired:"
        for line, codes in done.items():
            yield f"  {line} ({', '.join(dict.fromkeys(codes))})"


def _diffs(subject: Subject, changed: Sequence[Draft]) -> Iterator[str]:
    for draft in changed:
        yield ""
        yield from draft.diff(subject.wiring.relative(draft.file))
        yield ""


def _left(left: Counter[str]) -> Iterator[str]:
    if left:
        codes = ", ".join(f"{code} ({count})" for code, count in sorted(left.items()))
        yield f"Left for a person: {codes}."


def _place(finding: Finding) -> str:
    place = finding.place
    return place.path if place.line is None else f"{place.path}:{place.line}"
