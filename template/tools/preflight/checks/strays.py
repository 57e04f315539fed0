"""Is anything uploaded that is not the service's?"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tools.preflight.bundle import Bundle
from tools.preflight.checks import copies, secrets
from tools.preflight.finding import Finding, found
from tools.preflight.membership import Stray
from tools.preflight.wiring import VENDORED

SECRET_FILES = re.compile(r"\.env(\..*)?|\.dev\.vars(\..*)?|\.npmrc|\.pypirc|\.netrc")
# What stands in for a secret in a repository.
EXAMPLES = (".example", ".sample", ".template", ".dist")
# Packages ship public certificates as such files.
KEY_FILES = re.compile(r".*\.(pem|key|p12|pfx)|id_(rsa|dsa|ecdsa|ed25519)")

KINDS = {
    "PF301": "is neither a package that pyproject.toml names, nor the entry, nor does the "
    "service import it",
    "PF304": "is an environment, a cache or the result of a build",
    "PF305": "is a test or documentation, which no Worker needs",
}


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about parts that should not be uploaded: for secrets one each, else by folder."""
    secret = set[str]()
    for part in sorted(bundle.upload.modules):
        for finding in _secret_file(bundle, part) or secrets.check(bundle, part):
            secret.add(part)
            yield finding
    yield from secrets.of_variables(bundle.wiring)
    folders: defaultdict[Stray, list[str]] = defaultdict(list)
    copied = copies.flattened(bundle)
    for part, stray in bundle.strays.items():
        # Of a copy of the service's modules, presence says more.
        if part not in secret and not (stray.code == "PF301" and stray.folder in copied):
            folders[stray].append(part)
    for stray, parts in _grouped(folders):
        yield _stray(bundle, stray, sorted(parts))


def _secret_file(bundle: Bundle, part: str) -> list[Finding]:
    if not _is_secret_file(bundle, part):
        return []
    name = PurePosixPath(part).name
    return [
        found(
            "PF302",
            bundle.folder(bundle.short(part) or part),
            target=part,
            message=f"A file called {name} usually holds secrets, and it would be uploaded, to be "
            "read by all who can download the Worker.",
            fix=f"Move it out of {_root(bundle)}, or have no glob of rules in "
            f"{bundle.wiring.config.file.name} take it. If it was ever deployed, replace the "
            "secrets. A Worker gets its own by `wrangler secret put NAME`.",
        )
    ]


def _is_secret_file(bundle: Bundle, part: str) -> bool:
    name = PurePosixPath(part).name
    if SECRET_FILES.fullmatch(name):
        return not name.endswith(EXAMPLES)
    foreign = bundle.short(part) is None or bundle.is_environment(part)
    if foreign or not KEY_FILES.fullmatch(name):
        return False
    content = bundle.upload.modules[part].content
    public = b"-----BEGIN CERTIFICATE" in content or b"-----BEGIN PUBLIC KEY" in content
    return not public or b"PRIVATE KEY" in content


def _grouped(folders: dict[Stray, list[str]]) -> Iterator[tuple[Stray, list[str]]]:
    """The strays by folder; test modules beside the service's are one group for their folder."""
    loose: defaultdict[str, list[str]] = defaultdict(list)
    for stray, parts in folders.items():
        if stray.code == "PF305" and stray.folder.endswith(".py"):
            loose[stray.folder.rpartition("/")[0]] += parts
        else:
            yield stray, parts
    for parts in loose.values():
        first = min(parts).removeprefix(f"{VENDORED}/")
        yield Stray("PF305", first), parts


def _stray(bundle: Bundle, stray: Stray, parts: Sequence[str]) -> Finding:
    if len(parts) > 1 and stray.folder.endswith(".py"):
        what = f"{len(parts)} files such as {stray.folder} are uploaded, but each"
    else:
        count = f" ({len(parts)} files)" if len(parts) > 1 else ""
        what = f"{stray.folder}{count} is uploaded, but it"
    # A project that names its packages has said that nothing beside them is to be uploaded.
    packages = bundle.wiring.packages
    beside = packages and stray.folder.partition("/")[0] not in packages
    return found(
        stray.code,
        bundle.folder(stray.folder),
        target=stray.folder,
        severity="error" if stray.code == "PF305" and beside else None,
        message=f"{what} {KINDS[stray.code]}.",
        fix=_fix(bundle, stray, parts),
    )


def _fix(bundle: Bundle, stray: Stray, parts: Sequence[str]) -> str:
    wiring = bundle.wiring
    if parts[0].startswith(f"{VENDORED}/"):
        source = f"{wiring.relative(wiring.source)}/{stray.folder.partition('/')[0]}"
        if stray.folder.endswith(".py"):
            return f"Move {stray.folder} out of {source}, and build the wheel again."
        package = stray.folder.replace("/", ".")
        return (
            f'Add "{package}*" to exclude of [tool.setuptools.packages.find] in pyproject.toml '
            f"and build the wheel again, or move {stray.folder} out of {source}."
        )
    if wiring.is_staged:
        return f"Add {_pattern(parts, stray)} to exclude of [tool.staging] in pyproject.toml."
    if wiring.module_root == wiring.root:
        config = wiring.config.file.name
        why = "wrangler uploads all Python below the module root, which is the whole project now."
        if wiring.source != wiring.root:
            return f'Set base_dir = "{wiring.relative(wiring.source)}" in {config}: {why}'
        return (
            "Move the service's modules into a folder that holds nothing else, such as src, and "
            f'set base_dir = "src" in {config}: {why}'
        )
    what = (
        "Move them" if len(parts) > 1 and stray.folder.endswith(".py") else f"Move {stray.folder}"
    )
    return f"{what} out of {_root(bundle)}: wrangler uploads all Python below it."


def _pattern(parts: Sequence[str], stray: Stray) -> str:
    if len(parts) > 1 and stray.folder.endswith(".py"):
        return "their names"
    return f'"/{stray.folder}"'


def _root(bundle: Bundle) -> str:
    wiring = bundle.wiring
    root = wiring.relative(wiring.module_root)
    config = wiring.config.file.name
    if wiring.is_staged:
        return "what [tool.staging] in pyproject.toml includes"
    if wiring.base_dir is None:
        return f"{root}, the folder of main in {config}"
    return f"{root}, the base_dir in {config}"
