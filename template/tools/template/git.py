"""Git, as a program, without the settings and hooks that would change what it does here."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Of a hook that this may be running in: they name another repository.
FOREIGN = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")

# Whoever runs this need not have told git who they are.
AUTHOR = ("-c", "user.name=Template update", "-c", "user.email=template-update@localhost")
PLAIN = ("-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}")


class GitError(Exception):
    """A git command failed; the message is what git said."""


def forget_foreign_repository() -> None:
    """Let git, and Copier's git, find the repository by the folder alone."""
    for name in FOREIGN:
        os.environ.pop(name, None)


def git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Output of a git command, with more environment if asked. Raises GitError when it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if done.returncode:
        raise GitError(done.stderr.strip() or f"git {arguments[0]} failed")
    return done.stdout


def succeeds(folder: Path, *arguments: str) -> bool:
    """Whether a git command succeeds."""
    try:
        git(folder, *arguments)
    except GitError:
        return False
    return True


def commit_all(folder: Path, message: str) -> None:
    """Commit all that is not ignored, without hooks."""
    git(folder, "add", "--all")
    git(folder, *AUTHOR, *PLAIN, "commit", "--quiet", "--allow-empty", "--message", message)


def names(output: str) -> list[str]:
    """The file names in what `-z` makes git print."""
    return [name for name in output.split("\0") if name]
