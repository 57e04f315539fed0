"""What the tests do with rendered projects, and the answers they are rendered with."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import psutil

from tools.runtime.project import Project
from tools.runtime.upload import Upload, dry_run, read

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "template"

CHOICES = {
    "api_style": ["fastapi", "workers"],
    "database": ["d1", "none"],
    "delivery": ["hybrid", "wrangler", "wheel"],
    "ci": ["github", "none"],
}

Answers = dict[str, str]

# The first choice of each question is the suggested one.
SUGGESTED: Answers = {question: choices[0] for question, choices in CHOICES.items()}


def combinations(*questions: str) -> list[Answers]:
    """Every combination of answers to these questions."""
    chosen = product(*(CHOICES[question] for question in questions))
    return [dict(zip(questions, answers, strict=True)) for answers in chosen]


def name_of(answers: Answers) -> str:
    """The answers as they stand in a test's id."""
    return "-".join(answers.values())


def tree(folder: Path) -> dict[str, bytes]:
    """Names and contents of all files below a folder, less what Python and git keep there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".git"} & set(path.relative_to(folder).parts)
    }


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = file.read_text()
    assert old in text, f"{file} holds no {old!r}"
    file.write_text(text.replace(old, new))


def clean_environment() -> dict[str, str]:
    """The environment without the traces of the pytest that runs now."""
    foreign = ("PYTEST_", "VIRTUAL_ENV", "PYTHONPATH", "UV_RUN_RECURSION_DEPTH")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def attempt(folder: Path, *command: str) -> tuple[int, str]:
    """Exit status and output of a command."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def run(folder: Path, *command: str) -> str:
    """Output of a command that must succeed."""
    status, output = attempt(folder, *command)
    assert status == 0, f"{' '.join(command)} ended with status {status}:\n{output}"
    return output


def uv_run(project: Path, *command: str) -> str:
    """Output of a command of the project's own environment, which must succeed."""
    return run(project, uv(), "run", *command)


def uv() -> str:
    return os.environ.get("UV", "uv")


def git(folder: Path, *arguments: str) -> str:
    return run(folder, "git", *arguments)


def commit_all(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def copy_working_tree(destination: Path) -> None:
    """Copy what git would commit of this repository now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        # A file that is deleted and not yet committed is listed too. Links stay links.
        if os.path.lexists(ROOT / name):
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, destination / name, follow_symlinks=False)


def working_copy(installed: Path, destination: Path) -> Path:
    """A copy of a project that was set up, to be changed by a test; it has no environment yet."""
    ignored = shutil.ignore_patterns(".venv", "node_modules", "build", ".wrangler", "*.egg-info")
    shutil.copytree(installed, destination, ignore=ignored)
    (destination / "node_modules").symlink_to(installed / "node_modules")
    return destination


def upload_of(project: Path, file: Path) -> Upload:
    """What wrangler would upload of the project, by way of `file`."""
    dry_run(Project(project), file)
    return read(file)


def preflight(project: Path, *options: str) -> tuple[int, str]:
    """Exit status and output of the preflight on a project."""
    command = [sys.executable, "-m", "tools.preflight", "--project", str(project), *options]
    return attempt(TEMPLATE, *command)


def processes_naming(path: Path) -> Iterator[psutil.Process]:
    """The running processes with this path in their command line."""
    for process in psutil.process_iter(["cmdline", "status"]):
        command = " ".join(process.info["cmdline"] or [])
        if str(path) in command and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield process


def without(mapping: Mapping[str, bytes], *prefixes: str) -> dict[str, bytes]:
    """The mapping less the names that begin with one of the prefixes."""
    return {name: value for name, value in mapping.items() if not name.startswith(prefixes)}
