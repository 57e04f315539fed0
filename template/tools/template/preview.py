"""What an update would change, found out in a copy of the project."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.template.git import commit_all, git, names, succeeds
from tools.template.merge import Merged, merge


@dataclass(frozen=True)
class Preview:
    """The diff is as git prints it, with conflict markers where the merge fails."""

    merged: Merged
    diff: str


def preview(project: Path, ref: str) -> Preview:
    """What `copier update` to a version would make of the files as they are, committed or not.

    The project is only read.

    Raises:
        NoTemplate: Copier cannot update to it.
    """
    with tempfile.TemporaryDirectory(prefix="template-diff-") as temporary:
        copy = Path(temporary) / "project"
        _copy(project, copy)
        merged = merge(copy, copy, ref)
        return Preview(merged, git(copy, "diff", "--cached"))


def _copy(project: Path, copy: Path) -> None:
    """A git repository with one commit, which holds the files that git would commit here."""
    copy.mkdir()
    git(copy, "init", "--quiet")
    if succeeds(project, "rev-parse", "--git-dir"):
        listed = git(project, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in names(listed):
            file = project / name
            # A file that was deleted and not committed is listed too.
            if file.is_symlink() or file.is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, copy / name, follow_symlinks=False)
    else:
        ignored = shutil.ignore_patterns(".venv*", "node_modules", "python_modules", "build")
        shutil.copytree(project, copy, symlinks=True, ignore=ignored, dirs_exist_ok=True)
    commit_all(copy, "The project as it is")
