"""Does what is vendored fit the Worker's runtime, and does the service start without what it
refuses while importing?
"""

import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatch

from tools.preflight.bundle import Bundle
from tools.preflight.checks import at_import
from tools.preflight.codes import Severity
from tools.preflight.facts import Import
from tools.preflight.finding import Finding, Place, found
from tools.preflight.stdlib import SDK_VENDORED_SINCE
from tools.preflight.wiring import PYTHON_SINCE, VENDORED

# From this date on the runtime runs what `.pth` files say, and leaves to the SDK the patches
# without which packages such as pydantic fail. https://developers.cloudflare.com/workers/
# configuration/compatibility-flags/ (python_process_pth_files)
PTH_SINCE = "2026-05-26"
SDK_MODULES = ("workers", "asgi")
LOADER = f"{VENDORED}/_workers_sdk_patch_loader.pth"

# What workers-runtime-sdk 1.9.5 patches so that it can be imported; nothing else misses that.
PATCHED = {
    *("aiohttp", "cryptography", "fastapi", "jiter", "langchain_openai", "langsmith", "litestar"),
    *("numpy", "opentelemetry", "pydantic_core", "rpds", "tiktoken", "uuid_utils"),
}

NATIVE = re.compile(r"\.(so|pyd|dylib)(\.\d+)*$")
# pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so, and what Windows makes of it.
ABI = re.compile(r"\.(?:cpython-|cp)(\d)(\d+)t?[-.]")
# https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
TAG = re.compile(rb"^Tag: \S+-cp(\d)(\d+)t?-\S+\s*$", re.MULTILINE)

