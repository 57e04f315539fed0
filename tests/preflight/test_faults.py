"""Each planted fault is reported with exactly its codes, where it is, and its fix works."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from conftest import Render
from preflight.bodies import bundled
from preflight.corpus import Fault, line_of
from preflight.faults import FAULTS
from projects import upload_of
from tools.preflight.finding import Finding
from tools.preflight.inspection import inspect
from tools.runtime.upload import Upload

pytestmark = pytest.mark.slow

# `make test-all` plants every one, and has wrangler bundle each project.
EVERY = "EVERY_FAULT" in os.environ

# Of the wheel, which only this delivery compares.
OF_THE_WHEEL = {"PF501", "PF502", "PF503", "PF504", "PF506"}


def planted() -> Iterator[Fault]:
    """The first fault of each code and all about imports, or every one."""
    seen: set[str] = set()
    for fault in FAULTS:
        codes = {report.code for report in fault.reports}
        about_imports = all(code.startswith("PF2") for code in codes)
        if codes - seen or about_imports or EVERY:
            yield fault
        seen |= codes


def serious(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "info"]


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Upload]:
    """What wrangler uploads of a project that was set up, once for all who ask."""
    folder = tmp_path_factory.mktemp("uploads")
    return cache(lambda installed: upload_of(installed, folder / installed.parent.name))


def state(project: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file of a project."""
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc")
    seen = {path.relative_to(project).as_posix(): path.stat() for path in files}
    return {name: (status.st_size, status.st_mtime_ns) for name, status in seen.items()}


def is_bundled_alike(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether only the service's Python and what wrangler does not read differ.

    How such a project is bundled needs no new look at wrangler: `test_mutations.py` holds
    `bundled` against it.
    """
    changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
    return all(
        (name.startswith(("backend/", "worker/")) and name.endswith(".py"))
        or name in ("pyproject.toml", "preflight-baseline.json")
        for name in changed
    )


@pytest.mark.parametrize("fault", list(planted()), ids=lambda fault: fault.name)
def test_a_fault_is_reported_where_it_is_and_its_fix_works(
    install: Render,
    install_copy: Render,
    uploaded: Callable[[Path], Upload],
    tmp_path: Path,
    fault: Fault,
) -> None:
    of_the_wheel = any(report.code in OF_THE_WHEEL for report in fault.reports)
    # A wheel to build and libraries to bundle would only take time for the others.
    smallest = {"api_style": "workers", "delivery": "hybrid" if of_the_wheel else "wrangler"}
    answers = {**smallest, **fault.answers}
    project = install_copy(answers)
    healthy = state(project)

    def found() -> list[Finding]:
        body = project / fault.body if fault.body else None
        if not body and not EVERY and is_bundled_alike(healthy, state(project)):
            body = tmp_path / "body"
            body.write_bytes(bundled(project, uploaded(install(answers))))
        return serious(inspect(project, body=body).findings)

    fault.plant(project)
    reported = found()
    assert {(finding.code, finding.place.path) for finding in reported} == {
        (report.code, report.path) for report in fault.reports
    }, reported
    for report in fault.reports:
        lines = {
            line_of(project, finding.place.path, finding.place.line)
            for finding in reported
            if (finding.code, finding.place.path) == (report.code, report.path)
        }
        if report.line is None:
            assert lines == {None}
        else:
            assert any(report.line in (line or "") for line in lines), lines
    if fault.follow:
        fault.follow(project)
        assert found() == []


def test_the_corpus_is_large_and_covers_every_family() -> None:
    assert len(FAULTS) >= 60
    assert len(list(planted())) >= 60
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    families = {report.code[:3] for fault in FAULTS for report in fault.reports}
    assert families == {f"PF{family}" for family in range(8)}
