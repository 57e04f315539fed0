"""Is anything in the upload besides `src`, the entry and vendored packages?"""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath

from tools.preflight.finding import Finding
from tools.preflight.project import PACKAGE
from tools.runtime.upload import Upload

VENDORED = "python_modules"
SECRETS = (".env", ".env.*", ".dev.vars", ".dev.vars.*", ".npmrc", ".pypirc", ".netrc")
# Packages ship public certificates as such files; a project has no reason to.
KEYS = ("*.pem", "*.key", "*.p12", "*.pfx", "id_rsa", "id_ed25519")


def check(upload: Upload) -> Iterator[Finding]:
    """Findings about files that should not be uploaded; one for each folder of strays."""
    strays: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(upload.modules):
        if _is_secret(name):
            yield Finding(
                "PF302",
                "error",
                name,
                None,
                "A file of this name usually holds secrets, and it would be uploaded.",
                "Move it out of base_dir, narrow the rules in wrangler.toml, and replace the "
                "secret if it was ever deployed. Workers get theirs by `wrangler secret put`.",
            )
        elif is_stray(upload, name):
            strays[name.partition("/")[0]].append(name)
    for folder, names in strays.items():
        among = "" if names == [folder] else f" ({len(names)} files, {names[0]} among them)"
        yield Finding(
            "PF301",
            "error",
            folder,
            None,
            f"The upload holds {folder}{among}, which is neither src, nor the entry, nor a "
            "vendored package.",
            "Move it out of the folder that base_dir in wrangler.toml names; that folder may "
            "hold nothing but src.",
        )


def is_stray(upload: Upload, name: str) -> bool:
    """Whether a module belongs to no part that an upload should have."""
    return name != upload.main_module and not name.startswith((f"{PACKAGE}/", f"{VENDORED}/"))


def _is_secret(name: str) -> bool:
    patterns = SECRETS if name.startswith(f"{VENDORED}/") else SECRETS + KEYS
    return any(fnmatch(PurePosixPath(name).name, pattern) for pattern in patterns)
