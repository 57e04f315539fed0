"""The module root that the build command makes: what is included, and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from projects import TEMPLATE, tree
from tools.preflight.wiring import ConfigurationError, load
from tools.runtime import staging
from tools.runtime.config import ConfigError
from tools.runtime.errors import ToolError
from tools.runtime.staging import FOLDER, stage

CONFIG = """\
main = "worker/entry.py"
base_dir = ".worker"
compatibility_date = "2026-11-01"
compatibility_flags = ["python_workers"]

[build]
command = "python -m tools.runtime.staging"
watch_dir = "src"
"""


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package between tests and configuration."""
    files = {
        "pyproject.toml": '[tool.staging]\ninclude = ["src"]\nexclude = ["**/tests/", "*.md"]\n',
        "src/__init__.py": "",
        "src/main.py": "import src.core\n",
        "src/core/words.json": "[]",
        "src/core/README.md": "Not uploaded.",
        "src/core/tests/test_core.py": "import pytest\n",
        "src/core/__pycache__/main.cpython-314.pyc": "",
        "src/links.egg-info/PKG-INFO": "",
        "tests/test_main.py": "import pytest\n",
        "conftest.py": "",
        "wrangler.toml": CONFIG,
    }
    write(tmp_path, **files)
    return tmp_path


def staged(project: Path) -> dict[str, bytes]:
    files = tree(project / FOLDER)
    files.pop(".gitignore")
    return files


def test_what_is_included_and_not_excluded_is_there_under_its_name(project: Path) -> None:
    stage(project)
    assert staged(project) == {
        name: (project / name).read_bytes()
        for name in ("src/__init__.py", "src/main.py", "src/core/words.json")
    }


def test_it_follows_every_change_of_the_tree(project: Path) -> None:
    stage(project)
    (project / "src/main.py").write_text("changed\n")
    (project / "src/core/words.json").unlink()
    (project / "src/core/tests").rename(project / "src/checks")
    # Where a file was comes a folder, and the other way round.
    (project / "src/__init__.py").unlink()
    write(project, **{"src/__init__.py/inside.py": "", "src/words": "text"})
    stage(project)
    write(project, **{"src/new/words.py": ""})
    (project / "src/words").unlink()
    (project / "src/words").mkdir()
    write(project, **{"src/words/one.py": ""})
    (project / "src/checks/test_core.py").unlink()
    (project / "src/checks").rmdir()
    (project / "src/checks").write_text("A file.\n")
    stage(project)

    assert staged(project).keys() == {
        "src/main.py",
        "src/__init__.py/inside.py",
        "src/new/words.py",
        "src/words/one.py",
        "src/checks",
    }
    assert staged(project)["src/main.py"] == b"changed\n"
    assert not (project / FOLDER / "src/core").exists()


def test_what_is_the_same_is_not_written_again_so_that_wrangler_does_not_reload(
    project: Path,
) -> None:
    stage(project)
    times = {path: path.stat().st_mtime_ns for path in (project / FOLDER).rglob("*")}
    (project / "src/main.py").touch()
    time.sleep(0.01)
    stage(project)
    assert {path: path.stat().st_mtime_ns for path in (project / FOLDER).rglob("*")} == times


def test_single_files_and_folders_inside_a_package_can_be_named(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.staging]\ninclude = ["./src/core/", "src//main.py"]\nexclude = ["/src/core/tests"]\n'
    )
    stage(project)
    assert staged(project).keys() == {
        "src/main.py",
        "src/core/words.json",
        "src/core/README.md",
    }


def test_a_link_is_uploaded_as_what_it_leads_to_and_a_broken_one_not(project: Path) -> None:
    (project / "src/linked.py").symlink_to(project / "conftest.py")
    (project / "src/broken.py").symlink_to(project / "nothing.py")
    stage(project)
    assert staged(project)["src/linked.py"] == b""
    assert "src/broken.py" not in staged(project)


def test_git_takes_no_notice_of_it(project: Path) -> None:
    stage(project)
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(status, cwd=project, check=True, capture_output=True, text=True)
    assert "conftest.py" in listed.stdout
    assert FOLDER not in listed.stdout


def test_a_folder_of_somebody_else_is_left_alone(project: Path) -> None:
    write(project, **{f"{FOLDER}/mine.py": "MINE = 1\n"})
    with pytest.raises(ToolError, match="holds files that were not put there"):
        stage(project)
    assert tree(project / FOLDER) == {"mine.py": b"MINE = 1\n"}


@pytest.mark.parametrize(
    ("table", "line", "cause"),
    [
        ("", None, "include of [tool.staging] names nothing"),
        ("[tool.staging]\ninclude = []\n", 2, "include of [tool.staging] names nothing"),
        ('[tool.staging]\ninclude = "src"\n', 2, "include of [tool.staging] is not a list"),
        ("[tool.staging]\ninclude = [1]\n", 2, "include of [tool.staging] is not a list"),
        (
            '[tool.staging]\ninclude = ["src"]\nexclude = 1\n',
            3,
            "exclude of [tool.staging] is not a list",
        ),
        ('[tool.staging]\ninclude = ["sources"]\n', 2, "names sources, which does not exist"),
        ('[tool.staging]\ninclude = ["."]\n', 2, "names ., which is no folder inside the project"),
        ('[tool.staging]\ninclude = [".."]\n', 2, "which is no folder inside the project"),
        ("[tool.staging]\ninclude = [\n", 2, "the file is not valid TOML"),
        ("[tool]\nstaging = 1\n", 2, "include of [tool.staging] names nothing"),
    ],
)
def test_a_table_that_cannot_be_used_is_an_error_with_its_place(
    project: Path, table: str, line: int | None, cause: str
) -> None:
    stage(project)
    before = staged(project)
    file = project / "pyproject.toml"
    file.write_text(table)
    with pytest.raises(ConfigError) as raised:
        stage(project)
    assert (raised.value.file, raised.value.line) == (file, line)
    assert cause in str(raised.value)
    # What was staged before stays until there is something better.
    assert staged(project) == before


def test_the_build_command_ends_with_the_error_alone(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    command = [sys.executable, "-m", staging.__name__]
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATE)}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "pyproject.toml: the file cannot be read" in done.stderr


def test_the_preflight_looks_at_the_files_that_people_edit(project: Path) -> None:
    wiring = load(project, None)
    assert wiring.is_staged
    assert wiring.packages == ("src",)
    assert {name: path.relative_to(project).as_posix() for name, path in wiring.tree.items()} == {
        name: name for name in ("src/__init__.py", "src/main.py", "src/core/words.json")
    }
    assert not (project / FOLDER).exists()


def test_the_preflight_reports_a_table_that_cannot_be_used_at_its_place(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.staging]\ninclude = ["sources"]\n')
    with pytest.raises(ConfigurationError) as raised:
        load(project, None)
    finding = raised.value.finding
    assert (finding.code, finding.place.path, finding.place.line) == ("PF002", "pyproject.toml", 2)
