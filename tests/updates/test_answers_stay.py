"""An update keeps the answers, hostile ones too, but for those that are changed on the way."""

from pathlib import Path

import pytest
import yaml

from projects import commit_all, edit, git
from updates.conftest import render, unmerged, update
from updates.releases import NOW


@pytest.mark.slow
def test_the_other_answers_stay_when_one_is_changed(releases: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    given = {"project_name": 'My "Links" \\ {{ 7*7 }}', "delivery": "wheel", "database": "none"}
    render(releases, "0.1.0", {**given, "ci": "github"}, project)
    workflows = project / ".github/workflows"
    edit(workflows / "ci.yml", "runs-on: ubuntu-24.04", "runs-on: macos-latest")
    (workflows / "mine.yml").write_text("name: Mine\n")
    commit_all(project, "Our work")

    update(project, {"ci": "none"})

    kept = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert kept.items() >= {**given, "ci": "none"}.items()
    assert kept["_commit"] == NOW
    assert unmerged(project) == frozenset()
    # As docs/updating.md says.
    assert [file.name for file in workflows.iterdir()] == ["mine.yml"]
    assert "macos-latest" in git(project, "show", "HEAD:.github/workflows/ci.yml")
