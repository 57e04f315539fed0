"""Vendored packages and code that do not fit the runtime."""

import shutil
from pathlib import Path

from preflight.corpus import WITH_LIBRARIES, Edit, Fault, Report, append, delete, replace, write

CONFIG = "wrangler.toml"
MAIN = "backend/src/main.py"
SETTINGS = "backend/src/core/config/settings.py"
LINK = "backend/src/domain/links/link.py"
SLUG = "backend/src/domain/links/slug.py"
REQUEST_LOG = "backend/src/core/logging/request_log.py"
EVENT_LOG = "backend/src/infrastructure/links/event_log.py"
NATIVE = "python_modules/pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so"
OLDER = NATIVE.replace("314", "313")
FOR_LINUX = NATIVE.replace("wasm32-emscripten", "x86_64-linux-gnu")
LOADER = "python_modules/_workers_sdk_patch_loader.pth"


def rename(old: str, new: str) -> Edit:
    def edit(project: Path) -> None:
        (project / old).rename(project / new)

    return edit


def _vendored_for_this_machine(project: Path) -> None:
    (project / NATIVE).rename(project / NATIVE.replace(".so", ".kept"))
    (project / FOR_LINUX).write_bytes(b"\x7fELF\x02\x01\x01" + bytes(57))


def _vendored_again(project: Path) -> None:
    (project / FOR_LINUX).unlink()
    (project / NATIVE.replace(".so", ".kept")).rename(project / NATIVE)


def _without_sdk(project: Path) -> None:
    for name in ("workers", "asgi.py"):
        (project / "python_modules" / name).rename(project / f"kept-{name}")


def _with_sdk(project: Path) -> None:
    for name in ("workers", "asgi.py"):
        shutil.move(project / f"kept-{name}", project / "python_modules" / name)


FAULTS: list[Fault] = [
    Fault(
        "vendored-for-older-python",
        "The date was moved to a newer Python, and nothing vendored again.",
        rename(NATIVE, OLDER),
        (Report("PF705", OLDER),),
        rename(OLDER, NATIVE),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "date-of-older-python",
        "The date was set back to before the Python that the packages are vendored for.",
        replace(CONFIG, 'compatibility_date = "2026-11-01"', 'compatibility_date = "2026-09-01"'),
        (Report("PF705", NATIVE),),
        replace(CONFIG, 'compatibility_date = "2026-09-01"', 'compatibility_date = "2026-11-01"'),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "vendored-for-this-machine",
        "Packages were vendored with a plain `pip install --target`.",
        _vendored_for_this_machine,
        (Report("PF706", FOR_LINUX),),
        _vendored_again,
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "sdk-not-vendored",
        "The Workers SDK was not vendored, since older dates did without.",
        _without_sdk,
        (Report("PF707", MAIN, "from workers import"),),
        _with_sdk,
    ),
    Fault(
        "sdk-patches-excluded",
        "All .pth files were left out of the upload to make it smaller.",
        replace(CONFIG, '    "**/py.typed",\n', '    "**/py.typed",\n    "**/*.pth",\n'),
        (Report("PF708", CONFIG, "exclude"),),
        replace(CONFIG, '    "**/*.pth",\n', ""),
    ),
    Fault(
        "sdk-patches-not-vendored",
        "A script that tidies python_modules deleted the SDK's .pth file.",
        delete(LOADER),
        (Report("PF708", LOADER),),
        write(LOADER, "import _workers_sdk_patch_loader\n"),
    ),
    Fault(
        "random-at-import",
        "A random value was made once for the whole module.",
        append(SLUG, "\nSALT = secrets.token_hex(8)\n"),
        (Report("PF710", SLUG, "secrets.token_hex(8)"),),
        replace(
            SLUG,
            "\nSALT = secrets.token_hex(8)\n",
            "\n\ndef salt() -> str:\n    return secrets.token_hex(8)\n",
        ),
    ),
    Fault(
        "random-default",
        "A random value was made in the default of a parameter.",
        append(
            REQUEST_LOG,
            "\n\nfrom uuid import uuid4  # noqa: E402\n\n\n"
            "def trace(identifier: str = str(uuid4())) -> str:\n    return identifier\n",
        ),
        (Report("PF710", REQUEST_LOG, "str(uuid4())"),),
        replace(
            REQUEST_LOG,
            "(identifier: str = str(uuid4())) -> str:\n    return identifier\n",
            "(identifier: str | None = None) -> str:\n    return identifier or str(uuid4())\n",
        ),
    ),
    Fault(
        "random-in-class",
        "A random value was made in the body of a class.",
        append(
            SETTINGS,
            "\n\nimport random  # noqa: E402\n\n\nclass Sampling:\n"
            "    share = random.uniform(0.1, 0.2)\n",
        ),
        (Report("PF710", SETTINGS, "random.uniform"),),
        replace(SETTINGS, "random.uniform(0.1, 0.2)", "random.Random(7).uniform(0.1, 0.2)"),
    ),
    Fault(
        "random-seeded",
        "The shared random numbers were seeded at the top of a module, for repeatable ones.",
        append(SETTINGS, "\n\nfrom random import seed  # noqa: E402\n\nseed(7)\n"),
        (Report("PF710", SETTINGS, "seed(7)"),),
        replace(SETTINGS, "\nseed(7)\n", "\n\ndef repeatable() -> None:\n    seed(7)\n"),
    ),
    Fault(
        "random-under-condition",
        "A random value was made at import, though only where a condition holds.",
        append(
            LINK,
            "\n\nimport os  # noqa: E402\n\n"
            'if os.environ.get("SIGN_LINKS"):\n    KEY = os.urandom(16)\n',
        ),
        (Report("PF710", LINK, "os.urandom(16)"),),
        replace(
            LINK,
            'if os.environ.get("SIGN_LINKS"):\n    KEY = os.urandom(16)\n',
            "\ndef key() -> bytes:\n    return os.urandom(16)\n",
        ),
    ),
    Fault(
        "download-at-import",
        "A list was downloaded while the module is imported.",
        append(
            EVENT_LOG,
            "\n\nimport urllib.request  # noqa: E402\n\n"
            'BLOCKED = urllib.request.urlopen("https://example.com/blocked.txt").read()\n',
        ),
        (Report("PF711", EVENT_LOG, "urlopen"),),
        replace(
            EVENT_LOG,
            'BLOCKED = urllib.request.urlopen("https://example.com/blocked.txt").read()\n',
            "\ndef blocked() -> bytes:\n"
            '    content: bytes = urllib.request.urlopen("https://example.com/blocked.txt").read()\n'
            "    return content\n",
        ),
    ),
    Fault(
        "fetch-at-import",
        "A coroutine that fetches was run while the module is imported.",
        append(
            EVENT_LOG,
            "\n\nimport asyncio  # noqa: E402\n\nfrom workers import fetch  # noqa: E402\n\n"
            'RATES = asyncio.run(fetch("https://example.com/rates.json"))\n',
        ),
        (Report("PF711", EVENT_LOG, "asyncio.run(fetch("),),
        replace(
            EVENT_LOG,
            'RATES = asyncio.run(fetch("https://example.com/rates.json"))\n',
            "\nasync def rates() -> object:\n"
            '    return await fetch("https://example.com/rates.json")\n',
        ),
    ),
]
