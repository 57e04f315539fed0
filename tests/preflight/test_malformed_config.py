"""Configuration files that hold anything; test_config.py has more on the wrangler config."""

from pathlib import Path

import pytest

from preflight.bundles import CONFIG
from preflight.malformed import (
    WHOLE,
    as_it_is,
    told,
    with_body,
    write,
)
from tools.preflight.inspection import inspect


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project")


@pytest.mark.parametrize(
    ("text", "line"),
    {
        "tool = 5\n": 1,
        "[tool]\nsetuptools = []\n": 2,
        "[tool.setuptools]\npackage-dir = 'src'\n": 2,
        "[tool.setuptools]\npackage-dir = { '' = 5 }\n": 2,
        "[tool.setuptools]\npackages = 'find:'\n": 2,
        "[tool.setuptools]\npackages = [1]\n": 2,
        "[tool.setuptools]\npackages.find = 3\n": 2,
        "[tool.setuptools.packages.find]\n\ninclude = 'src*'\n": 3,
        "[tool.setuptools.packages.find]\nwhere = [1]\n": 2,
        "[tool]\npreflight = 'strict'\n": 2,
        "[tool.preflight]\nmax_bytes = '1 MB'\n": 2,
        "[tool.preflight]\nmax_bytes = true\n": 2,
        "[tool.preflight]\nmax_bytes = -1\n": 2,
        "[tool.preflight]\nunknown = 1\n": 2,
        "[tool.preflight]\nignore = 'PF101'\n": 2,
        "[tool.preflight]\nignore = [1]\n": 2,
        "[[tool.preflight.ignore]]\ncode = 'PF101'\n": 1,
        "[[tool.preflight.ignore]]\ncode = 'PF999'\nreason = 'x'\n": 1,
        "[[tool.preflight.ignore]]\ncode = 'PF101'\nreason = 'x'\nuntil = 'soon'\n": 1,
        "[tool.setuptools]\npackage-data = 5\n": 2,
        "[tool]\nimportlinter = 1\n": 2,
        "project = 'x'\n": 1,
        "[project]\ndependencies = 'fastapi'\n": 2,
        "[project]\nname = 1\n": 2,
        "dependency-groups = []\n": 1,
        "build-system = 5\n": 1,
        "[build-system]\nbackend-path = 5\n": 2,
        "[project\n": 1,
        "[project]\nname = 'x'\nname = 'y'\n": 3,
        "x = [[[[": 1,
        "x = 1" + "0" * 5000: None,
    }.items(),
)
def test_a_pyproject_of_the_wrong_kinds(project: Path, text: str, line: int | None) -> None:
    (project / "pyproject.toml").write_text(text)
    inspection = told(inspect(project, body=project / "not read"))
    assert inspection.status == 2
    (finding,) = inspection.findings
    assert finding.code == "PF002"
    assert (finding.place.path, finding.place.line) == ("pyproject.toml", line)


@pytest.mark.parametrize(
    "text",
    [
        "[dependency-groups]\ndev = 5\n",
        "[project.optional-dependencies]\ndev = 5\n",
        "[tool.setuptools]\npy-modules = 5\n",
        "[tool.setuptools]\npackages = []\n",
        "[tool.setuptools.packages.find]\ninclude = ['']\nwhere = ['/']\n",
        "[tool.setuptools.package-dir]\n'' = '../..'\n",
        "[tool.setuptools.package-dir]\n'' = 'no/such'\n",
        "[tool.importlinter]\nroot_package = 5\ncontracts = 5\n",
        "[tool.importlinter]\nroot_package = 'nothing'\n",
        "[[tool.importlinter.contracts]]\ntype = 'nonsense'\n",
        "[tool.poe]\ntasks = 5\n",
        "[tool.uv]\nsources = 5\n",
        "[tool]\nuv = 5\n",
        "",
        "\ufeff[project]\nname = 'x'\n",
    ],
)
def test_a_pyproject_with_odd_values_elsewhere(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text)
    as_it_is(project)


@pytest.mark.parametrize(
    "text",
    [
        'base_dir = ""\n',
        'base_dir = "/"\n',
        'base_dir = "/nowhere"\n',
        'base_dir = "src/entry.py"\n',
        'base_dir = "../../../../../.."\n',
        "rules = [{}]\n",
        'rules = [{ type = "Text" }, { type = "nonsense", globs = [] }]\n',
        'rules = [{ type = "Data", globs = ["[", "***", "{a", "!", "", "\\\\"] }]\n',
        'python_modules = { exclude = ["[", "***", "{a", "!", "", "\\\\"] }\n',
        'python_modules = { exclude = ["**/*"] }\n',
        'compatibility_flags = ["", "python_workers", "no such flag"]\n',
        "vars = { PYTHONPATH = [1], A = { B = [{}] }, C = 2026-01-01 }\n",
        'd1_databases = [{}, { binding = "" }]\n',
        "durable_objects = 5\n",
        "triggers = 5\nqueues = []\nworkflows = {}\nassets = true\n",
        "find_additional_modules = 5\nno_bundle = []\n",
        "migrations = 5\nobservability = 5\nplacement = []\n",
    ],
)
def test_a_config_with_odd_values(project: Path, text: str) -> None:
    config = CONFIG if "flags" not in text else CONFIG.partition("compatibility_flags")[0]
    (project / "wrangler.toml").write_text(config + text)
    with_body(project, WHOLE)


@pytest.mark.parametrize("main", [".", "/", "src", "src/", "..", "src/../src/entry.py", "a\tb.py"])
def test_a_main_that_is_odd(project: Path, main: str) -> None:
    (project / "wrangler.toml").write_text(
        CONFIG.replace("src/entry.py", main.replace("\t", "\\t"))
    )
    with_body(project, WHOLE)


@pytest.mark.parametrize("date", ["", "x", "2026", "2026-13-45", "9999-99-99", "2026-11-01T00:00"])
def test_a_date_that_is_none(project: Path, date: str) -> None:
    (project / "wrangler.toml").write_text(CONFIG.replace("2026-11-01", date))
    with_body(project, WHOLE)


@pytest.mark.parametrize("name", ["pyproject.toml", "wrangler.toml"])
def test_a_configuration_that_is_no_text(project: Path, name: str) -> None:
    (project / name).write_bytes(b"\xff\xfe\x00")
    assert told(inspect(project)).status == 2
    (project / name).unlink()
    (project / name).mkdir()
    assert told(inspect(project)).status == 2


@pytest.mark.parametrize(
    "name",
    [
        ".copier-answers.yml",
        ".python-version",
        "README.md",
        "package.json",
        "pylock.toml",
        "requirements.txt",
        "uv.lock",
        ".gitignore",
        ".importlinter",
        "python_modules/.synced",
    ],
)
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[" * 2000, b"version = 5\npackage = 1\n", None]
)
def test_other_files_that_hold_anything(project: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (project / name).mkdir()
    else:
        (project / name).write_bytes(content)
    as_it_is(project)
