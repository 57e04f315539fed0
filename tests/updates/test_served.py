"""A project of an old version, worked on and updated, answers on the local runtime."""

import itertools
import os
import shutil
from pathlib import Path
from random import Random

import httpx
import pytest

from conftest import Render
from projects import Answers, git, name_of
from test_deployed import PAIRS, each
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project
from updates.conftest import Edited
from updates.counts import Record
from updates.releases import NOW, VERSIONS

pytestmark = pytest.mark.slow

OLD = [version for version in VERSIONS if version != NOW]
# Every delivery and every old version once; `make test-all` asks for all.
WHOLE = "WHOLE_UPDATE_MATRIX" in os.environ
FROM = {
    name_of(answers): OLD if WHOLE else [version]
    for answers, version in zip(PAIRS, itertools.cycle(OLD))
}
# What leaves a project that can be served.
KINDS = ["edit-theirs", "edit-templates", "delete", "rename", "add", "dependency", "reformat"]


@pytest.mark.timeout(300 * len(OLD))
@each(PAIRS if WHOLE else [PAIRS[0], PAIRS[4], PAIRS[5]])
def test_an_updated_project_answers(
    edited_and_updated: Edited, install: Render, record: Record, tmp_path: Path, answers: Answers
) -> None:
    installed = install(answers)
    for version in FROM[name_of(answers)]:
        project = tmp_path / version
        random = Random(f"{version} {name_of(answers)}")
        given = {**answers, "ci": "github"}
        result = edited_and_updated(version, given, KINDS, random, project)
        record(version, given, KINDS, result)
        assert result.faults() == []

        # A user who takes the new version wherever there is a conflict.
        for name in sorted(result.unmerged):
            git(project, "checkout", "--theirs", "--", name)
        # Without the file that pyproject.toml names no wheel is built; who deleted it is told so.
        (project / "README.md").touch()
        (project / "node_modules").symlink_to(installed / "node_modules")
        without_src = shutil.ignore_patterns("src", "src-*", "*_worker-*")
        shutil.copytree(
            installed / "python_modules", project / "python_modules", ignore=without_src
        )
        with Deployment(Project(project)) as deployment:
            answer = httpx.get(f"{deployment.url}/health", timeout=60)
        assert answer.status_code == 200, answer.text
