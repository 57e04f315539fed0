"""Could the wheel take over? In the hybrid delivery it must carry the `src` wrangler uploads."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.preflight.finding import Finding
from tools.preflight.project import PACKAGE, Checked
from tools.runtime import wheel
from tools.runtime.upload import Upload

FIX = (
    "Correct [tool.setuptools] in pyproject.toml: package-dir, packages.find and package-data, "
    "which lists the same files as rules in wrangler.toml."
)


def can_be_compared(checked: Checked, upload: Upload) -> bool:
    """Whether a wheel stands ready, and wrangler uploads a `src` to compare it with."""
    hybrid = checked.delivery == "hybrid" and checked.base_dir is not None
    return hybrid and bool(uploaded(upload))


def build(checked: Checked) -> dict[str, bytes]:
    """The files in a freshly built wheel, less its metadata.

    Raises:
        ToolError: it cannot be built.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(wheel.build(checked.project, Path(folder))) as archive,
    ):
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.partition("/")[0].endswith(".dist-info")
        }


def uploaded(upload: Upload) -> dict[str, bytes]:
    """The files of `src` that wrangler takes from the tree."""
    return {
        name: module.content
        for name, module in upload.modules.items()
        if name.startswith(f"{PACKAGE}/")
    }


def check(checked: Checked, files: Mapping[str, bytes], upload: Upload) -> Iterator[Finding]:
    """Findings about what differs between the wheel's files and what wrangler uploads.

    Where the upload itself differs from the tree, presence has said so.
    """
    tree = checked.tree()
    right = {
        name: content
        for name, content in uploaded(upload).items()
        if name in tree and content == tree[name].read_bytes()
    }
    modules = {name for name in tree if name.endswith(".py")}
    for name in sorted(right.keys() - files.keys()):
        yield Finding("PF501", "error", name, None, "The wheel lacks this file of the upload.", FIX)
    for name in sorted(files.keys() - upload.modules.keys() - modules):
        yield Finding("PF502", "error", name, None, "Only the wheel holds this file.", FIX)
    for name in sorted(right.keys() & files.keys()):
        if files[name] != right[name]:
            yield Finding(
                "PF503",
                "error",
                name,
                None,
                "The wheel holds another version of this file than wrangler uploads.",
                "Keep the build backend in pyproject.toml from rewriting files of src.",
            )
