"""The commands that are compared, each on a rendered project that is set up.

The official ones get the local Pyodide bundle by the one way there is: a launcher that adds the
flag for its folder to workerd's command line, and nothing else. Without it they would download
the bundle at each start, where there is a network that has it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.processes import ADDRESS, Running
from bench.projects import UV
from tools.runtime import node, server
from tools.runtime.project import Project

QUIET = {
    "CI": "1",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    "WRANGLER_SEND_METRICS": "false",
}


def ours(folder: Path, env: Mapping[str, str] | None = None) -> Running:
    """`uv run poe dev`."""
    port = server.free_port()
    return Running([UV, "run", "poe", "dev", "--port", str(port)], folder, port, env)


def wrangler_dev(folder: Path, env: Mapping[str, str] | None = None) -> Running:
    """`wrangler dev` as `npx wrangler dev` starts it, less npx."""
    port = server.free_port()
    script = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    command = [str(node.NODE), str(script), "dev", *dev_options(folder, port)]
    return Running(command, folder, port, {**official_environment(folder), **(env or {})})


def pywrangler_dev(folder: Path) -> Running:
    """`uv run pywrangler dev`, as the documentation has it; its own sync has nothing to do."""
    port = server.free_port()
    command = [UV, "run", "pywrangler", "dev", *dev_options(folder, port)]
    return Running(command, folder, port, official_environment(folder))


def dev_options(folder: Path, port: int) -> list[str]:
    flags = [*Project(folder).compatibility_flags, *server.LOCAL_FLAGS]
    return [
        *("--ip", ADDRESS, "--port", str(port), "--inspector-port", "0"),
        *("--show-interactive-dev-session=false", "--compatibility-flags", *flags),
    ]


def official_environment(folder: Path) -> dict[str, str]:
    return {**QUIET, "MINIFLARE_WORKERD_PATH": str(launcher(folder))}


def launcher(folder: Path, *flags: str, save: Path | None = None) -> Path:
    """A script that stands in for workerd: adds flags, and saves the config it reads to a file."""
    project = Project(folder)
    file = folder / "build" / ("saving-workerd" if save else "official-workerd")
    file.parent.mkdir(exist_ok=True)
    all_flags = [f"--pyodide-bundle-disk-cache-dir={server.bundle_folder(project)}", *flags]
    lines = ["#!/bin/sh", "subcommand=$1", "shift"]
    source = ""
    if save:
        lines.append(f'cat > "{save}/$$"')
        source = f' < "{save}/$$"'
    quoted = " ".join(f'"{flag}"' for flag in all_flags)
    lines.append(f'exec "{node.workerd(project)}" "$subcommand" {quoted} "$@"{source}')
    write_executable(file, lines)
    return file


def write_executable(file: Path, lines: Sequence[str]) -> None:
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o755)
