"""A small healthy project to be spoilt, and what the preflight must do whatever it meets."""

import re
from pathlib import Path

from preflight.bodies import bundled, form
from preflight.bundles import CONFIG, ENTRY, SDK
from tools.preflight.inspection import Inspection, inspect
from tools.preflight.reports import FORMATS, rendered
from tools.runtime.upload import Module, Upload

PYTHON = "text/x-python"
METADATA = {
    "main_module": "entry.py",
    "bindings": [],
    "compatibility_date": "2026-11-01",
    "compatibility_flags": ["python_workers"],
}
FILES = {
    "wrangler.toml": CONFIG,
    "src/entry.py": ENTRY.replace('"hello"', "greeting.text()").replace(
        "from", "import greeting\nfrom", 1
    ),
    "src/greeting.py": 'def text():\n    return "hello"\n',
    **SDK,
    "python_modules/_workers_sdk_patch_loader.pth": "import _workers_sdk_patch_loader\n",
    "python_modules/_workers_sdk_patch_loader.py": "",
}
PARTS = {
    name.removeprefix("src/"): Module(text.encode(), PYTHON)
    for name, text in FILES.items()
    if name != "wrangler.toml"
}
WHOLE = form(PARTS, METADATA)


def write(root: Path) -> Path:
    """Write the project into the folder `root`."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def with_body(project: Path, body: bytes) -> Inspection:
    file = project.parent / "the-body"
    file.write_bytes(body)
    return told(inspect(project, body=file))


def as_it_is(project: Path) -> Inspection:
    """Inspect the upload of the project as its files are now."""
    return with_body(project, bundled(project, Upload(PARTS, METADATA, ())))


def told(inspection: Inspection) -> Inspection:
    """The inspection, if all it says can be read by people and by programs."""
    assert (inspection.status == 0) == all(
        finding.severity != "error" for finding in inspection.findings
    )
    for finding in inspection.findings:
        assert finding.place.path
        assert re.search(r"\w[^\n]+[.:]", finding.message), finding
        assert re.match(r"\S.+\.", finding.fix), finding
        assert "Traceback" not in finding.message
    for name in FORMATS:
        assert rendered(name, inspection)
    return inspection


def refused(inspection: Inspection, *words: str) -> None:
    """It could not be inspected, and one sentence says why and what to do."""
    assert inspection.status == 3
    (finding,) = inspection.findings
    assert finding.code == "PF004"
    for word in words:
        assert word in finding.message, finding
    assert re.search(r"\. \S.*\.$", finding.message, re.DOTALL), finding


def codes(inspection: Inspection) -> set[str]:
    return {finding.code for finding in inspection.findings if finding.severity != "info"}
