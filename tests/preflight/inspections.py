"""Inspections to report on, made without wrangler: of a layered service and of hostile names."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.preflight.bundle import Bundle
from tools.preflight.composition import compose
from tools.preflight.finding import Finding, Place, found
from tools.preflight.inspection import Inspection
from tools.preflight.wiring import load
from tools.runtime.upload import Module, Upload

CONFIG = """\
name = "service"
main = "worker/entry.py"
base_dir = "backend"
compatibility_date = "2026-10-01"
compatibility_flags = ["python_workers"]
"""

PYPROJECT = """\
[tool.setuptools.packages.find]
where = ["backend"]
include = ["src*"]

[[tool.preflight.ignore]]
code = "PF305"
reason = "They <b>are</b> used"
"""

# Each could do harm in some format, were it printed as it is.
HOSTILE = (
    "<img src=x onerror=alert(1)>.py",
    "\x1b[31mred\x1b[0m.py",
    "a|b`c`*d*_e_.py",
    "line\n::error::break.py",
    "comma,colon:percent%0A.py",
    "bytes\udcff.py",
    "\u202egnp.py",
    "[bold red]markup :smile: $style ${facts}.py",
    "]]>&amp;\"quoted'.py",
    "##[error]old command.py",
    "https:evil.example www.evil.example @someone #1.py",
    "![image](x)[link](javascript:x).py",
)

SECRET = "AKIA-not-a-real-key"

MODULES = {
    "src/main.py": "from src.bootstrap import app\nfrom src.domain.link import Link\n",
    "src/bootstrap.py": "from src.application import service\nimport src.infrastructure.store\n",
    "src/application/service.py": "from ..domain import link\n",
    "src/infrastructure/store.py": "def load():\n    from src.domain import link\n",
    "src/domain/link.py": "class Link: ...\n",
    "src/domain/__init__.py": "",
    "entry.py": "from src.main import Link as Default\n",
    "python_modules/vendored/__init__.py": "x = 1\n" * 5000,
    "python_modules/vendored/<b>.py": "y = 1\n" * 300,
}


def project(folder: Path) -> Path:
    """A service in a folder of a repository, with its modules as files."""
    (folder / ".git").mkdir(parents=True)
    root = folder / "services" / "links"
    for name, text in {**MODULES, "python_modules/.synced": ""}.items():
        place = {"entry.py": "worker/entry.py"}.get(name, name)
        file = root / (
            place if place.startswith(("worker", "python_modules")) else f"backend/{name}"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "wrangler.toml").write_text(CONFIG)
    (root / "pyproject.toml").write_text(PYPROJECT)
    return root


def inspection(
    root: Path,
    findings: Sequence[Finding],
    *,
    suppressed: Sequence[Finding] = (),
    modules: Mapping[str, str] = MODULES,
) -> Inspection:
    """A failed inspection of `project` with these findings."""
    upload = Upload(
        {name: Module(text.encode(), "text/x-python") for name, text in modules.items()},
        {"main_module": "entry.py"},
        (),
    )
    bundle = Bundle(load(root, None), upload)
    return Inspection(
        root=root,
        env=None,
        status=1,
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        bundle=bundle,
        composition=compose(bundle),
        wrangler="Total Upload: 41.2 KiB / gzip: 1.1 KiB",
        wheel_agrees=True,
        seconds=0.25,
        others={"wrangler": 2.5},
    )


def hostile(folder: Path) -> Inspection:
    """An inspection whose findings, files and source lines are made of hostile names."""
    root = project(folder)
    findings = []
    for name in HOSTILE:
        path = f"backend/src/{name}"
        (root / path).write_text(f"import os  # {name.replace(chr(10), ' ')}\n", errors="replace")
        findings.append(
            found(
                "PF201",
                Place(path, 1, 1, 10),
                target=name,
                message=f"The module {name} is missing.",
                fix=f"Create {name}.",
            )
        )
    suppressed = [
        found("PF305", f"backend/src/tests/{name}", target=name, message=name, fix=name)
        for name in HOSTILE
    ]
    modules = {**MODULES, **{f"src/{name}": "x = 1\n" for name in HOSTILE}}
    return inspection(root, findings, suppressed=suppressed, modules=modules)


def of_secret(folder: Path) -> Inspection:
    """An inspection that found a secret in a line, and something else beside it."""
    root = project(folder)
    path = "backend/src/main.py"
    (root / path).write_text(f'key = "{SECRET}"\n')
    secret = found(
        "PF303", Place(path, 1), target="key", message="A key is uploaded.", fix="Delete it."
    )
    other = found("PF210", Place(path, 1), target="x", message="It does nothing.", fix="Delete it.")
    return inspection(root, [secret, other])


def body(modules: Mapping[str, bytes], main_module: str) -> bytes:
    """The body that wrangler would send."""
    boundary = b"----boundary"
    metadata = json.dumps({"main_module": main_module}).encode()
    parts = [
        b'Content-Disposition: form-data; name="metadata"; filename="blob"\r\n'
        b"Content-Type: application/json\r\n\r\n" + metadata
    ]
    parts += [
        b'Content-Disposition: form-data; name="%b"; filename="%b"\r\n'
        b"Content-Type: text/x-python\r\n\r\n%b" % (name.encode(), name.encode(), content)
        for name, content in modules.items()
    ]
    whole = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    return b"%b--%b--\r\n" % (whole, boundary)
