"""`preflight --fix`: repair what is safe in the wrangler config and pyproject.toml.

No code is touched, but for the entry that the template added. Each repair is a function in
`repairs/` from a finding to edits; what they cannot repair stays reported. Before them, a
repository that adopted the template gets its wiring.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.repairs import (
    data_files,
    in_place,
    module_root,
    stale_ignores,
    vendored,
    wrangler_keys,
)
from tools.preflight.repairs.draft import Draft, NotRepaired, write
from tools.preflight.repairs.edits import Edit, Write, describe
from tools.preflight.repairs.subject import Repair, Subject
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

# Stands where repairs have the codes of the findings that ask for them.
IN_PLACE = "layout in-place"


@dataclass(frozen=True)
class Repaired:
    """For people: the `diff`, what was `done` as a list, and what is `left`.

    `drafts` are the files to be written.
    """

    diff: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()


def main(inspection: Inspection, again: Callable[[], Inspection], *, dry_run: bool) -> Inspection:
    """Repair until nothing more can be, and say so on stderr; the inspection that is then true.

    Raises:
        CannotWrite: a file that has to change is read-only.
    """
    changed = False
    for _ in range(ROUNDS):
        repaired = repair(inspection)
        carry_out(repaired, dry_run=dry_run, said=changed)
        if dry_run or not repaired.drafts:
            break
        changed = True
        inspection = again()
    print(*repaired.left, sep="\n", end="\n" if repaired.left else "", file=sys.stderr)
    return inspection


def adopt(root: Path, *, dry_run: bool) -> int:
    """Wire a repository that adopted the template, before anything can be inspected.

    The exit status: 0 when it is wired, 1 when a person has to do something first, 2 when its
    configuration cannot be read.

    Raises:
        CannotWrite: a file that has to change is read-only.
    """
    try:
        subject = Subject(Inspection(root, None), load(root, None))
        refused, done = _wire(subject)
        repaired = _repaired(subject, done, refused)
    except (ConfigurationError, OSError, UnicodeDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    carry_out(repaired, dry_run=dry_run, said=bool(refused))
    print(*repaired.left, sep="\n", end="\n" if repaired.left else "", file=sys.stderr)
    return 1 if refused else 0


def carry_out(repaired: Repaired, *, dry_run: bool, said: bool = False) -> None:
    """Show the changes, then write them; without any, say so unless enough is `said`.

    Raises:
        CannotWrite: a file that has to change is read-only.
    """
    print(*repaired.diff, sep="\n", end="\n" if repaired.diff else "", file=sys.stderr)
    if repaired.drafts and not dry_run:
        write(repaired.drafts)
    if repaired.done:
        print(
            "Would be repaired:" if dry_run else "Repaired:",
            *repaired.done,
            sep="\n",
            file=sys.stderr,
        )
    elif not said:
        print("Nothing to repair.", file=sys.stderr)


def repair(inspection: Inspection) -> Repaired:
    """What the findings of an inspection ask for, and the layout; nothing is written."""
    try:
        subject = Subject(inspection, load(inspection.root, inspection.env))
        refused, done = _wire(subject)
        left: Counter[str] = Counter()
        for finding in inspection.findings:
            if finding.severity == "info":
                continue
            edits = REPAIRS[finding.code](subject, finding) if finding.code in REPAIRS else ()
            try:
                handled = _make(subject, edits, finding.code, done)
            except NotRepaired as error:
                refused.append(f"{_place(finding)}: {finding.code} is not repaired: {error}.")
            else:
                left.update([] if handled else [finding.code])
    except (ConfigurationError, OSError, UnicodeDecodeError):
        # What cannot be read is reported, and is for a person to correct.
        return Repaired(left=("Left for a person: the configuration cannot be read.",))
    return _repaired(subject, done, [*refused, *_left(left)])


def _wire(subject: Subject) -> tuple[list[str], dict[str, list[str]]]:
    """What keeps the layout from being wired, and what was done, with who asked for it."""
    done: dict[str, list[str]] = {}
    try:
        _make(subject, in_place.wire(subject), IN_PLACE, done)
    except NotRepaired as error:
        return [f"The repository is not wired: {error}."], done
    return [], done


def _make(
    subject: Subject,
    wanted: Iterable[tuple[Draft, Edit | Write]],
    asked: str,
    done: dict[str, list[str]],
) -> bool:
    """Make edits, all or none; whether there are any."""
    before = dict(subject.drafts)
    edits: list[str] = []
    made: set[str] = set()
    try:
        for draft, edit in wanted:
            edits.append(f"{subject.wiring.relative(draft.file)}: {describe(edit)}")
            if subject.change(draft, edit):
                made.add(edits[-1])
    except NotRepaired:
        subject.drafts = before
        raise
    for line in edits:
        if line in made or line in done:
            done.setdefault(line, []).append(asked)
    return bool(edits)


def _repaired(subject: Subject, done: Mapping[str, Sequence[str]], left: Sequence[str]) -> Repaired:
    drafts = tuple(draft for draft in subject.drafts.values() if draft.is_changed)
    diff = [
        line for draft in drafts for line in ("", *draft.diff(subject.wiring.relative(draft.file)))
    ]
    listed = (f"  {line} ({', '.join(dict.fromkeys(asked))})" for line, asked in done.items())
    return Repaired(tuple(diff), tuple(listed), tuple(left), drafts)


def _left(left: Counter[str]) -> Iterator[str]:
    if left:
        codes = ", ".join(f"{code} ({count})" for code, count in sorted(left.items()))
        yield f"Left for a person: {codes}."


def _place(finding: Finding) -> str:
    place = finding.place
    return place.path if place.line is None else f"{place.path}:{place.line}"
