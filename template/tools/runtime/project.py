"""What lies where in a project, and what its wrangler config says."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.runtime.config import WranglerConfig, read_config
from tools.runtime.errors import ToolError

# The first date on which a Worker runs Python 3.14, the version the local bundle holds.
# https://developers.cloudflare.com/workers/languages/python/
PYTHON_314_SINCE = "2026-09-08"

# In python_modules: names what the wheel route put there.
DELIVERED_BY_WHEEL = ".delivered-by-wheel"

NOT_CODE = frozenset({"__pycache__", "node_modules", "python_modules"})
# A service may well have a package of such a name further down.
BUILDS = frozenset({"build", "dist"})


@dataclass(frozen=True)
class D1Database:
    """A `[[d1_databases]]` table of the wrangler config."""

    binding: str
    name: str
    id: str
    migrations: Path


@dataclass(frozen=True)
class Project:
    """A Python Worker project; `root` is the folder of its wrangler config."""

    root: Path

    @cached_property
    def wrangler_config(self) -> WranglerConfig:
        """The wrangler config file.

        Raises:
            ConfigError: there is none, or it is not valid.
        """
        return read_config(self.root)

    @property
    def config_file(self) -> Path:
        return self.wrangler_config.file

    @property
    def config(self) -> Mapping[str, Any]:
        return self.wrangler_config.values

    @property
    def python_modules(self) -> Path:
        return self.root / "python_modules"

    @property
    def npm(self) -> Path:
        """The folder of the Node packages' manifest: a package.json of the user's own is not it."""
        apart = self.root / "tools" / "node"
        return apart if (apart / "package.json").is_file() else self.root

    @property
    def node_modules(self) -> Path:
        return self.npm / "node_modules"

    @property
    def scratch(self) -> Path:
        """Where the tools write; safe to delete at any time."""
        return self.root / "build" / "runtime"

    @property
    def compatibility_date(self) -> str:
        """The compatibility date, as YYYY-MM-DD.

        Raises:
            ToolError: the Worker would not run the Python that the local bundle holds.
        """
        date = str(self.config.get("compatibility_date", ""))
        if date < PYTHON_314_SINCE:
            raise ToolError(
                f'{self.config_file}: compatibility_date = "{date}" runs an older Python than the '
                f"local runtime's 3.14. Set it to {PYTHON_314_SINCE} or later."
            )
        return date

    @property
    def compatibility_flags(self) -> list[str]:
        return list(self.config.get("compatibility_flags", []))

    @property
    def code(self) -> list[Path]:
        """The folders with the service's own modules, where people edit them.

        A build command makes the module root of what it watches.
        """
        entry = Path(str(self.config.get("main", ""))).parent
        watched = self.config.get("build", {}).get("watch_dir", [])
        if isinstance(watched, str):
            watched = [watched]
        names = [*(watched or [self.config.get("base_dir", entry)]), entry]
        return list(dict.fromkeys(self.root / name for name in names))

    @property
    def d1_databases(self) -> list[D1Database]:
        return d1_databases(self.config, self.root)


def files_of_code(folder: Path) -> Iterator[Path]:
    """The files below a folder that may be the service's: no environment, cache or build."""
    for parent, folders, files in os.walk(folder):
        others = NOT_CODE | BUILDS if Path(parent) == folder else NOT_CODE
        folders[:] = sorted(
            name for name in folders if name not in others and not name.startswith(".")
        )
        yield from (Path(parent, name) for name in sorted(files))


def d1_databases(config: Mapping[str, Any], folder: Path) -> list[D1Database]:
    """The D1 databases in a wrangler config whose paths are relative to `folder`.

    Raises:
        ToolError: they are not written as wrangler reads them.
    """
    tables = config.get("d1_databases", [])
    if not isinstance(tables, list) or not all(
        isinstance(table, dict) and isinstance(table.get("binding"), str) for table in tables
    ):
        raise ToolError(
            f"{folder}: d1_databases in the wrangler config is not an array of tables that each "
            'have a binding. Write each database as [[d1_databases]] with binding = "DB".'
        )
    return [
        D1Database(
            binding=table["binding"],
            # wrangler finds these two by itself when they are not there.
            name=str(table.get("database_name", "")),
            id=str(table.get("database_id", "")),
            migrations=folder / str(table.get("migrations_dir", "migrations")),
        )
        for table in tables
    ]
