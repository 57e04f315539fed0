"""One answer moves `src` from one route to the other and back, whatever the user has written."""

import json
import re
import sys
import urllib.request
from pathlib import Path

import pytest
from copier import run_update

from conftest import Render
from projects import attempt, commit_all, edit, git, preflight, uv_run
from tools.runtime import fallback
from tools.runtime.deployment import Deployment
from tools.runtime.errors import ToolError
from tools.runtime.project import Project

pytestmark = pytest.mark.slow

# What the user did, by file.
EDITS = {
    "backend/src/core/config/settings.py": ("SERVICE_NAME", "ENVIRONMENT"),
    "wrangler.toml": ('LOG_LEVEL = "INFO"', 'LOG_LEVEL = "DEBUG"  # ours'),
    "pyproject.toml": ("dependencies = [\n", "dependencies = [\n    # ours\n"),
}


def switch(project: Path, delivery: str) -> None:
    """`copier update --data delivery=…`, committed; nothing is left in conflict."""
    data = {"delivery": delivery}
    run_update(project, data=data, defaults=True, overwrite=True, quiet=True)
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""
    commit_all(project, f"Deliver by {delivery}")


def name_in_answer(project: Path) -> str:
    """The name of the service in the answer of the deployed upload, which an edit changed."""
    with (
        Deployment(Project(project)) as deployment,
        urllib.request.urlopen(f"{deployment.url}/health", timeout=60) as response,
    ):
        return str(json.load(response)["name"])


@pytest.fixture
def project(install_copy: Render) -> Path:
    """A project that was set up, edited and committed."""
    project = install_copy({"api_style": "workers"})
    for name, (old, new) in EDITS.items():
        edit(project / name, old, new)
    git(project, "init", "--quiet", "--initial-branch=main")
    commit_all(project, "Our work")
    return project


def test_the_switch_there_and_back_keeps_every_edit_and_both_directions_boot(
    project: Path,
) -> None:
    before = git(project, "rev-parse", "HEAD").strip()
    assert name_in_answer(project) == "local"

    switch(project, "wheel")
    assert "base_dir" not in Project(project).config
    assert all(new in (project / name).read_text() for name, (_, new) in EDITS.items())
    assert name_in_answer(project) == "local"
    assert preflight(project)[0] == 0

    switch(project, "hybrid")
    # It takes the wheel's copy of `src` away, which would be served, and no edit shown.
    uv_run(project, "poe", "setup", "--no-snapshot")
    assert name_in_answer(project) == "local"
    assert preflight(project)[0] == 0
    assert git(project, "diff", "--stat", before) == ""


def test_the_preflight_of_a_wheel_says_what_wrangler_would_not_upload(install_copy: Render) -> None:
    project = install_copy({"api_style": "workers", "delivery": "wheel"})
    status, output = preflight(project)
    assert (status, "wheel: it holds what wrangler would upload" in output) == (0, True)

    (project / "backend/src/core/names.csv").write_text("a,b\n")
    edit(project / "pyproject.toml", '"*.html", ', '"*.csv", "*.html", ')
    status, output = preflight(project)
    assert (status, "warning[PF502]" in output) == (0, True), output
    assert "backend/src/core/names.csv" in output


@pytest.mark.parametrize("delivery", ["hybrid", "wheel"])
def test_the_other_route_carries_the_same_code_and_starts(
    install_copy: Render, delivery: str
) -> None:
    project = install_copy({"api_style": "workers", "delivery": delivery})
    status, output = attempt(project, sys.executable, "-m", "tools.runtime.fallback")
    assert status == 0, output
    other = {"hybrid": "wheel", "wheel": "wrangler"}[delivery]
    assert re.search(rf"The other route \({other}\) carries the same \d+ modules", output)
    assert list(Project(project).scratch.glob("fallback-*")) == []


def test_a_file_that_the_other_route_would_drop_is_named(install_copy: Render) -> None:
    project = install_copy({"api_style": "workers"})
    (project / "backend/src/core/names.json").write_text("[]")
    edit(project / "pyproject.toml", '"*.json", ', "")
    with pytest.raises(ToolError, match=r"src/core/names\.json would be missing"):
        fallback.prove(Project(project))


def test_what_the_installed_wheel_cannot_import_is_named(install_copy: Render) -> None:
    project = install_copy({"api_style": "workers"})
    edit(
        project / "backend/src/bootstrap.py", "import logging\n", "import logging\nimport tomlkit\n"
    )
    (project / "python_modules/tomlkit.py").write_text("")
    with pytest.raises(ToolError, match="No module named 'tomlkit'"):
        fallback.prove(Project(project))


def test_a_project_that_keeps_no_other_route_has_nothing_to_prove(render: Render) -> None:
    project = render({"delivery": "wrangler"})
    status, output = attempt(project, sys.executable, "-m", "tools.runtime.fallback")
    assert (status, "keeps no other route" in output) == (0, True)
