"""Which protocol an application object speaks, read from the code that makes it.

Nothing is imported: the code may need what only a Worker has, or do something when it runs.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from tools.preflight.facts import dotted

Protocol = Literal["asgi", "wsgi"]

# What makes an application, by its full name.
MAKERS: dict[str, Protocol] = {
    "blacksheep.Application": "asgi",
    "django.core.asgi.get_asgi_application": "asgi",
    "falcon.asgi.App": "asgi",
    "fastapi.FastAPI": "asgi",
    "fastapi.applications.FastAPI": "asgi",
    "litestar.Litestar": "asgi",
    "quart.Quart": "asgi",
    "starlette.applications.Starlette": "asgi",
    "bottle.Bottle": "wsgi",
    "django.core.wsgi.get_wsgi_application": "wsgi",
    "falcon.App": "wsgi",
    "flask.Flask": "wsgi",
    "flask.app.Flask": "wsgi",
}
# `async def app(scope, receive, send)`, `def app(environ, start_response)`
ASGI_ARGUMENTS, WSGI_ARGUMENTS = 3, 2
# Chains of modules and factories can go in circles.
DEPTH = 12


@dataclass(frozen=True)
class Module:
    """A module of the project in `root`, with its dotted name."""

    root: Path
    name: str

    @property
    def file(self) -> Path:
        path = self.root.joinpath(*self.name.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Its statements; none when it is not the project's own or does not parse."""
        try:
            return ast.parse(self.file.read_bytes()).body
        except (OSError, SyntaxError, ValueError):
            return []

    @cached_property
    def imported(self) -> dict[str, str]:
        """The full names of what it imports, by the names it gives them."""
        names: dict[str, str] = {}
        for node in (node for statement in self.body for node in ast.walk(statement)):
            match node:
                case ast.Import():
                    for alias in node.names:
                        name = alias.asname or alias.name.partition(".")[0]
                        names[name] = alias.name if alias.asname else name
                case ast.ImportFrom():
                    for alias in node.names:
                        names[alias.asname or alias.name] = f"{self._source(node)}.{alias.name}"
        return names

    def _source(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        is_package = self.file.name == "__init__.py"
        above = parts[: len(parts) - node.level + is_package]
        return ".".join([*above, *([node.module] if node.module else [])])

    def full(self, name: str) -> str:
        first, _, rest = name.partition(".")
        start = self.imported.get(first, first)
        return f"{start}.{rest}" if rest else start


def protocol(module: Module, name: str, depth: int = DEPTH) -> Protocol | None:
    """What the object `name` of a module speaks, None when that cannot be seen."""
    if depth == 0:
        return None
    for statement in reversed(module.body):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if statement.name == name:
                return _of_function(statement)
            case ast.Assign(targets=targets, value=value) if name in map(dotted, targets):
                return _of_value(module, value, depth)
            case ast.AnnAssign(target=target, annotation=annotation, value=value) if (
                dotted(target) == name
            ):
                by_annotation = MAKERS.get(module.full(dotted(annotation) or ""))
                return by_annotation or (_of_value(module, value, depth) if value else None)
    return _of_import(module, name, depth)


def _of_import(module: Module, name: str, depth: int) -> Protocol | None:
    source, _, last = module.imported.get(name, "").rpartition(".")
    return protocol(Module(module.root, source), last, depth - 1) if source else None


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Protocol | None:
    count = len(function.args.args)
    if isinstance(function, ast.AsyncFunctionDef) and count == ASGI_ARGUMENTS:
        return "asgi"
    if isinstance(function, ast.FunctionDef) and count == WSGI_ARGUMENTS:
        return "wsgi"
    return None


def _of_value(module: Module, value: ast.expr, depth: int) -> Protocol | None:
    match value:
        case ast.Name(id=name):
            return protocol(module, name, depth - 1)
        case ast.Call(func=function, args=arguments):
            called = dotted(function) or ""
            if known := MAKERS.get(module.full(called)):
                return known
            # What a factory makes, or what a middleware is wrapped around.
            inner = (_of_value(module, argument, depth - 1) for argument in arguments)
            return _of_factory(module, called, depth - 1) or next(filter(None, inner), None)
    return None


def _of_factory(module: Module, called: str, depth: int) -> Protocol | None:
    if depth <= 0:
        return None
    for function in _functions(module.body):
        if function.name == called:
            return _made_in(module, function, depth)
    source, _, last = module.full(called).rpartition(".")
    return _of_factory(Module(module.root, source), last, depth - 1) if source else None


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    yield from (statement for statement in body if isinstance(statement, ast.FunctionDef))


def _made_in(module: Module, function: ast.FunctionDef, depth: int) -> Protocol | None:
    if function.returns and (known := MAKERS.get(module.full(dotted(function.returns) or ""))):
        return known
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = dotted(node.func) or ""
            if known := MAKERS.get(module.full(called)):
                return known
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            return _of_value(module, node.value, depth - 1)
    return None
