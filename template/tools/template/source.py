"""The repository of the template, as a clone that is thrown away."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tools.template.answers import FILE, Recorded
from tools.template.errors import NoTemplate, NotPossible
from tools.template.git import GitError, git, succeeds

# https://copier.readthedocs.io/en/stable/generating/#templates-versions
HOSTS = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}


@dataclass(frozen=True)
class Source:
    """A clone of the template in `folder`; `url` is where it is from."""

    folder: Path
    url: str

    def versions(self) -> list[str]:
        """The released versions, from the oldest to the newest: tags, less pre-releases."""
        tags = git(self.folder, "tag", "--list").split()
        return sorted((tag for tag in tags if _is_release(tag)), key=Version)

    def commit(self, ref: str) -> str:
        """The commit that a tag, a branch or the output of `git describe` names.

        Raises:
            NotPossible: the template has no such commit.
        """
        for name in (ref, f"origin/{ref}"):
            if not ref.startswith("-") and succeeds(
                self.folder, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}"
            ):
                return git(self.folder, "rev-parse", f"{name}^{{commit}}").strip()
        released = ", ".join(self.versions()[-5:]) or "none"
        raise NotPossible(f"{self.url} has no {ref!r}. Its newest versions: {released}.")

    def contains(self, later: str, earlier: str) -> bool:
        """Whether all of one commit is in another."""
        return succeeds(self.folder, "merge-base", "--is-ancestor", earlier, later)

    def text(self, commit: str, name: str) -> str | None:
        """A file of the template's repository at a commit, or None when there is none."""
        try:
            return git(self.folder, "show", f"{commit}:{name}")
        except GitError:
            return None


@contextmanager
def cloned(recorded: Recorded) -> Iterator[Source]:
    """A clone of the template, in which the recorded version can be found.

    Raises:
        NoTemplate: it cannot be cloned, or no longer has that version.
    """
    url = url_of(recorded.source)
    with tempfile.TemporaryDirectory(prefix="template-") as temporary:
        folder = Path(temporary) / "clone"
        try:
            git(Path(temporary), "clone", "--quiet", "--", url, str(folder))
        except GitError as error:
            raise NoTemplate(
                f"the template cannot be had from _src_path in {FILE}, {recorded.source}: {error}\n"
                "Check the network and your rights. If the template has moved, put its new URL "
                "there, and commit that."
            ) from None
        source = Source(folder, url)
        try:
            source.commit(recorded.version)
        except NotPossible:
            raise NoTemplate(
                f"the template at _src_path in {FILE}, {recorded.source}, has no version "
                f"{recorded.version}, which _commit names: it was rendered from changes that were "
                "not committed, or the template's history was rewritten. Commit your work, run "
                "`uvx copier recopy`, and take from `git diff` what you want."
            ) from None
        yield source


def url_of(source: str) -> str:
    """What git clones for a template as Copier is given it."""
    for short, long in HOSTS.items():
        if source.startswith(short):
            return f"{long}{source.removeprefix(short).lstrip('/').removesuffix('.git')}.git"
    return str(Path(source).expanduser()) if source[:1] == "~" else source.removeprefix("git+")


def _is_release(tag: str) -> bool:
    try:
        return not Version(tag).is_prerelease
    except InvalidVersion:
        return False
