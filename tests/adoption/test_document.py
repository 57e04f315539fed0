"""docs/adopting.md, done as it is written."""

import re
import sys
from pathlib import Path

import pytest

from adoption.repositories import document
from projects import ROOT, attempt, commit_all, git, run, tree

TEXT = (ROOT / "docs/adopting.md").read_text()
ADDRESS = "TEMPLATE"


def commands() -> list[str]:
    """The lines of the shell blocks."""
    return "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).splitlines()


@pytest.mark.slow
def test_its_commands_take_a_repository_to_a_started_worker(template: Path, tmp_path: Path) -> None:
    repository = document().write(tmp_path)
    git(repository, "init", "--quiet")
    commit_all(repository, "Ours")
    before = tree(repository)
    copier = f"{sys.executable} -m copier"
    printed = ""
    for command in commands():
        # A release has an address; the suggested answers are taken unasked.
        here = command.replace("uvx copier copy", f"{copier} copy --defaults --vcs-ref HEAD")
        printed = run(repository, "bash", "-c", here.replace(ADDRESS, str(template)))

    # The last one says what changed of what was there.
    changed = sorted(re.findall(r"modified: +(\S+)", printed))
    assert changed == ["pyproject.toml", "wrangler.toml"]
    after = tree(repository)
    assert {name for name in before if before[name] != after.get(name)} == set(changed)
    assert (repository / "uv.lock").is_file()
    # Found by the preflight, and repaired by it.
    assert 'exclude = ["**/tests/", "/src/docs"]' in (repository / "pyproject.toml").read_text()


def test_the_table_it_shows_is_the_one_that_is_written() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    source = ROOT / "template/tools/preflight/repairs/in_place/pyproject.py"
    for line in shown.splitlines()[1:]:
        key, _, value = line.partition(" = ")
        expected = {"include": "[package]", "exclude": value}[key]
        assert f'"{key}"), {expected}' in source.read_text()


def test_what_it_says_is_refused_has_its_code(tmp_path: Path) -> None:
    codes = re.findall(r"PF\d{3}", TEXT)
    assert codes
    for code in codes:
        explain = [sys.executable, "-m", "tools.preflight", "explain", code]
        assert attempt(ROOT / "template", *explain)[0] == 0
