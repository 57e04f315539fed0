"""`copier update` of a repository that adopted the template."""

import shutil
import sys
from pathlib import Path

import pytest
from copier import run_copy, run_update

from adoption.repositories import prefixed
from projects import commit_all, edit, git, run, tree

OURS = ("pyproject.toml", "wrangler.toml", "package.json", ".gitignore")


@pytest.fixture
def releases(template: Path, tmp_path: Path) -> Path:
    """The template with two releases, which differ in what a repository has of its own or not."""
    folder = tmp_path / "template"
    shutil.copytree(template, folder, symlinks=True)
    git(folder, "tag", "1.0.0")
    edit(folder / "template/wrangler.toml.jinja", "[observability]\nenabled = true\n", "")
    edit(folder / "template/pyproject.toml.jinja", "strict = true", "strict = false")
    edit(folder / "template/package.json", "moved together", "moved at once")
    edit(folder / "template/tools/runtime/errors.py", "put right", "repair")
    edit(folder / "template/.gitignore", "build/\n", "build/\nnew/\n")
    (folder / "template/backend/src/added.py").write_text("")
    (folder / "template/tests/added.py").write_text("")
    commit_all(folder, "Second release")
    git(folder, "tag", "2.0.0")
    return folder


def test_it_brings_the_tools_and_leaves_what_was_there(releases: Path, tmp_path: Path) -> None:
    repository = prefixed().write(tmp_path / "repository")
    git(repository, "init", "--quiet")
    run_copy(str(releases), repository, vcs_ref="1.0.0", defaults=True, quiet=True)
    run(repository, sys.executable, "tools/adopt.py")
    commit_all(repository, "Adopted")
    before = tree(repository)
    answers = (repository / ".copier-answers.yml").read_text()

    run_update(repository, defaults=True, overwrite=True, quiet=True)

    after = tree(repository)
    assert {name for name in after if after[name] != before.get(name)} == {
        ".copier-answers.yml",
        "tools/node/package.json",
        "tools/runtime/errors.py",
    }
    assert before.keys() == after.keys()
    assert set(OURS) <= before.keys()
    now = (repository / ".copier-answers.yml").read_text()
    assert now == answers.replace("1.0.0", "2.0.0")
    assert "layout: in-place" in now


def test_a_service_with_src_at_its_top_keeps_its_code(releases: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    data = {"layout": "in-place"}
    run_copy(str(releases), project, data=data, vcs_ref="1.0.0", defaults=True, quiet=True)
    git(project, "init", "--quiet")
    (project / "src/domain/links/slug.py").unlink()
    commit_all(project, "Ours")
    before = tree(project)

    run_update(project, defaults=True, overwrite=True, quiet=True)

    after = tree(project)
    assert before.keys() == after.keys()
    assert {name for name in after if after[name] != before[name]} == {
        ".copier-answers.yml",
        ".gitignore",
        "package.json",
        "pyproject.toml",
        "tools/runtime/errors.py",
        "wrangler.toml",
    }
