"""What `copier copy` makes of every combination of answers."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from copier import run_copy

from conftest import Render
from projects import ROOT, Answers, combinations, name_of, run, tree

ALL = combinations("api_style", "database", "delivery", "ci")

every_combination = pytest.mark.parametrize("answers", ALL, ids=name_of)

# `${{ }}` is GitHub's; `{{` without a blank is Python's own.
JINJA = re.compile(r"(?<!\$)\{\{-? |\{%|%\}|\{#-? ")


def questions() -> dict[str, object]:
    """What copier.yml asks."""
    return {
        name: question
        for name, question in yaml.safe_load((ROOT / "copier.yml").read_text()).items()
        if not name.startswith("_")
        and question.get("when") is not False
        and question.get("ask") is not False
    }


@every_combination
def test_nothing_of_jinja_is_left(render: Render, answers: Answers) -> None:
    project = render(answers)
    assert [name for name in tree(project) if JINJA.search(name) or name.endswith(".jinja")] == []
    for name, content in tree(project).items():
        assert not JINJA.search(content.decode()), name


@every_combination
def test_every_document_parses(render: Render, answers: Answers) -> None:
    for name, content in tree(render(answers)).items():
        text = content.decode()
        match Path(name).suffix:
            case ".toml":
                tomllib.loads(text)
            case ".json":
                json.loads(text)
            case ".yml" | ".yaml":
                yaml.safe_load(text)
            case ".py":
                compile(text, name, "exec")


@every_combination
def test_ruff_has_nothing_to_change(render: Render, answers: Answers) -> None:
    project = render(answers)
    ruff = [sys.executable, "-m", "ruff"]
    run(project, *ruff, "format", "--check", "--no-cache")
    run(project, *ruff, "check", "--no-cache")


@every_combination
def test_every_file_ends_with_one_line_break_and_no_line_with_a_blank(
    render: Render, answers: Answers
) -> None:
    for name, content in tree(render(answers)).items():
        text = content.decode()
        assert not text or re.search(r"[^\s]\n\Z", text), name
        assert not re.search(r"[ \t]$", text, re.MULTILINE), name
        assert "\r" not in text, name


@every_combination
def test_the_answers_are_kept(render: Render, answers: Answers) -> None:
    kept = yaml.safe_load((render(answers) / ".copier-answers.yml").read_text())
    assert kept.items() >= answers.items()
    assert kept.keys() == questions().keys() | {"_commit", "_src_path", "layout"}
    assert kept["layout"] == "module-root"


@every_combination
def test_an_answer_brings_its_files_and_no_others(render: Render, answers: Answers) -> None:
    project = render(answers)
    assert (project / "migrations").exists() == (answers["database"] == "d1")
    assert (project / ".github").exists() == (answers["ci"] == "github")
    assert [path.name for path in (project / "backend").iterdir()] == ["src"]
    assert [path.name for path in (project / "worker").iterdir()] == ["entry.py"]
    if answers["api_style"] == "workers":
        ours = [file for part in ("backend", "worker", "tests") for file in _python(project / part)]
        assert [file for file in ours if re.search("fastapi", file.read_text(), re.I)] == []


def _python(folder: Path) -> list[Path]:
    return list(folder.rglob("*.py"))


@pytest.mark.parametrize("answers", combinations("api_style", "database"), ids=name_of)
def test_the_delivery_decides_on_no_python_file(render: Render, answers: Answers) -> None:
    trees = [
        {
            name: content
            for name, content in tree(render({**answers, "delivery": delivery})).items()
            if name.endswith(".py") or name == "pyproject.toml"
        }
        for delivery in ("hybrid", "wrangler", "wheel")
    ]
    assert trees[0] == trees[1] == trees[2]


@pytest.mark.parametrize("style", ["fastapi", "workers"])
def test_the_api_style_decides_on_presentation_and_composition_root_alone(
    render: Render, style: str
) -> None:
    other = {"fastapi": "workers", "workers": "fastapi"}[style]
    mine, theirs = (tree(render({"api_style": one}) / "backend/src") for one in (style, other))
    differing = {name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)}
    assert "main.py" in differing
    assert [name for name in differing if not name.startswith(("main.py", "presentation/"))] == []


def test_a_second_copy_with_the_same_answers_changes_nothing(
    template: Path, tmp_path: Path
) -> None:
    def copy() -> dict[str, bytes]:
        run_copy(str(template), tmp_path, vcs_ref="HEAD", defaults=True, overwrite=True, quiet=True)
        return tree(tmp_path)

    assert copy() == copy()


def test_copying_with_the_suggested_answers_needs_no_trust(template: Path, tmp_path: Path) -> None:
    copier = [sys.executable, "-m", "copier"]
    run(template, *copier, "copy", "--defaults", "--vcs-ref", "HEAD", ".", str(tmp_path / "new"))
    assert (tmp_path / "new/wrangler.toml").is_file()


def test_at_most_eight_questions_are_asked() -> None:
    assert 0 < len(questions()) <= 8
