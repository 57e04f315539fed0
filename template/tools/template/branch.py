"""An update on a branch of its own, made and checked beside the working tree."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.template.crossing import Crossing
from tools.template.errors import NotPossible
from tools.template.git import GitError, commit_all, git, succeeds
from tools.template.merge import Merged, merge

# After `setup`, which makes what they need.
CHECKS = ("lint", "test", "preflight")


@dataclass(frozen=True)
class Updated:
    """The branch, and what was committed there."""

    branch: str
    merged: Merged


def update(project: Path, crossing: Crossing) -> Updated:
    """Commit the update to a new branch; the working tree stays as it is.

    No code of the new version is run. Conflicts are committed with their markers.

    Raises:
        NotPossible: the project is in no git repository, or has such a branch already.
        NoTemplate: Copier cannot update to it.
    """
    branch = f"template-update/{crossing.new}"
    if succeeds(project, "rev-parse", "--verify", f"refs/heads/{branch}"):
        raise NotPossible(
            f"there is a branch {branch} already. Merge it, or delete it: `git branch -D {branch}`."
        )
    with _worktree(project) as (checkout, updated):
        merged = merge(updated, checkout, crossing.new)
        if not merged.conflicts and (updated / "uv.lock").is_file():
            # A lock that cannot be made shows when the branch is checked.
            _uv(updated, "lock")
        commit_all(checkout, f"Update the template from {crossing.old} to {crossing.new}")
        # Last, so that there is no branch with half an update.
        git(checkout, "branch", branch)
    return Updated(branch, merged)


def failing_checks(project: Path, branch: str) -> list[str]:
    """The checks that a branch does not pass; none is tried after a `setup` that fails.

    Raises:
        NotPossible: there is no such branch.
    """
    if not succeeds(project, "rev-parse", "--verify", f"refs/heads/{branch}"):
        raise NotPossible(f"there is no branch {branch}.")
    failing: list[str] = []
    with _worktree(project, branch) as (_, updated):
        if not _uv(updated, "run", "poe", "setup"):
            return ["setup"]
        tasks = _tasks(updated)
        for check in CHECKS:
            if check in tasks and not _uv(updated, "run", "poe", check):
                failing.append(check)
    return failing


def _tasks(project: Path) -> set[str]:
    """The poe tasks: a repository that adopted the template may have no `lint` or no `test`."""
    listed = subprocess.run(
        _command("run", "poe", "_list_tasks"),
        cwd=project,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split())


@contextmanager
def _worktree(project: Path, start: str = "HEAD") -> Iterator[tuple[Path, Path]]:
    """A temporary checkout of what is committed, and the project's folder in it."""
    try:
        inside = git(project, "rev-parse", "--show-prefix").strip()
        git(project, "rev-parse", "--verify", "HEAD")
    except GitError as error:
        raise NotPossible(f"{project} is no git repository with a commit: {error}.") from None
    # What a killed run left.
    git(project, "worktree", "prune")
    with tempfile.TemporaryDirectory(prefix="template-update-") as temporary:
        checkout = Path(temporary) / "checkout"
        git(project, "worktree", "add", "--quiet", "--detach", str(checkout), start)
        try:
            yield checkout, checkout / inside
        finally:
            git(project, "worktree", "remove", "--force", str(checkout))


def _uv(project: Path, *arguments: str) -> bool:
    """Run uv, which prints to where this prints, and say whether it succeeded."""
    print(f"\n$ {' '.join(['uv', *arguments])}", flush=True)
    done = subprocess.run(_command(*arguments), cwd=project, env=_environment(), check=False)
    return done.returncode == 0


def _command(*arguments: str) -> list[str]:
    return [os.environ.get("UV", "uv"), *arguments]


def _environment() -> dict[str, str]:
    # The environment that this runs in is another checkout's.
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
