"""What `preflight --fix` merges into the configuration of a repository that adopted the template.

Each repository here is as the copy leaves it, less what the wiring does not look at.
"""

import re
import tomllib
from pathlib import Path

import pyjson5
import pytest

from adoption.repositories import HANDLER, JSONC, PYPROJECT, SETUPTOOLS, WRANGLER, WSGI
from projects import TEMPLATE, edit, tree
from tools.preflight.fix import adopt
from tools.preflight.repairs.draft import CannotWrite

ENTRY = (TEMPLATE / "worker/entry.py").read_text()
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {
        ".copier-answers.yml": "delivery: wrangler\nlayout: in-place\n",
        "pyproject.toml": PYPROJECT,
        "src/main.py": APP,
        "tools/poe_tasks.toml": "",
        "worker/entry.py": ENTRY,
        "wrangler.toml": WRANGLER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def wire(repository: Path) -> tuple[dict[str, object], dict[str, object]]:
    """The wrangler config and pyproject.toml, wired; a second time changes nothing."""
    assert adopt(repository, dry_run=False) == 0
    wired = tree(repository)
    assert adopt(repository, dry_run=False) == 0
    assert tree(repository) == wired
    config, pyproject = (repository / name for name in ("wrangler.toml", "pyproject.toml"))
    return tomllib.loads(config.read_text()), tomllib.loads(pyproject.read_text())


def test_comments_order_environments_and_all_that_is_not_wiring_stay(repository: Path) -> None:
    wire(repository)
    text = (repository / "wrangler.toml").read_text()
    assert text == (
        WRANGLER.replace('main = "src/main.py"', 'main = "worker/entry.py"')
        .replace("# the application\n", '# the application\nbase_dir = ".worker"\n')
        .replace("2025-10-01", "2026-11-01")
        .replace(WRANGLER[WRANGLER.index("[build.upload]") : WRANGLER.index("# Seen")], "")
        + '\n[build]\ncommand = "python -m tools.runtime.staging"\nwatch_dir = "src"\n'
    )


def test_a_date_that_runs_the_same_python_stays(repository: Path) -> None:
    edit(repository / "wrangler.toml", "2025-10-01", "2026-10-10")
    assert wire(repository)[0]["compatibility_date"] == "2026-10-10"


def test_jsonc_keeps_its_comments_and_an_environment_loses_its_own_main(repository: Path) -> None:
    (repository / "wrangler.toml").unlink()
    file = repository / "wrangler.jsonc"
    file.write_text(JSONC)
    assert adopt(repository, dry_run=False) == 0
    text = file.read_text()
    assert [line for line in JSONC.splitlines() if line not in text.splitlines()] == [
        '  "main": "src/main.py",',
        '      "main": "src/main.py",',
        "  }",
    ]
    values = pyjson5.decode(text)
    assert values["main"] == values["env"]["develop"]["main"] == "worker/entry.py"
    assert values["base_dir"] == ".worker"
    assert values["build"] == {
        "command": "python -m tools.runtime.staging",
        "watch_dir": "src",
    }


def test_a_dry_run_changes_no_byte(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(repository)
    assert adopt(repository, dry_run=True) == 0
    assert tree(repository) == before
    printed = capsys.readouterr().err
    # The changes, then the list of them.
    assert printed.index('+base_dir = ".worker"') < printed.index("Would be repaired:")


@pytest.mark.parametrize("written", range(1, 4))
def test_a_run_that_was_killed_between_two_files_is_finished_by_the_next(
    repository: Path, written: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(repository)
    wire(repository)
    wired = tree(repository)
    # They are shown and written in one order.
    changed = re.findall(r"^\+\+\+ b/(.*)$", capsys.readouterr().err, re.MULTILINE)
    assert {name for name in wired if wired[name] != before[name]} == set(changed)
    for name in changed[written:]:
        (repository / name).write_bytes(before[name])
    wire(repository)
    assert tree(repository) == wired


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(repository: Path) -> None:
    (repository / "pyproject.toml").chmod(0o444)
    before = tree(repository)
    with pytest.raises(CannotWrite, match="read-only"):
        adopt(repository, dry_run=False)
    assert tree(repository) == before


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        (APP, "asgi.fetch(app,"),
        (WSGI, "wsgi.fetch(application,"),
        ("import flask\n\napi = flask.Flask(__name__)\n", "wsgi.fetch(api,"),
        ("from src.factory import create\n\napp = create()\n", "asgi.fetch(app,"),
        ("from .factory import inner as app\n", "wsgi.fetch(app,"),
        ("async def app(scope, receive, send): ...\n", "asgi.fetch(app,"),
        (
            "from x import Wrap\nfrom src.factory import create\napp = Wrap(create())\n",
            "asgi.fetch",
        ),
        (HANDLER, "from src.main import Default\n"),
        (
            "from workers import DurableObject\nfrom src.api import Default\n\n\n"
            "class Room(DurableObject): ...\n",
            "from src.main import Default, Room\n",
        ),
    ],
)
def test_the_entry_exports_what_the_main_module_has(
    repository: Path, main: str, expected: str
) -> None:
    (repository / "src/main.py").write_text(main)
    (repository / "src/factory.py").write_text(
        "from starlette.applications import Starlette\n\n\n"
        "def create():\n    made = Starlette()\n    return made\n\n\n"
        "def inner(environ, start_response): ...\n"
    )
    code = tree(repository / "src")
    wire(repository)
    text = (repository / "worker/entry.py").read_text()
    assert expected in text
    compile(text, "entry.py", "exec")
    assert tree(repository / "src") == code


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("src/main.py", APP, "app = make()\n", "does not show whether it speaks ASGI or WSGI"),
        ("src/main.py", APP, "print()\n", "src.main has no class Default and no app or"),
        ("wrangler.toml", "src/main.py", "src/gone.py", "there is no src/gone.py"),
        ("worker/entry.py", ENTRY, "MINE = 1\n", "worker/entry.py is there already"),
        ("pyproject.toml", "dependencies = [", 'dynamic = ["dependencies"]\nx = [', "are dynamic"),
        ("pyproject.toml", '">=3.11"', '"3"', "requires-python = '3' of pyproject.toml is not"),
        (
            "wrangler.toml",
            'format = "modules"',
            'rules = [{ type = "Text", globs = ["a"] }]',
            "build.upload of the wrangler config has rules for files that are not Python",
        ),
    ],
)
def test_what_needs_a_person_is_refused_with_the_reason_and_nothing_is_changed(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    reason: str,
) -> None:
    edit(repository / file, old, new)
    before = tree(repository)
    assert adopt(repository, dry_run=False) == 1
    assert reason in capsys.readouterr().err
    assert tree(repository) == before


