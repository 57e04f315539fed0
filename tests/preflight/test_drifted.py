"""PF007: wiring that is not the template's is reported, what people edit every day is not."""

import shutil
from itertools import product
from pathlib import Path

import pytest

from conftest import Render
from projects import edit
from tools.preflight.checks import drifted
from tools.preflight.wiring import load

CONFIG = "wrangler.toml"
WIRINGS = [
    {"delivery": delivery, "api_style": "workers", "database": "none", "ci": "none"}
    for delivery in ("hybrid", "wrangler", "wheel")
]


def drift(project: Path, env: str | None = None) -> dict[str, int | None]:
    """The settings that drifted, each with the line that is shown."""
    findings = drifted.check(load(project, env))
    return {finding.target: finding.place.line for finding in findings}


@pytest.fixture
def project(render: Render, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return shutil.copytree(render(request.param), tmp_path / "project")


@pytest.mark.parametrize(
    ("project", "env"),
    list(product(WIRINGS, (None, "develop"))),
    indirect=["project"],
    ids=lambda it: it["delivery"] if isinstance(it, dict) else str(it),
)
def test_a_render_has_not_drifted_nor_after_what_people_edit_every_day(
    project: Path, env: str | None
) -> None:
    assert drift(project, env) == {}
    config = project / CONFIG
    edit(config, "[vars]\n", '[vars]\nMINE = "1"\n')
    edit(config, 'main = "worker/entry.py"', "main = './worker/start.py'")
    edit(config, '"**/*.pyc",\n', '"**/*.pyc",\n    "mine/**",\n')
    edit(project / "pyproject.toml", "dependencies = [\n", 'dependencies = [\n    "idna",\n')
    if "base_dir" in config.read_text():
        edit(config, 'base_dir = "backend"', 'base_dir = "./backend/"')
    config.write_text(
        config.read_text().replace('command = "', 'command = "make && ')
        + '\n[[kv_namespaces]]\nbinding = "KV"\nid = "0"\n'
    )
    assert drift(project, env) == {}


@pytest.mark.parametrize(
    ("project", "old", "new", "found"),
    [
        (WIRINGS[0], 'base_dir = "backend"\n', "", {"base_dir": 5}),
        (WIRINGS[1], 'base_dir = "backend"', 'base_dir = "backend/src"', {"base_dir": 6}),
        (WIRINGS[0], "worker/entry.py", "backend/src/main.py", {"main": 5}),
        (WIRINGS[2], "tools.runtime.wheel", "mine.wheel", {"build.command": None}),
        (WIRINGS[2], "\n# Python 3.14.", '\nbase_dir = "backend"\n# Python 3.14.', {"base_dir": 6}),
    ],
    indirect=["project"],
)
def test_a_changed_wiring_is_reported_where_it_is(
    project: Path, old: str, new: str, found: dict[str, int | None]
) -> None:
    edit(project / CONFIG, old, new)
    seen = drift(project)
    assert seen.keys() == found.keys()
    for setting, line in found.items():
        text = (project / CONFIG).read_text().splitlines()[(seen[setting] or 1) - 1]
        assert line is None or seen[setting] == line, text


def test_the_layout_decides_which_wiring_is_the_templates(render: Render, tmp_path: Path) -> None:
    project = shutil.copytree(render(WIRINGS[1]), tmp_path / "project")
    answers = project / ".copier-answers.yml"
    text = "\n".join(
        line for line in answers.read_text().splitlines() if not line.startswith("layout:")
    )
    answers.write_text(text + "\nlayout: in-place\n")
    assert drift(project).keys() == {"base_dir", "build.command"}
    edit(project / CONFIG, 'base_dir = "backend"', 'base_dir = ".worker"')
    with (project / CONFIG).open("a") as config:
        config.write('\n[build]\ncommand = "python -m tools.runtime.staging"\nwatch_dir = "src"\n')
    with (project / "pyproject.toml").open("a") as pyproject:
        pyproject.write('\n[tool.staging]\ninclude = ["backend/src"]\n')
    assert drift(project) == {}


def test_a_project_of_somebody_else_has_no_wiring_to_drift_from(
    render: Render, tmp_path: Path
) -> None:
    project = shutil.copytree(render(WIRINGS[0]), tmp_path / "project")
    (project / ".copier-answers.yml").unlink()
    edit(project / CONFIG, 'base_dir = "backend"\n', "")
    assert drift(project) == {}
