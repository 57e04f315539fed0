"""A new service with `src` at its top: `--data layout=in-place` in an empty folder."""

from pathlib import Path

import pytest
from copier import run_copy

from adoption.conftest import Starts
from adoption.sharing import share
from conftest import Render
from projects import tree
from tools.preflight.fix import adopt
from tools.preflight.inspection import inspect
from tools.runtime.project import Project
from tools.runtime.upload import dry_run, read


@pytest.mark.slow
@pytest.mark.parametrize("delivery", ["hybrid", "wheel"])
def test_it_is_the_same_service_and_starts(
    plain: Path, render: Render, install: Render, starts: Starts, tmp_path: Path, delivery: str
) -> None:
    project = tmp_path / "project"
    answers = {"layout": "in-place", "delivery": delivery}
    run_copy(str(plain), project, data=answers, defaults=True, quiet=True)
    usual = tree(render({"delivery": delivery}))

    def moved(name: str) -> str:
        return name.removeprefix("backend/")

    assert tree(project).keys() == {moved(name) for name in usual}
    differing = {name for name in usual if tree(project)[moved(name)] != usual[name]}
    assert differing == {".copier-answers.yml", "README.md", "pyproject.toml", "wrangler.toml"}
    # It is wired already.
    assert adopt(project, dry_run=False) == 0
    assert {name for name in usual if tree(project)[moved(name)] != usual[name]} == differing

    share(install({}), project)
    body = tmp_path / "body"
    dry_run(Project(project), body)
    route = "python_modules/" if delivery == "wheel" else ""
    uploaded = {
        name.removeprefix(route): module.content
        for name, module in read(body).modules.items()
        if name.startswith(f"{route}src/")
    }
    assert uploaded == {name: text for name, text in tree(project).items() if name[:4] == "src/"}
    inspection = inspect(project, body=body)
    assert inspection.findings == ()
    assert inspection.wheel_agrees is (True if delivery == "hybrid" else None)
    starts(project, body)