def test_an_entry_outside_the_package_stays_the_entry(repository: Path) -> None:
    (repository / "service.py").write_text("from src.main import Default\n")
    edit(repository / "wrangler.toml", "src/main.py", "service.py")
    config, _ = wire(repository)
    assert (config["main"], config["base_dir"]) == ("service.py", ".worker")
    assert (repository / "worker/entry.py").read_text() == ENTRY


def test_a_build_command_that_stages_at_its_end_stays(repository: Path) -> None:
    command = "make && python -m tools.runtime.staging"
    edit(repository / "wrangler.toml", "[build.upload]", f'[build]\ncommand = "{command}"\n\n[x]')
    assert wire(repository)[0]["build"] == {"command": command, "watch_dir": "src"}


def test_delivery_by_wheel_packs_the_package_as_it_lies(repository: Path) -> None:
    edit(repository / ".copier-answers.yml", "delivery: wrangler", "delivery: wheel")
    config, pyproject = wire(repository)
    assert "base_dir" not in config
    assert config["build"] == {"command": "python -m tools.runtime.wheel", "watch_dir": "src"}
    tools = pyproject["tool"]
    assert isinstance(tools, dict)
    assert tools["setuptools"] == {
        "package-dir": {"": "."},
        "packages": {"find": {"where": ["."], "include": ["src", "src.*"]}},
    }


def test_a_wheel_of_another_shape_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(repository / ".copier-answers.yml", "delivery: wrangler", "delivery: hybrid")
    (repository / "pyproject.toml").write_text(SETUPTOOLS.replace('"" = "."', '"" = "lib"'))
    assert adopt(repository, dry_run=False) == 1
    assert "has its own tool.setuptools.package-dir" in capsys.readouterr().err


def test_tools_that_are_listed_stay_as_they_are_and_old_pythons_are_dropped(
    repository: Path,
) -> None:
    file = repository / "pyproject.toml"
    edit(file, "dev = [\n", 'dev = [\n    "Ruff>=0.1", # ours\n')
    edit(file, '">=3.11"', '">=3.9,<4"')
    _, pyproject = wire(repository)
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    assert isinstance(project, dict)
    assert isinstance(groups, dict)
    assert [name for name in groups["dev"] if name.lower().startswith("ruff")] == ["Ruff>=0.1"]
    assert project["requires-python"] == ">=3.11,<4"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('include = "mine.toml"', ["mine.toml", "tools/poe_tasks.toml"]),
        ('include = [{ path = "mine.toml" }]', [{"path": "mine.toml"}, "tools/poe_tasks.toml"]),
        ('tasks.hello = "echo"', "tools/poe_tasks.toml"),
    ],
)
def test_tasks_are_added_to_those_that_are_there(
    repository: Path, written: str, expected: object
) -> None:
    file = repository / "pyproject.toml"
    file.write_text(f"{file.read_text()}\n[tool.poe]\n{written}\n")
    _, pyproject = wire(repository)
    tools = pyproject["tool"]
    assert isinstance(tools, dict)
    assert tools["poe"]["include"] == expected
    # Whoever has poe has decided how it runs.
    assert "executor" not in tools["poe"]


def test_what_the_tools_make_is_ignored_once(repository: Path) -> None:
    file = repository / ".gitignore"
    file.write_bytes(b"build\r\nnode_modules/\r\n*.log")
    wire(repository)
    assert file.read_bytes() == (
        b"build\r\nnode_modules/\r\n*.log\r\n.venv-workers/\r\n.wrangler/\r\n/python_modules/\r\n"
    )
