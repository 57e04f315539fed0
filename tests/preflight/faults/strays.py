"""What does not belong into an upload, least of all secrets."""

import base64
import hashlib

from preflight.corpus import Fault, Report, append, both, delete, replace, write
from preflight.faults.presence import remove

SETTINGS = "backend/src/core/config/settings.py"
RULE = '"src/**/*.html"'


def random_text(size: int) -> str:
    """Letters and digits that look random, so that no real secret stands here."""
    digest = b"".join(hashlib.sha256(bytes([at])).digest() for at in range(size // 40 + 1))
    return base64.b64encode(digest).decode().replace("+", "a").replace("/", "b")[:size]


PRIVATE_KEY = f"-----BEGIN PRIVATE KEY-----\n{random_text(64)}\n-----END PRIVATE KEY-----\n"


def in_settings(name: str, line: str) -> Fault:
    return Fault(
        f"secret-{name}",
        f"Somebody wrote {name.replace('-', ' ')} into a module.",
        append(SETTINGS, f"\n\n{line}\n"),
        (Report("PF303", SETTINGS, line.partition(" = ")[0]),),
        replace(SETTINGS, f"\n\n{line}\n", ""),
    )


FAULTS: list[Fault] = [
    Fault(
        "stray-module",
        "A script was left beside `src`.",
        write("backend/seed.py", "print('seed')\n"),
        (Report("PF301", "backend/seed.py"),),
        delete("backend/seed.py"),
    ),
    Fault(
        "stray-folder",
        "A folder of scripts was left beside `src`.",
        both(
            write("backend/scripts/seed.py", "print('seed')\n"),
            write("backend/scripts/backfill.py", "print('backfill')\n"),
        ),
        (Report("PF301", "backend/scripts"),),
        remove("backend/scripts"),
    ),
    Fault(
        "env-file",
        "A rule takes hidden files, and with them .env.",
        both(
            replace("wrangler.toml", RULE, f'"src/**/.*", {RULE}'),
            replace("pyproject.toml", '"*.html"', '".*", "*.html"'),
            write("backend/src/.env", "DEBUG=1\n"),
        ),
        (Report("PF302", "backend/src/.env"),),
        both(
            replace("wrangler.toml", f'"src/**/.*", {RULE}', RULE),
            replace("pyproject.toml", '".*", ', ""),
        ),
    ),
    Fault(
        "key-file",
        "A rule takes the key that signs tokens.",
        both(
            replace("wrangler.toml", RULE, f'"src/**/*.pem", {RULE}'),
            replace("pyproject.toml", '"*.html"', '"*.pem", "*.html"'),
            write("backend/src/core/signing.pem", PRIVATE_KEY),
        ),
        (Report("PF302", "backend/src/core/signing.pem"),),
        delete("backend/src/core/signing.pem"),
    ),
    in_settings("an-AWS-key", f'ACCESS_KEY = "{"AKIA"}{"Q3XZ7PLM2WVT5KBN"}"'),
    in_settings("a-GitHub-token", f'AUTH = "{"ghp_"}{random_text(36)}"'),
    in_settings("a-Cloudflare-token", f'AUTH = "{"cfut_"}{random_text(48)}"'),
    in_settings("a-private-key", f"KEY = {PRIVATE_KEY!r}"),
    in_settings("a-password", f'DSN = "postgresql://links:{random_text(11)}7@db.links.io/links"'),
    in_settings("a-random-value", f'SESSION_SECRET = "{random_text(48)}"'),
    Fault(
        "secret-variable",
        "A token was put into [vars], which are plain text.",
        replace("wrangler.toml", "[vars]\n", f'[vars]\nHOOK_TOKEN = "{random_text(48)}"\n'),
        (Report("PF303", "wrangler.toml", "HOOK_TOKEN = "),),
        replace("wrangler.toml", f'HOOK_TOKEN = "{random_text(48)}"\n', ""),
    ),
    Fault(
        "environment-in-root",
        "A test runner made its environments in the module root.",
        write("backend/.tox/py314/lib/python3.14/site-packages/six.py", "PY3 = True\n"),
        (Report("PF304", "backend/.tox"),),
        remove("backend/.tox"),
    ),
    Fault(
        "build-in-root",
        "setuptools left its build folder in the module root.",
        write("backend/build/lib/src/old.py", "OLD = True\n"),
        (Report("PF304", "backend/build"),),
        remove("backend/build"),
    ),
    Fault(
        "tests-in-package",
        "The tests of a package lie in it.",
        both(
            write("backend/src/core/tests/__init__.py", ""),
            write("backend/src/core/tests/test_clock.py", "def test_clock() -> None: ...\n"),
        ),
        (Report("PF305", "backend/src/core/tests"),),
        remove("backend/src/core/tests"),
    ),
    Fault(
        "test-beside-module",
        "A test lies beside what it tests.",
        write("backend/src/core/test_clock.py", "def test_clock() -> None: ...\n"),
        (Report("PF305", "backend/src/core/test_clock.py"),),
        delete("backend/src/core/test_clock.py"),
    ),
]
