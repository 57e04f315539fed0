"""`python -m tools.template COMMAND`: what this project has from its template.

Exit status: 0 nothing differs, or it was done; 1 something does; 2 wrong usage, or the project does
not allow it; 3 the template cannot be had.
"""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.template import answers, branch, description, preview, push
from tools.template.crossing import Crossing, crossing
from tools.template.drift import Drift, difference, drifts, files
from tools.template.errors import NotPossible, TemplateError
from tools.template.git import GitError, forget_foreign_repository
from tools.template.ownership import TEMPLATES, is_below, is_templates, why_not_templates
from tools.template.rendering import render
from tools.template.restore import restore
from tools.template.source import cloned


def main() -> int:
    options = _parser().parse_args()
    forget_foreign_repository()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Git shows a file as it is, in whatever encoding.
        sys.stdout.reconfigure(errors="surrogateescape")
    root = Path.cwd()
    try:
        match options.command:
            case "drift" if options.restore:
                return bring_back(root, options.files)
            case "drift":
                return show_drift(root, options.files, diff=options.diff)
            case "diff":
                return show_update(root, options.vcs_ref)
            case "update":
                return make_update(
                    root, options.description, options.vcs_ref, options.failed.split()
                )
            case "check":
                return check_branch(root, options.branch)
            case "push":
                return push_branch(root, options.branch)
    except TemplateError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except GitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.template",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    drift = commands.add_parser("drift", help="what was changed or lost of the template's files")
    drift.add_argument("files", nargs="*", metavar="FILE", help="files or folders to look at (all)")
    drift.add_argument("--diff", action="store_true", help="show the changes, as for named files")
    drift.add_argument("--restore", action="store_true", help="bring the named files back")
    diff = commands.add_parser("diff", help="what `copier update` would change")
    diff.add_argument("--vcs-ref", metavar="REF", help="version to update to (the latest)")
    update = commands.add_parser("update", help="make the update on a branch, and describe it")
    update.add_argument("description", type=Path, metavar="FILE", help="the description, to write")
    update.add_argument("--vcs-ref", metavar="REF", help="version to update to (the latest)")
    update.add_argument("--failed", default="", metavar="CHECKS", help="what `check` said of it")
    check = commands.add_parser("check", help="set a branch up, lint and test it, and preflight")
    check.add_argument("branch")
    pushing = commands.add_parser("push", help="push the branch of an update")
    pushing.add_argument("branch")
    return parser


def show_drift(root: Path, named: Sequence[str], *, diff: bool) -> int:
    """Print how the template's files differ from what was rendered."""
    asked = _asked_for(root, named)
    with _rendered(root) as (recorded, rendered):
        names = _chosen(asked, files(rendered))
        found = list(drifts(root, rendered, names))
    for drift in found:
        print(f"{drift.kind:<9}  {drift.name}")
        if (diff or named) and drift.diff:
            print("", *drift.diff, "", sep="\n")
    print(
        f"{len(found) or 'None'} of {len(names)} files differ from version {recorded.version} of "
        "the template.",
        file=sys.stderr,
    )
    return 1 if found else 0


def bring_back(root: Path, named: Sequence[str]) -> int:
    """Restore files, and print what each replaced."""
    if not named:
        raise NotPossible("--restore needs a file: `poe drift` lists those that differ.")
    asked = _asked_for(root, named)
    with _rendered(root) as (_, rendered):
        names = _chosen(asked, files(rendered))
        found = {drift.name: drift for drift in drifts(root, rendered, names)}
        for name, drift in found.items():
            shown = _replaced(drift, root / name, rendered / name)
            kept = restore(root, rendered, name)
            where = f" What it replaced is in {kept.relative_to(root)}." if kept else ""
            print(*shown, f"{name} is restored.{where}", sep="\n", flush=True)
    if not found:
        print(f"Nothing to restore: {len(names)} files are as the template has them.")
    return 0


def _replaced(drift: Drift, mine: Path, original: Path) -> Sequence[str]:
    if drift.kind != "changed":
        return []
    return difference(drift.name, mine.read_bytes(), original.read_bytes())


