"""A git repository of the template with a tag for each version that a project may come from."""

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from projects import copy_working_tree, edit, git

FROZEN = Path(__file__).parent / "frozen"
# The working tree. No release gets a higher number.
NOW = "99.0.0"

OWN_WIRING = 'main = "worker/entry.py"\nbase_dir = "backend"\n'
WHEEL_WIRING = 'python_modules/src.\nmain = "worker/entry.py"\n'
DEAD_UPLOAD = """\
[build.upload]
format = "modules"
dir = "backend"
include = ["src/**/*.py"]
exclude = ["tests/**"]

"""


def naive(template: Path) -> None:
    """0.1.0: the module root is the whole repository, and there is no preflight yet."""
    wrangler, pyproject = template / "wrangler.toml.jinja", template / "pyproject.toml.jinja"
    edit(wrangler, OWN_WIRING, 'main = "worker/entry.py"\nbase_dir = "."\n')
    edit(wrangler, WHEEL_WIRING, f'{WHEEL_WIRING}base_dir = "."\n')
    edit(wrangler, "2026-11-01", "2026-10-01")
    edit(wrangler, "[observability]\nenabled = true\n\n", "")
    edit(pyproject, '    "filelock~=4.2",\n', '    "filelock~=4.1",\n')
    edit(template / "tools/runtime/errors.py", "put right", "repair")
    edit(template / "tools/runtime/cache.py", "fetched or built once", "made once")
    shutil.rmtree(template / "tools/preflight")
    # What is the user's from the first copy on.
    edit(template / "backend/src/domain/links/slug.py", "The short name", "The old short name")
    (template / "tests/unit/domain/test_link.py").unlink()


def dead_upload(template: Path) -> None:
    """0.2.0: include and exclude lists that wrangler 4 ignores, around the user's own main."""
    wrangler = template / "wrangler.toml.jinja"
    edit(wrangler, OWN_WIRING, 'main = "backend/src/main.py"\n')
    edit(wrangler, WHEEL_WIRING, 'python_modules/src.\nmain = "backend/src/main.py"\n')
    edit(wrangler, "[observability]\n", f"{DEAD_UPLOAD}[observability]\n")
    edit(template / "tools/runtime/errors.py", "put right", "mend")
    shutil.rmtree(template / "worker")


# Made from the oldest frozen release, so that they stay as they are.
MADE_UP: dict[str, Callable[[Path], None]] = {"0.1.0": naive, "0.2.0": dead_upload}


def frozen() -> list[str]:
    """The versions that were released, oldest first."""
    names = [file.name.removesuffix(".tar.xz") for file in FROZEN.glob("*.tar.xz")]
    return sorted(names, key=lambda version: [int(part) for part in version.split(".")])


VERSIONS = [*MADE_UP, *frozen(), NOW]


def build(folder: Path) -> None:
    """Make the repository in the empty `folder`."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    for version in VERSIONS:
        git(folder, "rm", "--quiet", "-r", "--ignore-unmatch", ".")
        if version == NOW:
            _take_the_working_tree(folder)
        else:
            unpack(frozen()[0] if version in MADE_UP else version, folder)
        if version in MADE_UP:
            MADE_UP[version](folder / "template")
        release(folder, version)


def release(folder: Path, version: str) -> None:
    """Commit all that lies in the repository of the template, and tag it."""
    git(folder, "add", "--all")
    # Right after a release the working tree is what was released.
    git(folder, "commit", "--quiet", "--allow-empty", "--message", f"Release {version}")
    git(folder, "tag", version)


def unpack(version: str, folder: Path) -> None:
    with tarfile.open(FROZEN / f"{version}.tar.xz") as archive:
        archive.extractall(folder, filter="data")


def _take_the_working_tree(folder: Path) -> None:
    everything = folder / "everything"
    copy_working_tree(everything)
    for name in ("copier.yml", "template"):
        (everything / name).rename(folder / name)
    shutil.rmtree(everything)
