"""[tool.setuptools] of pyproject.toml: the wheel that carries the package as it lies here."""

from collections.abc import Iterator
from typing import Any

from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Edit, Set, exists, look_up

BACKEND = "setuptools.build_meta"
SETUPTOOLS = ("tool", "setuptools")


def edits(pyproject: Draft, package: str, delivery: str) -> Iterator[tuple[Draft, Edit]]:
    """What a delivery by wheel needs, or one that keeps the wheel ready."""
    values = pyproject.values
    if delivery == "wrangler":
        return
    backend = values.get("build-system", {}).get("build-backend", BACKEND)
    if backend != BACKEND:
        raise NotRepaired(
            f"the project is built with {backend}, and the template's wheel with setuptools. "
            "Answer delivery with wrangler, or build with setuptools"
        )
    for path, wanted in _wanted(package):
        if not exists(values, path):
            yield pyproject, Set(path, wanted)
        elif path[:2] == SETUPTOOLS and look_up(values, path) != wanted:
            raise NotRepaired(
                f"pyproject.toml has its own {'.'.join(path)}, so the wheel may hold something "
                f"else than {package}. Answer delivery with wrangler, or let it be {wanted!r}"
            )


def _wanted(package: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield ("build-system", "requires"), ["setuptools~=84.2"]
    yield ("build-system", "build-backend"), BACKEND
    yield (*SETUPTOOLS, "package-dir"), {"": "."}
    yield (*SETUPTOOLS, "packages", "find", "where"), ["."]
    yield (*SETUPTOOLS, "packages", "find", "include"), [package, f"{package}.*"]
