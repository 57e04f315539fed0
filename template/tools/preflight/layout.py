"""What `import` finds on a Worker, from nothing but the names of the upload's parts.

`sys.path` of a Worker is: standard library, `python_modules/`, the upload itself. (Observed with
workerd 1.20261117.1.) As on any Python, a package or module that is found first wins, and folders
without `__init__.py` are joined into a namespace package only if no entry has a real one.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tools.preflight.wiring import VENDORED

# The folders of `sys.path` that come from the upload, in order.
ROUTES = (f"{VENDORED}/", "")

# Native modules, in the form that the loader of Pyodide takes.
NATIVE = ".so"


@dataclass(frozen=True)
class Module:
    """What a dotted name leads to: `part` is its file in the upload, None for a namespace."""

    name: str
    part: str | None
    is_package: bool


class Layout:
    """The upload's parts as modules.

    `anchors` are the parts that set `__path__` to their own folder: modules whose submodules lie
    beside them.
    """

    def __init__(self, parts: Collection[str], anchors: Collection[str] = ()) -> None:
        self._parts = frozenset(parts)
        self._anchors = frozenset(anchors)
        self._folders = frozenset(
            "/".join(part.split("/")[:depth])
            for part in parts
            for depth in range(1, part.count("/") + 1)
        )
        # pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so is `_pydantic_core`.
        self._natives = {
            f"{folder}{slash}{file.partition('.')[0]}": part
            for part in parts
            if part.endswith(NATIVE)
            for folder, slash, file in [part.rpartition("/")]
        }
        self._found: dict[str, Module | None] = {}
        # The folders in which the children of a package are looked for, each with a slash behind.
        self._inside: dict[str, tuple[str, ...]] = {"": ROUTES}

    def find(self, name: str) -> Module | None:
        """The module that `import name` would load, or None when it would fail.

        Names of the standard library and of the runtime are not looked up here.
        """
        if name not in self._found:
            # From the top down: a long name would need as deep a recursion.
            end = name.find(".")
            while end != -1 and self._look_up(name[:end]):
                end = name.find(".", end + 1)
            self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> Module | None:
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Module | None:
        parent, _, last = name.rpartition(".")
        if not last.isidentifier():
            return None
        for folder in self._inside.get(parent, ()):
            path = f"{folder}{last}"
            if f"{path}/__init__.py" in self._parts:
                self._inside[name] = (f"{path}/",)
                return Module(name, f"{path}/__init__.py", is_package=True)
            if path in self._natives:
                return Module(name, self._natives[path], is_package=False)
            if (part := f"{path}.py") in self._parts:
                if part in self._anchors:
                    self._inside[name] = (folder,)
                return Module(name, part, is_package=part in self._anchors)
        paths = [f"{folder}{last}" for folder in self._inside.get(parent, ())]
        self._inside[name] = tuple(f"{path}/" for path in paths if path in self._folders)
        return Module(name, None, is_package=True) if self._inside[name] else None

    def name_of(self, part: str) -> str | None:
        """The dotted name of a Python part, or None when it cannot be imported by any."""
        path = next((part.removeprefix(route) for route in ROUTES if part.startswith(route)), part)
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return dotted if all(piece.isidentifier() for piece in dotted.split(".")) else None
