"""Changes of the module search path, which do not do on a Worker what they do elsewhere."""

import ast
from collections.abc import Iterator

from tools.preflight.bundle import Bundle
from tools.preflight.columns import Columns
from tools.preflight.facts import dotted
from tools.preflight.finding import Finding, Place, found

CHANGES = {
    "sys.path.append",
    "sys.path.extend",
    "sys.path.insert",
    "site.addsitedir",
    "os.environ.setdefault",
}


def check(bundle: Bundle) -> Iterator[Finding]:
    """A finding for each statement of the service that changes `sys.path` or PYTHONPATH."""
    for part, facts in bundle.own_modules():
        content = bundle.upload.modules[part].content
        hinted = any(hint in content for hint in (b"sys.path", b"PYTHONPATH", b"addsitedir"))
        if facts.syntax_error or not hinted:
            continue
        columns = Columns(content)
        for node in ast.walk(ast.parse(content)):
            if not (changed := _changed(node)):
                continue
            assert isinstance(node, ast.expr | ast.stmt)
            line, column, end = columns.of(node)
            yield found(
                "PF210",
                Place(bundle.place(part).path, line, column, end),
                target=changed,
                message=f"A change of {changed} does not make modules importable on a Worker: the "
                "upload is always found under /session/metadata, and folders of your machine "
                "are not there.",
                fix="Delete the statement and let the module root name the modules: base_dir in "
                f"{bundle.wiring.config.file.name} is the folder that holds the package.",
            )


def _changed(node: ast.AST) -> str | None:
    match node:
        case ast.Call() if (name := dotted(node.func)) in CHANGES:
            if name == "os.environ.setdefault":
                return "PYTHONPATH" if _is_pythonpath(node.args[0] if node.args else None) else None
            return "sys.path"
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            if isinstance(target, ast.Subscript) and dotted(target.value) == "os.environ":
                return "PYTHONPATH" if _is_pythonpath(target.slice) else None
            if isinstance(target, ast.Subscript):
                target = target.value
            return "sys.path" if dotted(target) == "sys.path" else None
    return None


def _is_pythonpath(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "PYTHONPATH"
