"""Calls of the standard library that a Worker has, but that always fail there."""

import ast
import re
from collections.abc import Iterator

from tools.preflight.bundle import Bundle
from tools.preflight.columns import Columns
from tools.preflight.facts import Facts, dotted
from tools.preflight.finding import Finding, Place, found
from tools.preflight.stdlib import UNUSABLE

# Most modules have none of these words and need no second look.
HINT = re.compile("|".join(sorted({name.rpartition(".")[2] for name in UNUSABLE})).encode())
MODULES = re.compile("|".join(sorted({name.partition(".")[0] for name in UNUSABLE})).encode())


def check(bundle: Bundle) -> Iterator[Finding]:
    """A finding for each call in the service's modules, wherever it stands."""
    for part, facts in bundle.own_modules():
        content = bundle.upload.modules[part].content
        if facts.syntax_error or not (MODULES.search(content) and HINT.search(content)):
            continue
        columns = Columns(content)
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Call) and (name := _unusable(node, facts)):
                line, column, _ = columns.of(node)
                _, _, end = columns.of(node.func)
                yield found(
                    "PF209",
                    Place(bundle.place(part).path, line, column, end),
                    target=name,
                    message=f"`{name}` fails on a Worker: the runtime has no {UNUSABLE[name]}.",
                    fix="Await the work instead, or hand it to a queue, a Workflow or a Durable "
                    "Object; HTTP goes through `workers.fetch` or httpx.",
                )


def _unusable(node: ast.Call, facts: Facts) -> str | None:
    written = dotted(node.func)
    if written is None:
        return None
    first, dot, rest = written.partition(".")
    for statement in facts.imports:
        if first in statement.names and not statement.level:
            name = f"{statement.module}.{first}{dot}{rest}"
        elif statement.module.partition(".")[0] == first and not statement.names:
            name = written
        else:
            name = f"{facts.aliases.get(first, first)}{dot}{rest}" if first in facts.aliases else ""
        if name in UNUSABLE:
            return name
    return None
