"""The table of docs/updating.md, copier.yml and what an update does say the same."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, StrictUndefined

from projects import ROOT, SUGGESTED, Answers, git, tree
from tools.template import ownership
from updates.conftest import Released, render, unmerged, update
from updates.ownership import OWNED, TEMPLATES, YOURS, within
from updates.releases import NOW, release

WITHOUT = {"api_style": "workers", "database": "none", "delivery": "wheel", "ci": "none"}
NEXT = "100.0.0"


def excluded(operation: str, answers: dict[str, Any]) -> set[str]:
    """What `_exclude` of copier.yml says in a project with these answers."""
    lines = yaml.safe_load((ROOT / "copier.yml").read_text())["_exclude"]
    environment = Environment(undefined=StrictUndefined)
    context = {**answers, "_copier_operation": operation}
    return {environment.from_string(line).render(context) for line in lines}


def test_copier_excludes_from_updates_what_the_table_calls_yours(released: Released) -> None:
    file = released(NOW, SUGGESTED) / ".copier-answers.yml"
    answers = yaml.safe_load(file.read_text())
    on_update = excluded("update", answers) - excluded("copy", answers)
    assert on_update == {f"/{name.removesuffix('/')}" for name in YOURS}


@pytest.mark.parametrize("answers", [SUGGESTED, WITHOUT], ids=["all", "least"])
def test_the_table_names_each_file_of_a_new_project_once(
    released: Released, answers: Answers
) -> None:
    for name in tree(released(NOW, answers)):
        owners = [owner for owner, owned in OWNED.items() if within(name, owned)]
        assert len(owners) == 1, f"{name} is {owners or 'in no row'}"
        assert owners != ["generated"], name


def test_the_table_names_nothing_of_the_templates_that_does_not_exist(released: Released) -> None:
    names = tree(released(NOW, SUGGESTED))
    # The other place for the package, in a repository that had one.
    owned = {*TEMPLATES, *YOURS} - {"src/"}
    assert [each for each in owned if not any(within(name, (each,)) for name in names)] == []


def test_the_tools_of_a_project_know_the_same_owners() -> None:
    tables = (ownership.TEMPLATES, ownership.USERS, ownership.GENERATED)
    for named, owner in zip(tables, ("the template's", "yours", "generated"), strict=True):
        assert set(named) == {name.removesuffix("/") for name in OWNED[owner]}


@pytest.mark.slow
def test_a_version_that_changes_every_file_changes_those_of_the_template(
    releases: Path, tmp_path: Path
) -> None:
    template, project = tmp_path / "template", tmp_path / "project"
    shutil.copytree(releases, template)
    render(template, NOW, SUGGESTED, project)
    for name in ("README.md", "tests/unit/doubles.py", "tools/runtime/glue.py"):
        (project / name).unlink()
    git(project, "commit", "--quiet", "--all", "--message", "Deleted")
    for file in (template / "template").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes() + b"\n")
    release(template, NEXT)
    before = tree(project)

    update(project)

    after = tree(project)
    assert unmerged(project) == frozenset()
    assert after.keys() == before.keys()
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {name for name in before if not within(name, YOURS)}
