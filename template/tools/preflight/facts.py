"""What a module imports, defines and does while it is imported: one pass over its syntax tree.

Existing tools collapse a missing module of a package into its parent; here each import is kept as
it is written, with how certain it is to run.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from tools.preflight.columns import Columns

When = Literal["start", "conditional", "optional", "deferred", "typing"]
"""start: whenever the module is imported. conditional: then, if a condition holds that cannot be
known here. optional: its failure is caught. deferred: in a function. typing: never on a Worker."""

# Handlers of these around an import make it optional.
CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}

# Names are made in ways that a reader of the tree does not see …
MADE_NAMES = re.compile(
    rb"(globals|vars|locals)\(\)(\[|\.update|\.setdefault)|=\s*globals\(\)|setattr\(sys\.modules"
    # Members of an enumeration, as `re` and `ssl` have them.
    rb"|global_enum|\._convert_\("
)
# All of them hold one of these; that most modules hold none is found out faster.
MADE_NAMES_HOLD = (
    b"globals()",
    b"vars()",
    b"locals()",
    b"setattr(sys",
    b"global_enum",
    b"._convert_(",
)
# … or can be.
MODULE_OBJECT = b"sys.modules[__name__]"

# Statements that hold no others.
SIMPLE = (ast.Return, ast.Raise, ast.Assert, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)

# A Worker's Python, as `sys.platform` and `os.name` name it.
PLATFORM = "emscripten"
OS_NAME = "posix"


@dataclass(frozen=True, slots=True)
class Import:
    """One import of one module; `level` counts the leading dots of a relative one.

    `names` are those of `from … import`, empty for `import …`. `line` and the columns count
    from 1.
    """

    module: str
    level: int
    names: tuple[str, ...]
    line: int
    column: int
    end_column: int | None
    when: When


@dataclass(frozen=True, slots=True)
class Call:
    """A call while the module is imported; `name` is as written, such as `random.random`.

    `arguments` is how many it is given.
    """

    name: str
    line: int
    column: int
    end_column: int | None
    when: When
    arguments: int


@dataclass(frozen=True, slots=True)
class Class:
    """A class at the top level, with its bases as written; one that is no name is empty."""

    name: str
    bases: tuple[str, ...]
    methods: frozenset[str]
    line: int


@dataclass(slots=True)
class Facts:
    """What is known of one module.

    `defined` maps each name that the module binds to the line that first does, `certain` holds
    those bound on every path. `dynamic` says that it may define names nobody can see here.
    `calls` are those made while it is imported. `is_anchor` says that it sets `__path__` to its own
    folder, so that its submodules lie beside it. `syntax_error` is the line and the reason when it
    cannot be parsed; all else is empty then, or only what a search for imports found, and `words`
    are all that could be names in it.
    """

    imports: list[Import] = field(default_factory=list)
    defined: dict[str, int] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    dynamic: bool = False
    is_anchor: bool = False
    syntax_error: tuple[int, str] | None = None
    words: frozenset[str] | None = None


@cache
def facts_of(content: bytes, python: tuple[int, int]) -> Facts:
    """The facts of a module with this content on the given version of Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except SyntaxError as error:
        return _searched(content, python, error.lineno or 1, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        # NUL bytes, or nesting that no Python parses.
        return Facts(syntax_error=(1, str(error) or type(error).__name__), dynamic=True)
    facts = Facts()
    by_call = b"import_module" in content or b"__import__" in content
    try:
        _Reader(facts, python, Columns(content), by_call=by_call).block(
            tree.body, "start", bound=True
        )
    except RecursionError:
        # Nested more deeply than can be read here; what was read stays.
        facts.dynamic = True
    executed = any(call.name == "exec" for call in facts.calls)
    if executed or MODULE_OBJECT in content or _makes_names(content):
        facts.dynamic = True
    if b"__path__" in content:
        facts.is_anchor = any(_sets_path_to_own_folder(node) for node in tree.body)
    if b"global " in content:
        for found in re.finditer(rb"^[ \t]+global[ \t]+([\w, ]+)", content, re.MULTILINE):
            for name in found[1].decode().replace(",", " ").split():
                facts.defined.setdefault(name, 1)
    return facts


class _Reader:
    """Walks statements; expressions only where they run during import."""

    def __init__(
        self, facts: Facts, python: tuple[int, int], columns: Columns, *, by_call: bool = True
    ) -> None:
        self.facts = facts
        self.python = python
        self.columns = columns
        # Whether calls in functions matter: those that import something.
        self.by_call = by_call

    def block(self, body: Sequence[ast.stmt], when: When, *, bound: bool) -> None:
        """Read statements; `bound` says whether names they bind are the module's."""
        # In a function only imports matter; without those by call, such statements have none.
        in_function = not bound and when in ("deferred", "typing")
        skipped = SIMPLE if in_function and not self.by_call else ()
        for statement in body:
            if not isinstance(statement, skipped):
                self.statement(statement, when, bound=bound)

    def statement(self, node: ast.stmt, when: When, *, bound: bool) -> None:
        match node:
            case ast.Import():
                for alias in node.names:
                    self.add_import(node, alias.name, 0, (), when)
                    name = alias.asname or alias.name.partition(".")[0]
                    self.bind(name, node.lineno, bound)
                    if bound:
                        self.facts.aliases[name] = alias.name if alias.asname else name
            case ast.ImportFrom():
                names = tuple(alias.name for alias in node.names)
                self.add_import(node, node.module or "", node.level, names, when)
                for alias in node.names:
                    if alias.name != "*":
                        name = alias.asname or alias.name
                        self.bind(name, node.lineno, bound)
                        if bound and not node.level:
                            self.facts.aliases[name] = f"{node.module}.{alias.name}"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                offered = None
                if bound and node.name == "__getattr__" and node.args.args:
                    offered = _offered(node.body, node.args.args[0].arg)
                for name in (node.name,) if offered is None else offered:
                    self.bind(name, node.lineno, bound)
                if when != "deferred":
                    defaults = (*node.args.defaults, *node.args.kw_defaults)
                    self.expressions((*node.decorator_list, *defaults), when)
                self.block(node.body, "typing" if when == "typing" else "deferred", bound=False)
            case ast.ClassDef():
                self.class_definition(node, when, bound=bound)
            case ast.If():
                self.condition(node, when, bound=bound)
            case ast.Try():
                self.attempt(node, when, bound=bound)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expressions([item.context_expr], when)
                    if item.optional_vars:
                        self.targets(item.optional_vars, bound)
                inner = "optional" if when == "start" and _suppresses(node) else when
                self.block(node.body, inner, bound=bound)
            case ast.For() | ast.AsyncFor():
                self.expressions([node.iter], when)
                self.targets(node.target, bound)
                self.block(node.body, _unless_certain(when), bound=bound)
                self.block(node.orelse, _unless_certain(when), bound=bound)
            case ast.While():
                self.expressions([node.test], when)
                self.block(node.body, _unless_certain(when), bound=bound)
                self.block(node.orelse, when, bound=bound)
            case ast.Match():
                self.expressions([node.subject], when)
                for case in node.cases:
                    for inner_node in ast.walk(case.pattern):
                        captured = getattr(inner_node, "name", None) or getattr(
                            inner_node, "rest", None
                        )
                        if captured:
                            self.bind(captured, case.pattern.lineno, bound)
                    self.block(case.body, _unless_certain(when), bound=bound)
            case ast.Assign():
                self.expressions([node.value], when)
                for target in node.targets:
                    self.targets(target, bound)
            case ast.AnnAssign():
                if node.value is not None:
                    self.expressions([node.value], when)
                    self.targets(node.target, bound)
            case ast.AugAssign():
                self.expressions([node.value], when)
                self.targets(node.target, bound)
            case ast.Expr():
                self.expressions([node.value], when)
            case ast.Assert():
                self.expressions([node.test], when)
            case _:
                if alias_name := getattr(getattr(node, "name", None), "id", None):
                    self.bind(alias_name, node.lineno, bound)  # type X = …
                elif isinstance(node, ast.Return | ast.Raise):
                    self.expressions(
                        [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)],
                        when,
                    )
                elif hasattr(node, "handlers"):
                    self.attempt(node, when, bound=bound)  # try … except* …

    def class_definition(self, node: ast.ClassDef, when: When, *, bound: bool) -> None:
        self.bind(node.name, node.lineno, bound)
        self.expressions((*node.decorator_list, *node.bases), when)
        if bound:
            methods = (
                item.name
                for item in node.body
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            bases = tuple(dotted(base) or "" for base in node.bases)
            self.facts.classes[node.name] = Class(node.name, bases, frozenset(methods), node.lineno)
        self.block(node.body, when, bound=False)

    def condition(self, node: ast.If, when: When, *, bound: bool) -> None:
        # In a loop, since a chain of `elif` nests as deeply as it is long.
        while True:
            truth = _truth(node.test, self.python)
            self.expressions([node.test], when)
            if truth is None:
                when = _unless_certain(when)
                self.block(node.body, when, bound=bound)
            else:
                # Not on a Worker. Names that only a type checker sees count as bound all the
                # same: nobody imports them at runtime, and a finding here would be about style.
                self.block(node.body, when if truth else "typing", bound=bound and truth)
                when, bound = "typing" if truth else when, bound and not truth
            match node.orelse:
                case [ast.If() as node]:
                    continue
            self.block(node.orelse, when, bound=bound)
            return

    def attempt(self, node: ast.stmt, when: When, *, bound: bool) -> None:
        handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
        caught = any(_catches_import_errors(handler) for handler in handlers)
        guarded: When = "optional" if caught and when in ("start", "conditional") else when
        if caught and when == "deferred":
            guarded = "optional"
        self.block(getattr(node, "body", []), guarded, bound=bound)
        for handler in handlers:
            self.block(handler.body, _unless_certain(when), bound=bound)
        self.block(getattr(node, "orelse", []), guarded, bound=bound)
        self.block(getattr(node, "finalbody", []), when, bound=bound)

    def add_import(
        self,
        node: ast.stmt | ast.expr,
        module: str,
        level: int,
        names: tuple[str, ...],
        when: When,
    ) -> None:
        found = Import(module, level, names, *self.columns.of(node), when)
        self.facts.imports.append(found)
        if names == ("*",):
            self.facts.stars.append(found)

    def bind(self, name: str, line: int, bound: bool) -> None:
        if bound:
            # Another function under this name, or one that computes what it offers.
            self.facts.dynamic |= name == "__getattr__"
            self.facts.defined.setdefault(name, line)

    def targets(self, node: ast.expr, bound: bool) -> None:
        if not bound:
            return
        match node:
            case ast.Name():
                self.bind(node.id, node.lineno, bound)
            case ast.Tuple() | ast.List():
                for element in node.elts:
                    self.targets(element, bound)
            case ast.Starred():
                self.targets(node.value, bound)

    def expressions(self, nodes: Sequence[ast.expr | None], when: When) -> None:
        """Note the calls in expressions that run now: not in lambdas and generators."""
        if not self.by_call and when in ("deferred", "typing"):
            return
        for node in nodes:
            if node is None or isinstance(node, ast.Name | ast.Constant | ast.Attribute):
                continue
            for call in _calls(node):
                self.call(call, when)

    def call(self, node: ast.Call, when: When) -> None:
        name = dotted(node.func)
        if name is None:
            return
        if name in ("__import__", "importlib.import_module", "import_module") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                level = len(first.value) - len(first.value.lstrip("."))
                if level == 0:
                    self.add_import(node, first.value, 0, (), when)
            return
        if when in ("start", "conditional", "optional"):
            arguments = len(node.args) + len(node.keywords)
            self.facts.calls.append(Call(name, *self.columns.of(node), when, arguments))


def _makes_names(content: bytes) -> bool:
    held = any(part in content for part in MADE_NAMES_HOLD)
    return held and MADE_NAMES.search(content) is not None


def _sets_path_to_own_folder(node: ast.stmt) -> bool:
    """Whether it is `__path__ = [os.path.dirname(__file__)]`, in whatever way that is written."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__path__")], value=ast.List(elts=[element])) if (
            not isinstance(element, ast.Name)
        ):
            names = {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(element)}
            return "__file__" in names and bool(
                names & {"dirname", "parent", "parents", "rpartition"}
            )
    return False


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` for a chain of names, None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Subscript):
        return dotted(node.value) if not parts else None
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Lambda | ast.GeneratorExp):
            continue
        if isinstance(current, ast.Call):
            yield current
        stack.extend(ast.iter_child_nodes(current))


def _offered(body: Sequence[ast.stmt], asked: str) -> list[str] | None:
    """The names for which a module's `__getattr__` raises no error, if it lists them all.

    `asked` is the parameter for the name that is asked for.
    """
    names: list[str] = []
    for statement in body:
        match statement:
            case ast.Raise():
                return names
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id=name), ops=[ast.Eq() | ast.In()], comparators=[listed]
                )
            ) if name == asked:
                elements = getattr(listed, "elts", [listed])
                texts = [getattr(element, "value", None) for element in elements]
                names += [text for text in texts if isinstance(text, str)]
                others = _offered(statement.orelse, asked) if statement.orelse else []
                if others is None or not all(isinstance(text, str) for text in texts):
                    return None
                names += others
                if statement.orelse:
                    return names
            case _:
                return None
    return None


def _unless_certain(when: When) -> When:
    return "conditional" if when == "start" else when


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    """Whether it is `with suppress(ImportError)`."""
    for item in node.items:
        call = item.context_expr
        if (
            isinstance(call, ast.Call)
            and (dotted(call.func) or "").rpartition(".")[2] == "suppress"
            and any((dotted(argument) or "") in CAUGHT for argument in call.args)
        ):
            return True
    return False


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any((dotted(kind) or "").rpartition(".")[2] in CAUGHT for kind in types)


def _truth(test: ast.expr, python: tuple[int, int]) -> bool | None:
    """Whether a condition holds on a Worker; None when that cannot be known here."""
    match test:
        case ast.Constant():
            return bool(test.value)
        case ast.Name() | ast.Attribute():
            return False if (dotted(test) or "").rpartition(".")[2] == "TYPE_CHECKING" else None
        case ast.UnaryOp(op=ast.Not()):
            truth = _truth(test.operand, python)
            return None if truth is None else not truth
        case ast.BoolOp():
            truths = [_truth(value, python) for value in test.values]
            deciding = isinstance(test.op, ast.Or)
            if deciding in truths:
                return deciding
            return None if None in truths else not deciding
        case ast.Compare(ops=[operator], comparators=[right]):
            return _comparison(test.left, operator, right, python)
        case ast.Call(
            func=ast.Attribute(value=subject, attr="startswith"),
            args=[ast.Constant(value=str(text))],
        ) if dotted(subject) == "sys.platform":
            return PLATFORM.startswith(text)
    return None


def _comparison(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, python: tuple[int, int]
) -> bool | None:
    actual = _actual(left, python)
    try:
        value = ast.literal_eval(right)
    except (ValueError, TypeError, SyntaxError):
        return None
    if actual is None or (actual == "" and value != "__main__"):
        return None
    try:
        match operator:
            case ast.Eq():
                return bool(actual == value)
            case ast.NotEq():
                return bool(actual != value)
            case ast.In():
                return bool(actual in value)
            case ast.NotIn():
                return bool(actual not in value)
            case ast.Lt():
                return bool(actual < value)
            case ast.LtE():
                return bool(actual <= value)
            case ast.Gt():
                return bool(actual > value)
            case ast.GtE():
                return bool(actual >= value)
    except TypeError:
        return None
    return None


def _actual(node: ast.expr, python: tuple[int, int]) -> Any:
    """What an expression is on a Worker; empty for the unknown name of a module, else None."""
    version = (*python, 0, "final", 0)
    match node:
        case ast.Subscript(value=value, slice=part) if dotted(value) == "sys.version_info":
            match part:
                case ast.Constant(value=int(index)) if index < len(version):
                    return version[index]
                case ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None):
                    return version[:end]
            return None
        case ast.Name() | ast.Attribute():
            known = {
                "__name__": "",
                "os.name": OS_NAME,
                "sys.platform": PLATFORM,
                "sys.version_info": version,
                "sys.version_info.major": version[0],
                "sys.version_info.minor": version[1],
            }
            return known.get(dotted(node) or "")
    return None


def _searched(content: bytes, python: tuple[int, int], line: int, reason: str) -> Facts:
    """The imports of a module that this Python cannot parse, found line by line.

    A Worker's Python may be newer than the one that runs the checks, so that alone is no error:
    tools.preflight.checks.imports asks a parser that knows the Worker's syntax.
    """
    facts = Facts(syntax_error=(line, reason), dynamic=True)
    reader = _Reader(facts, python, Columns(b""))
    text = content.decode(errors="replace")
    if not _makes_names(content):
        facts.words = frozenset(re.findall(r"\w+", text))
    statement = re.compile(
        r"^(?P<indent>[ \t]*)(?:from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n(]+)"
        r"|import[ \t]+[^\n]+)",
        re.MULTILINE,
    )
    for found in statement.finditer(text):
        try:
            parsed = ast.parse(found[0].strip()).body
        except SyntaxError:
            continue
        number = text.count("\n", 0, found.start()) + 1
        for node in parsed:
            ast.increment_lineno(node, number - 1)
            # Indented ones may stand in a function, a guard or a class.
            when: When = "deferred" if found["indent"] else "start"
            reader.statement(node, when, bound=not found["indent"])
    return facts
