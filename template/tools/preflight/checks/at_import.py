"""What the service does while it is imported that the runtime refuses then.

Each name here was called at the top level of a Worker on workerd 1.20261117.1 with Python 3.14
and ended its start; numpy's are those that workers-runtime-sdk 1.9.5 blocks.
"""

from collections.abc import Iterator

from tools.preflight.bundle import Bundle
from tools.preflight.codes import Severity
from tools.preflight.facts import Call, Facts
from tools.preflight.finding import Finding, Place, found
from tools.preflight.stdlib import UNUSABLE

# All of a module but these: the second set may be called when it is given a seed.
RANDOM_MODULES = {
    "numpy.random": (frozenset[str](), frozenset({"RandomState", "default_rng"})),
    "random": (frozenset({"SystemRandom"}), frozenset({"Random"})),
    "secrets": (frozenset({"SystemRandom", "compare_digest"}), frozenset[str]()),
}
RANDOM_FUNCTIONS = frozenset(
    {
        "email.utils.make_msgid",
        "js.crypto.getRandomValues",
        "js.crypto.randomUUID",
        "os.urandom",
        "ssl.RAND_bytes",
        "uuid.getnode",
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid.uuid6",
        "uuid.uuid7",
        "uuid.uuid8",
    }
)
# With a node and a clock they need no random number.
GIVEN_IN_FULL = frozenset({"uuid.uuid1", "uuid.uuid6", "uuid.uuid8"})

METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "request")
NETWORK = frozenset(
    {
        "js.fetch",
        "pyodide.http.open_url",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "urllib3.request",
        *(f"{client}.{method}" for client in ("httpx", "requests") for method in METHODS),
    }
)
# They connect when they are given a host.
CONNECTING = frozenset({"ftplib.FTP", "ftplib.FTP_TLS", "smtplib.SMTP", "smtplib.SMTP_SSL"})
# They make a coroutine, which does nothing until something runs it.
COROUTINES = frozenset({"pyodide.http.pyfetch", "workers.fetch"})
RUNNERS = frozenset({"asyncio.run", "pyodide.ffi.run_sync"})


def check(bundle: Bundle) -> Iterator[Finding]:
    """A finding for each such call in a module that is imported when the Worker starts."""
    imported = set(bundle.start.order)
    for part, facts in bundle.own_modules():
        if part not in imported:
            continue
        for call in facts.calls:
            name = _name(bundle, facts, call)
            if name is None:
                continue
            sure = call.when == "start" and part in bundle.start.certain
            severity: Severity = "error" if sure else "warning"
            if _is_random(name, call):
                yield _random(bundle, part, call, name, severity)
            elif _is_network(facts, call, name):
                yield _network(bundle, part, call, name, severity)


def _name(bundle: Bundle, facts: Facts, call: Call) -> str | None:
    """The full name of what is called, or None for what the module defines or the service has."""
    first, dot, rest = call.name.partition(".")
    if first not in facts.aliases:
        return None
    name = f"{facts.aliases[first]}{dot}{rest}"
    top = name.partition(".")[0]
    if not bundle.resolver.stdlib.provides(top):
        module = bundle.layout.find(top)
        if module and (module.part is None or bundle.short(module.part) is not None):
            return None
    return name


def _is_random(name: str, call: Call) -> bool:
    if name in GIVEN_IN_FULL:
        return call.arguments < 2
    if name in RANDOM_FUNCTIONS:
        return True
    module, _, function = name.rpartition(".")
    if module not in RANDOM_MODULES:
        return False
    allowed, seeded = RANDOM_MODULES[module]
    return function not in allowed and not (function in seeded and call.arguments)


def _is_network(facts: Facts, call: Call, name: str) -> bool:
    if name in UNUSABLE:
        return False
    if name in COROUTINES:
        return any(
            other.line == call.line and _absolute(facts, other) in RUNNERS for other in facts.calls
        )
    return name in NETWORK or (name in CONNECTING and call.arguments > 0)


def _absolute(facts: Facts, call: Call) -> str:
    first, dot, rest = call.name.partition(".")
    return f"{facts.aliases.get(first, first)}{dot}{rest}"


def _random(bundle: Bundle, part: str, call: Call, name: str, severity: Severity) -> Finding:
    is_sequence = name.startswith("random.")
    return found(
        "PF710",
        _place(bundle, part, call),
        target=name,
        severity=severity,
        message=f"`{name}` is called while the module is imported. The runtime refuses random "
        "numbers then, because each Worker would start with the same ones: the start fails"
        f"{_when(severity)}.",
        fix=f"Move the call of `{call.name}` into the function that needs its value, so that it "
        "runs while a request is handled."
        + (" A fixed sequence comes from `random.Random(seed)`." if is_sequence else ""),
    )


def _network(bundle: Bundle, part: str, call: Call, name: str, severity: Severity) -> Finding:
    return found(
        "PF711",
        _place(bundle, part, call),
        target=name,
        severity=severity,
        message=f"`{name}` is called while the module is imported. The runtime refuses input and "
        "output outside of a handler: the start fails with `Disallowed operation called within "
        f"global scope`{_when(severity)}.",
        fix=f"Move the call of `{call.name}` into the function that handles the request; what it "
        "returns can be kept in a module variable for the next one.",
    )


def _when(severity: Severity) -> str:
    return "" if severity == "error" else " whenever this line is reached"


def _place(bundle: Bundle, part: str, call: Call) -> Place:
    return Place(bundle.place(part).path, call.line, call.column, call.end_column)
