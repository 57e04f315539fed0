"""`copier copy` into repositories that have `src` already, and what becomes of them."""

import sys
from pathlib import Path

import pytest
from copier import run_copy

from adoption.conftest import Starts
from adoption.repositories import REPOSITORIES, Repository
from adoption.sharing import share
from conftest import Render
from projects import attempt, commit_all, git, tree
from tools.preflight.inspection import inspect
from tools.runtime.project import Project
from tools.runtime.upload import dry_run

ADOPT = (sys.executable, "tools/adopt.py")


class Adopted:
    """A repository into which the template was copied; `before` is what it held."""

    def __init__(self, repository: Repository, folder: Path, template: Path) -> None:
        self.repository = repository
        self.folder = repository.write(folder)
        if repository.git:
            git(folder, "init", "--quiet", "--initial-branch=main")
            commit_all(folder, "Ours")
        self.before = tree(self.folder)
        run_copy(
            str(template),
            self.folder,
            data=repository.answers,
            defaults=True,
            quiet=True,
        )

    def all(self) -> dict[str, bytes]:
        return tree(self.folder)

    def code(self) -> dict[str, bytes]:
        return self._code(self.all())

    def code_before(self) -> dict[str, bytes]:
        return self._code(self.before)

    def _code(self, files: dict[str, bytes]) -> dict[str, bytes]:
        package = f"{self.repository.package}/"
        return {name: text for name, text in files.items() if name.startswith(package)}


@pytest.mark.slow
@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_repository_keeps_all_it_has_and_starts_or_is_refused_with_the_reason(
    plain: Path, install: Render, starts: Starts, tmp_path: Path, name: str
) -> None:
    repository = REPOSITORIES[name]()
    adopted = Adopted(repository, tmp_path / "repository", plain)

    # Copying only adds, and nothing of the example.
    after = adopted.all()
    assert {name: after[name] for name in adopted.before} == adopted.before
    added = after.keys() - adopted.before.keys()
    assert {"worker/entry.py", ".copier-answers.yml", "tools/adopt.py"} <= added
    example = ("src/", "app/", "backend/", "tests/", "migrations/", "README.md")
    assert [name for name in added if name.startswith(example)] == []

    # Wiring touches no code, and is done once.
    status, output = attempt(adopted.folder, *ADOPT)
    assert adopted.code() == adopted.code_before()
    if repository.refusal:
        assert status == 1
        assert repository.refusal in output
        return
    assert status == 0, output
    wired = adopted.all()
    assert attempt(adopted.folder, *ADOPT) == (0, "Nothing to repair.\n")
    assert adopted.all() == wired

    share(install({}), adopted.folder)
    body = tmp_path / "body"
    dry_run(Project(adopted.folder), body)
    found = inspect(adopted.folder, body=body).findings
    assert {finding.code for finding in found if finding.severity == "error"} == repository.codes
    if not repository.codes:
        starts(adopted.folder, body)
    assert adopted.code() == adopted.code_before()