WASM = b"\0asm"
FORMATS = {
    b"\x7fELF": "a library for Linux",
    b"MZ": "a library for Windows",
    b"\xcf\xfa\xed\xfe": "a library for macOS",
    b"\xca\xfe\xba\xbe": "a library for macOS",
}


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about vendored packages, the Workers SDK and calls while importing."""
    yield from _native(bundle)
    yield from _sdk(bundle)
    yield from _sdk_patches(bundle)
    yield from at_import.check(bundle)


def _native(bundle: Bundle) -> Iterator[Finding]:
    """One finding for each package whose native modules the runtime cannot load."""
    blamed: set[str] = set()
    other_abis: set[tuple[int, int]] = set()
    for part, module in sorted(bundle.upload.modules.items()):
        if not NATIVE.search(part):
            continue
        package = _package(part)
        abi = ABI.search(part)
        python = (int(abi[1]), int(abi[2])) if abi else bundle.wiring.python
        foreign = not module.content.startswith(WASM)
        if python != bundle.wiring.python and not foreign:
            other_abis.add(python)
        if package in blamed or (python == bundle.wiring.python and not foreign):
            continue
        blamed.add(package)
        if foreign:
            yield _not_wasm(bundle, part, package, module.content)
        else:
            yield _other_python(bundle, part, package, python)
    for part in bundle.vendored:
        # A native module without the version in its name.
        if part.endswith(".dist-info/WHEEL") and part.count("/") == 2:
            content = bundle.upload.modules[part].content
            tags = {(int(tag[1]), int(tag[2])) for tag in TAG.finditer(content)}
            if tags and bundle.wiring.python not in tags and not tags & other_abis:
                package = part.split("/")[1].partition("-")[0]
                yield _other_python(bundle, part, package, min(tags))


def _package(part: str) -> str:
    return part.removeprefix(f"{VENDORED}/").partition("/")[0].partition(".")[0]


def _not_wasm(bundle: Bundle, part: str, package: str, content: bytes) -> Finding:
    starts = (what for magic, what in FORMATS.items() if content.startswith(magic))
    return found(
        "PF706",
        bundle.place(part),
        target=package,
        message=f"{part.rpartition('/')[2]} is {next(starts, 'no WebAssembly')}, and a Worker "
        f"loads nothing but WebAssembly: importing {package} fails.",
        fix=f"Delete {VENDORED} and run `{_sync(bundle)}`, which vendors wheels for the Worker "
        f"only; when {package} has no such wheel, replace the package.",
    )


def _other_python(bundle: Bundle, part: str, package: str, python: tuple[int, int]) -> Finding:
    runs = ".".join(map(str, bundle.wiring.python))
    return found(
        "PF705",
        bundle.place(part),
        target=package,
        message=f"{package} is vendored for Python {'.'.join(map(str, python))}, but with "
        f"compatibility_date {bundle.wiring.date} the Worker runs {runs} and cannot load its "
        "native modules.",
        fix=_fix_of_python(bundle, python),
    )


def _fix_of_python(bundle: Bundle, python: tuple[int, int]) -> str:
    if python > bundle.wiring.python:
        since = next((date for date, runs in PYTHON_SINCE.items() if runs == python), None)
        if since:
            return f"Set compatibility_date to {since} or later in {_config(bundle)}."
    return (
        f"Delete {VENDORED} and run `{_sync(bundle)}`: a change of the date alone makes no tool "
        "vendor again."
    )


def _sdk(bundle: Bundle) -> Iterator[Finding]:
    """Whether the SDK that the service imports is there; older runtimes brought it along."""
    if not _applies(bundle, SDK_VENDORED_SINCE, "python_external_sdk"):
        return
    absent = [top for top in SDK_MODULES if bundle.layout.find(top) is None]
    use = _first_use(bundle, absent)
    if use is None:
        return
    part, statement = use
    severity: Severity = "error" if statement.when == "start" else "warning"
    yield found(
        "PF707",
        Place(bundle.place(part).path, statement.line, statement.column, statement.end_column),
        target=statement.module.partition(".")[0],
        severity=severity,
        message=f"With compatibility_date {bundle.wiring.date} the runtime no longer brings "
        f"the Workers SDK along, and the upload has none: `{statement.module}` is not found.",
        fix=f"Add workers-runtime-sdk to dependencies in pyproject.toml and run `{_sync(bundle)}`.",
    )


def _first_use(bundle: Bundle, tops: Collection[str]) -> tuple[str, Import] | None:
    """The import that matters most: one at start before one in a function."""
    uses = [
        (part, statement)
        for part, facts in bundle.own_modules()
        for statement in facts.imports
        if statement.when not in ("typing", "optional")
        and not statement.level
        and statement.module.partition(".")[0] in tops
    ]
    return min(uses, key=lambda use: use[1].when != "start", default=None)


def _sdk_patches(bundle: Bundle) -> Iterator[Finding]:
    modules = bundle.upload.modules
    if f"{VENDORED}/workers/__init__.py" not in modules:
        return
    if not _applies(bundle, PTH_SINCE, "python_process_pth_files"):
        return
    if any(
        part.endswith(".pth") and part.count("/") == 1 and b"workers" in modules[part].content
        for part in bundle.vendored
    ):
        return
    patched = sorted(PATCHED & {_package(part) for part in bundle.vendored})
    severity: Severity = "error" if patched else "warning"
    on_disk = (bundle.wiring.root / LOADER).is_file()
    pattern = next(filter(_excludes_loader, _exclude(bundle)), None) if on_disk else None
    yield found(
        "PF708",
        bundle.wiring.place("python_modules", "exclude") if on_disk else LOADER,
        target=LOADER.rpartition("/")[2],
        severity=severity,
        message="The Workers SDK is in the upload without its .pth file, so it does not patch "
        f"packages for the Worker; {', '.join(patched[:3])} may then fail at the start."
        if patched
        else "The Workers SDK is in the upload without its .pth file. No package that needs its "
        "patches is vendored yet; the first one will fail at the start.",
        fix=f'Delete the pattern "{pattern}" from exclude of [python_modules] in '
        f"{_config(bundle)}, or name the files that it is meant for."
        if pattern
        else f"Delete {VENDORED} and run `{_sync(bundle)}`, with workers-runtime-sdk 1.9 or later "
        "in pyproject.toml.",
    )


def _exclude(bundle: Bundle) -> list[str]:
    patterns = bundle.wiring.values.get("python_modules", {}).get("exclude", [])
    listed = patterns if isinstance(patterns, list) else []
    return [pattern for pattern in listed if isinstance(pattern, str)]


def _excludes_loader(pattern: str) -> bool:
    return fnmatch(LOADER.rpartition("/")[2], pattern.removeprefix("**/"))


def _applies(bundle: Bundle, since: str, flag: str) -> bool:
    """Whether what a compatibility flag stands for holds, by date or by the flag itself."""
    flags = bundle.wiring.values.get("compatibility_flags", [])
    if f"disable_{flag}" in flags:
        return False
    return bundle.wiring.date >= since or bool({flag, f"enable_{flag}"} & set(flags))


def _config(bundle: Bundle) -> str:
    return bundle.wiring.config.file.name


def _sync(bundle: Bundle) -> str:
    return "uv run poe setup" if bundle.wiring.delivery else "uv run pywrangler sync --force"
