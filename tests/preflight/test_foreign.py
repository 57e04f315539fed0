"""Projects that are not the one the tools lie in."""

from pathlib import Path

import pytest

from conftest import Render
from preflight.clean import layouts
from projects import preflight, tree, uv_run
from tools.runtime import node
from tools.runtime.errors import ToolError
from tools.runtime.project import Project


def with_packages(root: Path, *names: str) -> Project:
    """A project whose Node packages are installed, by name at least."""
    for name in names:
        (root / "node_modules" / name).mkdir(parents=True)
        (root / "node_modules" / name / "package.json").write_text("{}")
    return Project(root)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the tools lie in."""
    monkeypatch.setattr(node, "TOOLS_ROOT", tmp_path / "tools")
    return tmp_path / "tools"


def test_a_project_is_bundled_by_its_own_wrangler(tmp_path: Path, tools: Path) -> None:
    with_packages(tools, "wrangler", "pyodide")
    foreign = with_packages(tmp_path / "foreign", "wrangler")
    command = node.wrangler_command(foreign, ["--version"])[-2]
    assert command == str(foreign.node_modules / "wrangler/wrangler-dist/cli.js")


def test_a_project_without_wrangler_is_bundled_by_that_of_the_tools(
    tmp_path: Path, tools: Path
) -> None:
    with_packages(tools, "wrangler", "pyodide")
    command = node.wrangler_command(Project(tmp_path), ["--version"])[-2]
    assert command == str(tools / "node_modules/wrangler/wrangler-dist/cli.js")


def test_a_project_is_served_by_the_runtime_of_the_tools(tmp_path: Path, tools: Path) -> None:
    foreign = with_packages(tmp_path / "foreign", "wrangler", "pyodide")
    assert node.runtime_project(foreign) == foreign
    with_packages(tools, "wrangler", "pyodide")
    assert node.runtime_project(foreign) == Project(tools)


def test_where_neither_has_wrangler_it_is_said_what_to_do(tmp_path: Path, tools: Path) -> None:
    foreign = Project(tmp_path / "foreign")
    with pytest.raises(ToolError) as raised:
        node.wrangler_command(foreign, [])
    message = str(raised.value)
    assert str(foreign.node_modules) in message
    assert f"Run `uv run poe setup` in {tools}" in message
    with pytest.raises(ToolError, match=r"no npm package pyodide in \S+ or \S+\. Run `uv run poe"):
        node.runtime_project(foreign)


@pytest.fixture
def foreign(install: Render, tmp_path: Path) -> Path:
    sdk = install({"api_style": "workers", "database": "none"}) / "python_modules"
    return layouts.RELATIVE_IMPORTS.write(tmp_path / "foreign", sdk)


@pytest.mark.slow
def test_a_project_is_inspected_without_leaving_anything_in_it(
    install: Render, foreign: Path
) -> None:
    before = tree(foreign)
    tools = install({"api_style": "workers", "database": "none"})
    output = uv_run(tools, "poe", "preflight", "--project", str(foreign))
    assert "nothing found" in output
    assert tree(foreign) == before
    assert {path.name for path in foreign.iterdir()} == {"src", "python_modules", "wrangler.toml"}


@pytest.mark.slow
def test_the_missing_wrangler_is_a_finding(foreign: Path) -> None:
    status, output = preflight(foreign)
    assert status == 3
    assert "uv run poe setup" in output
    assert "Traceback" not in output
