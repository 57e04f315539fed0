"""Answers that nobody hoped for: refused with a word on what is valid, or rendered unharmed."""

import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier import run_copy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from projects import Answers, tree

HOSTILE = [
    '"',
    "'",
    '"""',
    "\\",
    '\\"',
    "\\u0000",
    "\n",
    "\r",
    "\t",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\U0001f409",
    "{{ 7*7 }}",
    "{% raw %}",
    "{#",
    "${{ secrets.TOKEN }}",
    "$(id)",
    "`id`",
    "# ",
    ": ",
    "- ",
    "|",
    "[x](y)",
    "<b>",
    "&amp;",
    "@",
    "%",
    "---",
    "true",
    "~",
    " ",
]

texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.sampled_from("aZ09é漢")), max_size=8).map(
        "".join
    ),
    st.text("ab ", min_size=45, max_size=320),
)


@pytest.fixture(scope="session")
def carriers(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template less the files that are copied as they are, to render in no time."""
    folder = tmp_path_factory.mktemp("carriers") / "template"
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns(".git"))
    for file in (folder / "template").rglob("*"):
        if file.is_file() and file.suffix != ".jinja":
            file.unlink()
    return folder


def render(template: Path, folder: Path, **answers: str) -> None:
    run_copy(str(template), folder, data=answers, defaults=True, quiet=True)


def rendered(template: Path, folder: Path, answers: Answers) -> dict[str, Any]:
    """The documents that carry the answers, parsed."""
    render(template, folder, **answers)
    documents: dict[str, Any] = {}
    for name, content in tree(folder).items():
        match Path(name).suffix:
            case ".toml":
                documents[name] = tomllib.loads(content.decode())
            case ".yml" | ".yaml":
                documents[name] = yaml.safe_load(content.decode())
    return documents


@example(name="Short Links", description="{{ 7*7 }} {% raw %} {# x #}", author="# a: - 'b'")
@example(name='"""\\"a', description='\\"""\\', author="\\u0041 \\")
@example(name="\U0001f409 a", description="\U0001f409\ufeff\uffff", author="\u202e漢")
@example(name="true", description="null", author="123")
@example(name="${{ x }}", description="${{ x }}", author="<b>&amp;</b>")
@example(name="a" * 50, description="x" * 300, author="x" * 100)
@example(name="a" * 51, description="x", author="x")
@example(name="a\nb", description="x", author="x")
@example(name="a", description="x\ud800", author="x")
@example(name="", description="", author="")
@given(name=texts, description=texts, author=texts)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_answer_is_refused_with_a_valid_one_or_arrives_as_it_was_given(
    carriers: Path, name: str, description: str, author: str
) -> None:
    answers = {"project_name": name, "description": description, "author": author}
    with tempfile.TemporaryDirectory() as folder:
        try:
            documents = rendered(carriers, Path(folder), answers)
        except ValueError as error:
            refusal = str(error)
        else:
            refusal = ""
    if refusal:
        assert re.search(r"The (name|description|author) .*\. Valid: \w", refusal)
        return
    assert documents[".copier-answers.yml"].items() >= answers.items()
    metadata = documents["pyproject.toml"]["project"]
    assert metadata["description"] == description
    assert metadata["authors"] == [{"name": author}]
    worker = documents["wrangler.toml"]
    environments = [worker, *worker["env"].values()]
    assert [one["vars"]["SERVICE_NAME"] for one in environments] == [name] * 3
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?", worker["name"])
    assert metadata["name"] == f"{worker['name']}-worker"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"project_name": "a\nb"}, "The name holds a line break"),
        ({"project_name": "a\x7f"}, "The name holds a line break"),
        ({"project_name": "漢字"}, "The name needs a letter a-z or a digit"),
        ({"project_name": ""}, "The name needs a letter a-z or a digit"),
        ({"project_name": " a"}, "The name begins or ends with a space"),
        ({"project_name": "a" * 51}, "The name has 51 characters; at most 50 fit"),
        ({"description": "a\u2028b"}, "The description holds a line break"),
        ({"description": " "}, "The description is empty"),
        ({"description": "a" * 301}, "The description has 301 characters; at most 300 fit"),
        ({"author": "\ud800"}, "The author holds a line break"),
        ({"author": ""}, "The author is empty"),
        ({"author": "a" * 101}, "The author has 101 characters; at most 100 fit"),
        ({"api_style": "flask"}, "Invalid choice"),
        ({"database": "postgres"}, "Invalid choice"),
        ({"delivery": "pigeon"}, "Invalid choice"),
        ({"ci": "jenkins"}, "Invalid choice"),
    ],
)
def test_the_refusal_says_what_is_wrong_and_writes_nothing(
    carriers: Path, tmp_path: Path, answer: Answers, complaint: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        render(carriers, tmp_path / "new", **answer)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "answer",
    [
        {"project_name": '"{{ 7*7 }}" \\ \U0001f409 a'},
        {"description": "x" * 300},
        {"author": 'O\'Neil """ {% raw %}'},
    ],
)
def test_a_hostile_answer_that_is_valid_is_rendered(
    carriers: Path, tmp_path: Path, answer: Answers
) -> None:
    kept = rendered(carriers, tmp_path, answer)[".copier-answers.yml"]
    assert kept.items() >= answer.items()


def worker_name(carriers: Path, folder: Path, project_name: str) -> str:
    name = rendered(carriers, folder, {"project_name": project_name})["wrangler.toml"]["name"]
    assert isinstance(name, str)
    return name


def test_the_worker_is_named_after_the_project(carriers: Path, tmp_path: Path) -> None:
    assert worker_name(carriers, tmp_path, "Ünïcode & Søns: 2") == "n-code-s-ns-2"


@pytest.mark.parametrize("name", ["A", "7", "--- x ---", "a" * 50, "é" * 49 + "b", "a!" * 25])
def test_cloudflare_accepts_the_name_of_the_worker(
    carriers: Path, tmp_path: Path, name: str
) -> None:
    worker = worker_name(carriers, tmp_path, name)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", worker)
    assert len(f"{worker}-production") <= 63