@contextmanager
def _rendered(root: Path) -> Iterator[tuple[answers.Recorded, Path]]:
    """The record of the project, and the folder of what it was rendered from."""
    recorded = answers.read(root)
    with cloned(recorded) as source, tempfile.TemporaryDirectory(prefix="drift-") as temporary:
        rendered = Path(temporary) / "rendered"
        render(source, recorded, rendered)
        yield recorded, rendered


def _asked_for(root: Path, named: Sequence[str]) -> list[str]:
    """The names relative to the project. Raises NotPossible when one cannot be the template's."""
    asked = [Path(os.path.relpath(given, root)).as_posix() for given in named]
    for name in asked:
        if not is_templates(name) and not any(is_below(place, (name,)) for place in TEMPLATES):
            raise NotPossible(why_not_templates(name))
    return asked


def _chosen(asked: Sequence[str], owned: Sequence[str]) -> list[str]:
    """The template's files among those asked for, or all of them."""
    if not asked:
        return list(owned)
    for name in asked:
        if not any(is_below(owner, (name,)) for owner in owned):
            raise NotPossible(why_not_templates(name))
    return [owner for owner in owned if is_below(owner, tuple(asked))]


def show_update(root: Path, ref: str | None) -> int:
    """Print what an update would change, and change nothing."""
    coming = _coming(root, ref)
    if coming is None:
        return 0
    seen = preview.preview(root, coming.new)
    print(seen.diff, end="")
    summary = [f"{len(seen.merged.changed)} files change from {coming.old} to {coming.new}."]
    if coming.crossed:
        summary.append(f"Versions crossed: {', '.join(coming.crossed)}.")
    if seen.merged.conflicts:
        summary.append("You and the template changed the same lines of:")
        summary += [f"  {name}" for name in seen.merged.conflicts]
    print(*summary, sep="\n", file=sys.stderr)
    return 1


def make_update(root: Path, file: Path, ref: str | None, failed: Sequence[str]) -> int:
    """Make the update on a branch and describe it, and tell the workflow about it."""
    coming = _coming(root, ref)
    if coming is None:
        return 0
    updated = branch.update(root, coming)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = description.body(coming, updated, failed)
    file.write_text(text, encoding="utf-8", errors="replace")
    has_conflicts = bool(updated.merged.conflicts)
    _tell_workflow(
        version=coming.new,
        branch=updated.branch,
        title=description.title(coming),
        conflicts=str(has_conflicts).lower(),
        draft=str(has_conflicts or bool(failed)).lower(),
    )
    print(f"The update is on the branch {updated.branch}, its description in {file}.")
    return 0


def check_branch(root: Path, name: str) -> int:
    """Check a branch; what fails is for the description, and no reason to stop the workflow."""
    failing = branch.failing_checks(root, name)
    _tell_workflow(failed=" ".join(failing))
    print(f"\n{name}: {' and '.join(failing) + ' failed' if failing else 'all checks passed'}.")
    return 0


def push_branch(root: Path, name: str) -> int:
    """Push the branch, unless an earlier run did."""
    pushed = push.push(root, name)
    if not pushed:
        print(f"{name} is there already: merge it, or delete it to have it made anew.")
    _tell_workflow(pushed=str(pushed).lower())
    return 0


def _coming(root: Path, ref: str | None) -> Crossing | None:
    recorded = answers.read(root)
    with cloned(recorded) as source:
        coming = crossing(source, recorded, ref)
        latest = source.versions()[-1:]
    if coming is None:
        newest = f"its latest version is {latest[0]}" if latest else "it has no versions yet"
        print(f"Nothing to update: this is {recorded.version} of the template; {newest}.")
    return coming


def _tell_workflow(**outputs: str) -> None:
    """Set outputs of a step of GitHub Actions; the values are single lines."""
    if file := os.environ.get("GITHUB_OUTPUT"):
        with open(file, "a", encoding="utf-8") as lines:
            lines.writelines(f"{name}={value}\n" for name, value in outputs.items())


if __name__ == "__main__":
    sys.exit(main())
