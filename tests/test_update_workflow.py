"""The weekly workflow: its `run` steps in order, against a template and a remote on this disk.

Left out are `pipx install uv`, since uv is there, and the last step of all, `gh pr create`: what it
would be given is looked at instead.
"""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Render
from projects import attempt, commit_all, edit, git, run, uv
from releases import CHANGELOG, NEW_DATE, project_of, release

pytestmark = pytest.mark.slow

SMALL = {"api_style": "workers", "database": "none"}
LEFT_OUT = "pipx install uv"
LAST = "gh pr create"

Outputs = dict[str, str]


class Workflow:
    """Runs the jobs of the workflow, each in a fresh clone, as GitHub does."""

    def __init__(self, file: Path, remote: Path, folder: Path) -> None:
        self.jobs: dict[str, Any] = yaml.safe_load(file.read_text())["jobs"]
        self.remote, self.folder = remote, folder
        self.outputs: dict[str, Outputs] = {}
        # The last step with its environment, when it comes to it.
        self.opened: Outputs | None = None
        self.log = ""

    def run(self) -> None:
        for name, job in self.jobs.items():
            if _holds(job.get("if"), {f"needs.{key}": it for key, it in self.outputs.items()}):
                self._run_job(name, job)

    def _run_job(self, name: str, job: Mapping[str, Any]) -> None:
        checkout = self.folder / name
        run(self.folder, "git", "clone", "--quiet", str(self.remote), str(checkout))
        contexts = {f"needs.{key}": value for key, value in self.outputs.items()}
        for number, step in enumerate(job["steps"]):
            if "run" not in step or step["run"].startswith(LEFT_OUT):
                continue
            if not _holds(step.get("if"), contexts):
                continue
            values = {key: _filled(value, contexts) for key, value in step.get("env", {}).items()}
            if step["run"].startswith(LAST):
                self.opened = {
                    **values,
                    "BODY": (checkout / "build/template-update.md").read_text(),
                }
                continue
            written = self.folder / f"{name}-{number}"
            written.touch()
            environment = [f"{key}={value}" for key, value in values.items()]
            environment += [f"GITHUB_OUTPUT={written}", f"PATH={os.environ['PATH']}"]
            shell = ("bash", "-e", "-o", "pipefail", "-c", step["run"])
            status, output = attempt(checkout, "env", *environment, *shell)
            self.log += output
            assert status == 0, output
            pairs = (line.partition("=") for line in written.read_text().splitlines())
            contexts[f"steps.{step.get('id')}"] = {key: value for key, _, value in pairs}
        outputs = job.get("outputs", {})
        self.outputs[name] = {key: _filled(value, contexts) for key, value in outputs.items()}


def _filled(text: str, contexts: Mapping[str, Outputs]) -> str:
    """The text with outputs in place of their expressions; secrets are empty."""
    for expression in re.findall(r"\$\{\{ (.*?) \}\}", text):
        context, _, name = expression.partition(".outputs.")
        assert name or expression == "secrets.TEMPLATE_UPDATE_TOKEN || github.token"
        text = text.replace("${{ " + expression + " }}", contexts.get(context, {}).get(name, ""))
    return text


def _holds(condition: str | None, contexts: Mapping[str, Outputs]) -> bool:
    if condition is None:
        return True
    left, operator, right = condition.split(" ")
    same = _filled("${{ " + left + " }}", contexts) == right.strip("'")
    return same if operator == "==" else not same


