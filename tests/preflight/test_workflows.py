"""The rendered GitHub workflows run the preflight, with no more rights than that takes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Render


@pytest.fixture(scope="module")
def folder(render: Render) -> Path:
    return render({"ci": "github"}) / ".github/workflows"


def workflow(file: Path) -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(file.read_text())
    return read


def test_every_pull_request_is_checked_and_its_findings_are_kept(folder: Path) -> None:
    ci = workflow(folder / "ci.yml")
    # YAML 1.1 reads the key `on` as true.
    assert "pull_request" in ci[True]
    steps = ci["jobs"]["preflight"]["steps"]
    runs = [step.get("run", "") for step in steps]
    checking = runs.index("uv run poe preflight --sarif preflight.sarif")
    assert runs.index("uv run --locked poe setup") < checking
    upload = steps[checking + 1]
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    assert upload["with"] == {"sarif_file": "preflight.sarif"}
    assert "!cancelled()" in upload["if"], "findings fail the step before"
    assert upload["continue-on-error"] is True, "not every repository has code scanning"


# What a job may write besides reading contents, and why.
WRITING = {
    # The findings, for code scanning.
    "ci": {("preflight", "security-events")},
    # The branch of an update and its pull request; see tests/test_update_workflow.py.
    "template-update": {("publish", "contents"), ("publish", "pull-requests")},
}


def test_no_job_may_write_more_than_it_has_to(folder: Path) -> None:
    for file in folder.iterdir():
        read = workflow(file)
        assert read["permissions"] == {"contents": "read"}
        granted = {name: job.get("permissions", {}) for name, job in read["jobs"].items()}
        writing = {
            (name, scope)
            for name, permissions in granted.items()
            for scope, access in permissions.items()
            if access == "write"
        }
        assert writing == WRITING.get(file.stem, set())


def test_a_deploy_runs_the_preflight_first(render: Render, folder: Path) -> None:
    steps = workflow(folder / "deploy.yml")["jobs"]["deploy"]["steps"]
    assert 'uv run poe deploy --env "$ENVIRONMENT"' in [step.get("run") for step in steps]
    project = (render({"ci": "github"}) / "pyproject.toml").read_text()
    task = project.partition("[tool.poe.tasks.deploy]")[2].partition("\n\n")[0]
    assert task.index("tools.preflight") < task.index("pywrangler deploy")


def test_every_action_is_pinned_to_a_commit_and_names_its_version(folder: Path) -> None:
    used = [
        line.strip()
        for file in folder.iterdir()
        for line in file.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(used) >= 5
    for line in used:
        assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
