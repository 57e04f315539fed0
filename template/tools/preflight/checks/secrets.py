"""Does the text of a part, or a variable of the wrangler config, hold a secret?

No finding quotes what was found: reports are kept and passed on.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, Place, found
from tools.preflight.membership import is_test
from tools.preflight.wiring import VENDORED, Wiring


@dataclass(frozen=True)
class Kind:
    """A kind of secret; a text that has none of the literals is not searched for the pattern."""

    name: str
    literals: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


def _kind(name: str, literals: tuple[bytes, ...], pattern: bytes) -> Kind:
    return Kind(name, literals, re.compile(pattern))


PRIVATE_KEY = _kind(
    "a private key",
    (b"PRIVATE KEY",),
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?P<value>[^-]{64,})",
)
PASSWORD_IN_URL = _kind(
    "a password in a URL",
    (b"@",),
    rb"""://(?P<user>[^\s:/@"'`<>{}]*):(?P<value>(?:[^\s:/@"'`<>{}$%*]|%[0-9A-Fa-f]{2}){8,})"""
    rb"""@(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)""",
)
# A long quoted value without blanks, and what stands before it if it is a secret.
VALUE = re.compile(rb"""["']([A-Za-z0-9+/_=-]{32,200})["']""")
NAME = re.compile(
    rb"""(?i:(?:secret|token|password|passwd|(?:api|secret|access|private|auth)_?key))"""
    rb"""["']?\]?\s*(?::\s*str\s*)?[:=]\s*$"""
)
LONGEST_NAME = 80
# What issuers promise about their tokens.
# https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
# https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
TOKENS = (
    _kind(
        "an AWS access key",
        (b"AKIA", b"ASIA"),
        rb"(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])",
    ),
    _kind(
        "a GitHub token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        rb"gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])|github_pat_[A-Za-z0-9_]{82}",
    ),
    _kind(
        "a Slack token",
        (b"xox", b"hooks.slack.com"),
        rb"xox[abeoprs]-[A-Za-z0-9]+-[A-Za-z0-9-]{20,}"
        rb"|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}",
    ),
    _kind("a Stripe key", (b"_live_",), rb"[rs]k_live_[A-Za-z0-9]{20,}"),
    _kind("an OpenAI key", (b"T3BlbkFJ",), rb"sk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    _kind(
        "a Cloudflare token",
        (b"cfk_", b"cfut_", b"cfat_"),
        rb"cf(?:k|ut|at)_[A-Za-z0-9_-]{40,60}(?![A-Za-z0-9_-])",
    ),
    PASSWORD_IN_URL,
)
PLACEHOLDER = re.compile(
    rb"(?i)example|placeholder|change.?me|dummy|your|xxxx|secret|pass|token|fake|test"
    rb"|abcdefgh|01234567|12345678"
)
NO_REAL_HOST = re.compile(
    rb"(?i)(?:^|\.)(?:example(?:\.\w+)?|localhost|test|invalid|local)$|^127\."
)

FIX = (
    "Delete it, have whoever issued it replace it, and give the Worker the new one by `wrangler "
    "secret put NAME`; the code then reads it as `env.NAME`."
)


def check(bundle: Bundle, part: str) -> Iterator[Finding]:
    """Findings about the text of one part.

    Of vendored packages only private keys are reported, and none that a release was published
    with: nobody's secret is in it.
    """
    content = bundle.upload.modules[part].content
    if bundle.is_environment(part):
        return
    if bundle.short(part) is not None:
        findings = _secrets(content)
    elif any(literal in content for literal in PRIVATE_KEY.literals) and not _is_published(
        bundle.wiring, part
    ):
        findings = _private_keys(content)
    else:
        return
    for name, offset in findings:
        line = content.count(b"\n", 0, offset) + 1
        yield _found(bundle.place(part, line), part, name, "This line holds")


def of_variables(wiring: Wiring) -> Iterator[Finding]:
    """Findings about `[vars]`, which are uploaded and shown as plain text."""
    for name, value in wiring.values.get("vars", {}).items():
        if not isinstance(value, str):
            continue
        # As in a line of code, since what a value means is in its name.
        line = f'{name} = "{value}"'.encode()
        for kind, _ in _secrets(line):
            yield _found(wiring.place("vars", name), name, kind, "The variable holds")
            break


def _found(place: Place, target: str, kind: str, what: str) -> Finding:
    return found(
        "PF303",
        place,
        target=target,
        message=f"{what} what looks like {kind}. It is uploaded as plain text, and all who can "
        "read the repository or the Worker have it.",
        fix=FIX,
    )


def _secrets(content: bytes) -> Iterator[tuple[str, int]]:
    """The kind and the offset of each secret in a text."""
    yield from _private_keys(content)
    for kind in TOKENS:
        if not any(literal in content for literal in kind.literals):
            continue
        for match in kind.pattern.finditer(content):
            if kind is PASSWORD_IN_URL:
                real = not NO_REAL_HOST.search(match["host"]) and match["user"] != match["value"]
                real = real and _is_password(match["value"])
            else:
                real = b"EXAMPLE" not in match[0] and _entropy(match[0]) > 3
            if real:
                yield kind.name, match.start()
    for match in VALUE.finditer(content):
        before = content[max(0, match.start() - LONGEST_NAME) : match.start()]
        if NAME.search(before) and _is_random(match[1]):
            yield "a secret value", match.start()


def _private_keys(content: bytes) -> Iterator[tuple[str, int]]:
    if not any(literal in content for literal in PRIVATE_KEY.literals):
        return
    for match in PRIVATE_KEY.pattern.finditer(content):
        # In source code, line breaks can be written out and lines can be quoted.
        body = re.sub(rb"\\[nrt]|[^A-Za-z0-9+/=]", b"", match["value"])
        if len(body) >= 60 and _entropy(body) > 4:
            yield PRIVATE_KEY.name, match.start()


def _is_password(value: bytes) -> bool:
    mixed = re.search(rb"[A-Za-z]", value) and re.search(rb"[0-9]", value)
    return bool(mixed) and not PLACEHOLDER.search(value) and _entropy(value) > 2.5


def _is_random(value: bytes) -> bool:
    if PLACEHOLDER.search(value):
        return False
    if re.fullmatch(rb"[0-9a-f]+|[0-9A-F]+", value):
        return _entropy(value) > 3.2
    mixed = all(re.search(some, value) for some in (rb"[a-z]", rb"[A-Z]", rb"[0-9]"))
    return mixed and _entropy(value) > 4.2


def _entropy(value: bytes) -> float:
    """Bits for each byte."""
    size = len(value)
    counts = Counter(value).values()
    return -sum(count / size * math.log2(count / size) for count in counts)


def _is_published(wiring: Wiring, part: str) -> bool:
    """Whether a vendored file is a test, or one that an unpacked wheel brought."""
    if is_test(part.lower()) or "selftest" in part.lower():
        return True
    name = part.removeprefix(f"{VENDORED}/")
    return any(
        line.startswith(f"{name},")
        for record in (wiring.root / VENDORED).glob("*.dist-info/RECORD")
        for line in record.read_text(encoding="utf-8", errors="replace").splitlines()
    )
