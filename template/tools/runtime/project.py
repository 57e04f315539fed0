"""What lies where in a project, and what its wrangler config says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.runtime.errors import ToolError

# The first date on which a Worker runs Python 3.14, the version the local bundle holds.
# https://developers.cloudflare.com/workers/languages/python/
PYTHON_314_SINCE = "2026-09-08"


@dataclass(frozen=True)
class D1Database:
    """A `[[d1_databases]]` table of the wrangler config."""

    binding: str
    name: str
    id: str
    migrations: Path


@dataclass(frozen=True)
class Project:
    """A Python Worker project; `root` is the folder of its wrangler.toml."""

    root: Path

    @property
    def config_file(self) -> Path:
        return self.root / "wrangler.toml"

    @property
    def python_modules(self) -> Path:
        return self.root / "python_modules"

    @property
    def node_modules(self) -> Path:
        return self.root / "node_modules"

    @property
    def scratch(self) -> Path:
        """Where the tools write; safe to delete at any time."""
        return self.root / "build" / "runtime"

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The wrangler config.

        Raises:
            ToolError: it cannot be read or is not valid TOML.
        """
        try:
            return tomllib.loads(self.config_file.read_text())
        except FileNotFoundError:
            raise ToolError(
                f"{self.config_file} does not exist. Run this in the folder of wrangler.toml."
            ) from None
        except OSError as error:
            raise ToolError(f"{self.config_file} cannot be read: {error.strerror}.") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ToolError(f"{self.config_file} is not valid TOML: {error}") from None

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
    def d1_databases(self) -> list[D1Database]:
        return d1_databases(self.config, self.root)


def d1_databases(config: Mapping[str, Any], folder: Path) -> list[D1Database]:
    """The D1 databases in a wrangler config whose paths are relative to `folder`."""
    return [
        D1Database(
            binding=table["binding"],
            name=table["database_name"],
            id=table["database_id"],
            migrations=folder / table.get("migrations_dir", "migrations"),
        )
        for table in config.get("d1_databases", [])
    ]
