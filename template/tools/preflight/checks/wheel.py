"""Could the other route take over?

In the hybrid delivery the wheel must carry what wrangler uploads; where the wheel delivers,
wrangler should be able to upload what it carries.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, Place, found
from tools.preflight.stopwatch import Stopwatch
from tools.preflight.wiring import VENDORED, Wiring
from tools.runtime.errors import CommandError, ToolError


@dataclass(frozen=True)
class Comparison:
    """`agrees` says whether both routes carry the same, None when they were not compared."""

    agrees: bool | None
    findings: tuple[Finding, ...] = ()


def compare(bundle: Bundle, watch: Stopwatch, *, bundling: bool) -> Comparison:
    """Compare the upload with what the other route would carry, when the project keeps one.

    Without `bundling` wrangler is not run, so only a wheel is built.
    """
    wiring = bundle.wiring
    if wiring.delivery == "wheel" and wiring.base_dir is None and bundling:
        return _with_wrangler(bundle, watch)
    if wiring.delivery != "hybrid" or wiring.base_dir is None:
        return Comparison(None)
    if not (uploaded := _uploaded(bundle)):
        return Comparison(None)
    # Imported here and below: it takes long, and most projects have no wheel to build.
    from tools.runtime import wheel

    with tempfile.TemporaryDirectory() as folder:
        try:
            with watch.of("wheel build"):
                file = wheel.build(wiring.project, Path(folder), wiring.source)
            files = _files(file)
        except (ToolError, OSError, zipfile.BadZipFile) as error:
            return Comparison(None, (_unbuildable(wiring, error),))
        differences = tuple(_differences(bundle, uploaded, files))
        return Comparison(not differences, (*differences, *_record(wiring, file)))


def _with_wrangler(bundle: Bundle, watch: Stopwatch) -> Comparison:
    """Bundle the project as if wrangler delivered its packages."""
    project, packages = bundle.wiring.project, bundle.wiring.packages
    files = {
        name.removeprefix(f"{VENDORED}/"): module.content
        for name, module in bundle.upload.modules.items()
        if name.startswith(f"{VENDORED}/") and bundle.short(name) is not None
    }
    if not files:
        return Comparison(None)  # that the wheel is not there has been said
    # Imported here: it starts servers too, and most projects need none of it.
    from tools.runtime import fallback

    project.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.scratch) as folder, watch.of("the other route"):
        try:
            other = fallback.by_wrangler(project, packages, Path(folder))
        except (ToolError, OSError) as error:
            return Comparison(None, (_unbundled(bundle, error),))
    uploaded = {
        name: module.content
        for name, module in other.modules.items()
        if name.partition("/")[0] in packages
    }
    # It is the wheel that delivers, so nothing goes wrong today.
    differences = [
        replace(finding, severity="warning") for finding in _differences(bundle, uploaded, files)
    ]
    return Comparison(not differences, tuple(differences))


def _unbundled(bundle: Bundle, error: Exception) -> Finding:
    return found(
        "PF004",
        bundle.wiring.place("main"),
        target="wrangler",
        severity="warning",
        message=f"What wrangler would upload in place of the wheel could not be inspected: {error}",
        fix="Correct what is named above; `uv run poe fallback` tries it again.",
    )


def _uploaded(bundle: Bundle) -> dict[str, bytes]:
    """The files that wrangler takes from the packages in the tree.

    Where one differs from the tree or is not in it, the checks of presence say so.
    """
    tree = bundle.wiring.tree
    return {
        name: module.content
        for name, module in bundle.upload.modules.items()
        if name.partition("/")[0] in bundle.wiring.packages
        and name in tree
        and tree[name].read_bytes() == module.content
    }


def _files(wheel: Path) -> dict[str, bytes]:
    """The files in a wheel, less its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/") and not name.partition("/")[0].endswith(".dist-info")
        }


