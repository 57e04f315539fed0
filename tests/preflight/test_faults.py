"""Each planted fault is reported with exactly its codes, where it is, and its fix works."""

import os
from collections.abc import Iterator

import pytest

from conftest import Render
from preflight.corpus import Fault, line_of
from preflight.faults import FAULTS
from tools.preflight.finding import Finding
from tools.preflight.inspection import inspect

pytestmark = pytest.mark.slow

# Of the wheel, which only this delivery compares.
OF_THE_WHEEL = {"PF501", "PF502", "PF503", "PF504", "PF506"}


def planted() -> Iterator[Fault]:
    """The first fault of each code and all about imports; `make test-all` asks for every one."""
    seen: set[str] = set()
    for fault in FAULTS:
        codes = {report.code for report in fault.reports}
        about_imports = all(code.startswith("PF2") for code in codes)
        if codes - seen or about_imports or "EVERY_FAULT" in os.environ:
            yield fault
        seen |= codes


def serious(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "info"]


@pytest.mark.parametrize("fault", list(planted()), ids=lambda fault: fault.name)
def test_a_fault_is_reported_where_it_is_and_its_fix_works(
    install_copy: Render, fault: Fault
) -> None:
    of_the_wheel = any(report.code in OF_THE_WHEEL for report in fault.reports)
    # Building a wheel for the others would only take time.
    delivery = "hybrid" if of_the_wheel else "wrangler"
    project = install_copy({"delivery": delivery, **fault.answers})
    body = project / fault.body if fault.body else None
    fault.plant(project)
    reported = serious(inspect(project, body=body).findings)
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
        assert serious(inspect(project, body=body).findings) == []


def test_the_corpus_is_large_and_covers_every_family() -> None:
    assert len(FAULTS) >= 60
    assert len(list(planted())) >= 60
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    families = {report.code[:3] for fault in FAULTS for report in fault.reports}
    assert families == {f"PF{family}" for family in range(8)}