@pytest.fixture(scope="module")
def start(git_of_nobody: None, install: Render, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the first release, with a lock file, as a repository to clone."""
    folder = tmp_path_factory.mktemp("workflow")
    template = release(folder / "template")
    project = project_of(template, folder / "project", "1.0.0", SMALL)
    # It saves the search for versions, and fits: the releases differ in nothing else.
    shutil.copy(install({"api_style": "workers"}) / "uv.lock", project)
    run(project, uv(), "lock")
    commit_all(project, "Lock")
    return project


@pytest.fixture
def remote(start: Path, tmp_path: Path) -> Path:
    return shutil.copytree(start, tmp_path / "remote")


def workflow(remote: Path, folder: Path) -> Workflow:
    file = remote / ".github/workflows/template-update.yml"
    folder.mkdir()
    return Workflow(file, remote, folder)


def test_a_new_version_becomes_a_branch_that_was_checked_and_a_pull_request(
    remote: Path, tmp_path: Path
) -> None:
    main = git(remote, "rev-parse", "main")
    first = workflow(remote, tmp_path / "first")
    first.run()

    assert first.outputs["check"] == {"version": "2.0.0", "failed": ""}, first.log
    assert first.opened is not None
    assert first.opened["BRANCH"] == "template-update/2.0.0"
    assert first.opened["TITLE"] == "Update the template from 1.0.0 to 2.0.0"
    assert first.opened["DRAFT"] == "false"
    body = first.opened["BODY"]
    assert body.startswith("Setup, lint, tests and preflight passed on this branch, ")
    assert CHANGELOG[CHANGELOG.index("## [2") : CHANGELOG.index("## [1.0")].strip() in body
    assert "Not yet" not in body
    assert "The first." not in body
    for check in ("setup", "lint", "test", "preflight"):
        assert f"$ uv run poe {check}\n" in first.log
    assert git(remote, "rev-parse", "main") == main
    assert git(remote, "rev-parse", "template-update/2.0.0~1") == main
    assert NEW_DATE in git(remote, "show", "template-update/2.0.0:wrangler.toml")
    assert git(tmp_path / "first/check", "worktree", "list").count("\n") == 1

    # A week later nobody has merged it, and somebody has committed to it.
    commit = git(remote, "rev-parse", "template-update/2.0.0")
    again = workflow(remote, tmp_path / "again")
    del again.jobs["check"]["steps"][3]
    again.run()
    assert again.opened is None
    assert "template-update/2.0.0 is there already" in again.log
    assert git(remote, "rev-parse", "template-update/2.0.0") == commit


def test_a_conflict_is_a_draft_that_names_the_file(remote: Path, tmp_path: Path) -> None:
    edit(remote / "tools/runtime/errors.py", "repair", "mend")
    commit_all(remote, "Our work")
    conflict = workflow(remote, tmp_path / "conflict")
    conflict.run()

    assert conflict.outputs["check"] == {"version": "2.0.0", "failed": ""}
    assert "uv run poe" not in conflict.log
    assert conflict.opened is not None
    assert conflict.opened["DRAFT"] == "true"
    first, _, named, *_ = conflict.opened["BODY"].splitlines()
    assert first.startswith("**This cannot be merged as it is.**")
    assert named == "- `tools/runtime/errors.py`"
    text = git(remote, "show", "template-update/2.0.0:tools/runtime/errors.py")
    assert "<<<<<<< before updating" in text
    assert "mend" in text


def test_a_project_of_the_latest_version_is_left_alone(remote: Path, tmp_path: Path) -> None:
    answers = remote / ".copier-answers.yml"
    edit(answers, "_commit: 1.0.0", "_commit: 2.0.0")
    commit_all(remote, "As if updated")
    nothing = workflow(remote, tmp_path / "nothing")
    nothing.run()
    assert nothing.outputs == {"check": {"version": "", "failed": ""}}
    assert nothing.opened is None
    assert git(remote, "branch", "--list").split() == ["*", "main"]
    assert "Nothing to update: this is 2.0.0 of the template" in nothing.log


def test_what_runs_the_new_version_may_not_write_and_no_step_with_a_token_runs_it(
    start: Path,
) -> None:
    read = yaml.safe_load((start / ".github/workflows/template-update.yml").read_text())
    assert read["permissions"] == {"contents": "read"}
    assert "permissions" not in read["jobs"]["check"]
    assert read["jobs"]["publish"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    for job in read["jobs"].values():
        for step in job["steps"]:
            if "checkout@" in step.get("uses", ""):
                assert step["with"] == {"persist-credentials": False}
            # One line, and no expression that a shell would read.
            assert "\n" not in step.get("run", "")
            assert "${{" not in step.get("run", "")
    with_token = [
        step["run"]
        for step in read["jobs"]["publish"]["steps"]
        if "GH_TOKEN" in step.get("env", {})
    ]
    assert [command.split(" ")[:6] for command in with_token] == [
        ["uv", "run", "--locked", "python", "-m", "tools.template"],
        ["gh", "pr", "create", "--head", '"$BRANCH"', "--title"],
    ]
    assert "check" not in " ".join(step.get("run", "") for step in read["jobs"]["publish"]["steps"])