def _differences(
    bundle: Bundle, uploaded: Mapping[str, bytes], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    for name in sorted(uploaded.keys() - files.keys()):
        yield found(
            "PF501",
            bundle.place(name),
            target=name,
            message="wrangler uploads this file and the wheel does not carry it: the service "
            "would lack it as soon as the wheel delivers it.",
            fix="Have `include` of [tool.setuptools.packages.find] in pyproject.toml take in the "
            "package."
            if name.endswith(".py")
            else f'Add "*{Path(name).suffix}" to [tool.setuptools.package-data] in pyproject.toml.',
        )
    modules = {name for name in bundle.wiring.tree if name.endswith(".py")}
    for name in sorted(files.keys() - bundle.upload.modules.keys() - modules):
        yield found(
            "PF502",
            bundle.place(name),
            target=name,
            message="The wheel carries this file and wrangler does not upload it, so the service "
            "would behave differently when the wheel delivers it.",
            fix=_fix_of_extra(bundle, name),
        )
    for name in sorted(uploaded.keys() & files.keys()):
        if files[name] != uploaded[name]:
            line = _first_difference(uploaded[name], files[name])
            yield found(
                "PF503",
                bundle.place(name, line),
                target=name,
                message="The build of the wheel writes another version of this file than lies in "
                "the tree; they differ from this line on.",
                fix="Take out of the build, in [build-system] and [tool.setuptools] of "
                "pyproject.toml, what rewrites files of the package.",
            )


def _fix_of_extra(bundle: Bundle, name: str) -> str:
    if name in bundle.wiring.tree:
        config = bundle.wiring.config.file.name
        return (
            f'Add "{name.partition("/")[0]}/**/*{Path(name).suffix}" to the globs of a rule in '
            f"{config}, or take it out of [tool.setuptools.package-data] in pyproject.toml."
        )
    return (
        "Take out of the build, in [build-system] and [tool.setuptools] of pyproject.toml, what "
        "generates the file, or commit the file with the package."
    )


def _first_difference(expected: bytes, built: bytes) -> int:
    same = next(
        (at for at, (a, b) in enumerate(zip(expected, built, strict=False)) if a != b),
        min(len(expected), len(built)),
    )
    return expected.count(b"\n", 0, same) + 1


def _record(wiring: Wiring, file: Path) -> Iterator[Finding]:
    """Whether RECORD lists what the wheel holds: pip and others refuse one that does not."""
    for target, issue in _issues(file):
        yield found(
            "PF504",
            _build_system(wiring),
            target=target,
            message=f"The wheel {file.name} cannot be trusted by installers: {issue}.",
            fix="Take out of the build, in [build-system] of pyproject.toml, what changes the "
            "wheel after its RECORD was written.",
        )


def _issues(file: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with RECORD, each with the file it is about."""
    from installer.exceptions import InstallerError
    from installer.records import parse_record_file
    from installer.sources import WheelFile

    with WheelFile.open(file) as source:
        try:
            source.validate_record(validate_contents=True)
        except InstallerError as error:
            for issue in getattr(error, "issues", [str(error)]):
                text = issue.removeprefix(f"In {file}, ")
                named = re.search(r"(\S+/\S+)", text)
                yield (named[1] if named else "RECORD"), text.rstrip(".")
            return
        with zipfile.ZipFile(file) as archive:
            held = set(archive.namelist())
        listed = parse_record_file(source.read_dist_info("RECORD").splitlines())
        for name in sorted({str(record[0]) for record in listed} - held):
            yield name, f"RECORD lists {name}, which is not in it"


def _unbuildable(wiring: Wiring, error: Exception) -> Finding:
    reason = _reason(error)
    line = re.search(r"\bat line (\d+)", reason)
    return found(
        "PF506",
        Place("pyproject.toml", int(line[1])) if line else _build_system(wiring),
        target="wheel",
        message=f"The wheel cannot be built, so it could not take over: {reason}",
        fix="Correct what is named above in pyproject.toml until `uv build --wheel` succeeds.",
    )


def _reason(error: Exception) -> str:
    """What ended a build: the exception at the end of its traceback, or else what uv says."""
    if not isinstance(error, CommandError):
        return str(error)
    printed, _, verdict = error.output.partition("\nerror: Failed to build")
    exceptions = list(re.finditer(r"^[\w.]*(?:Error|Exception)\b", printed, re.MULTILINE))
    if exceptions:
        reason = printed[exceptions[-1].start() :]
    else:
        causes = verdict.partition("\nhint:")[0].partition("\n")[2]
        reason = causes.replace("cause: ", "") or error.output
    return " ".join(reason.split())[:300]


def _build_system(wiring: Wiring) -> Place:
    lines = (wiring.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    table = (number for number, line in enumerate(lines, 1) if line.startswith("[build-system]"))
    return Place("pyproject.toml", next(table, None))
