"""Render the default answers, check the upload, deploy it locally and ask it for something.

What `make demo` runs. Everything is left in build/demo, so that a second run is faster.
"""

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import copier

TEMPLATE = Path(__file__).parents[1]
DEMO = TEMPLATE / "build" / "demo"
# What takes long to make, and is checked against lock files before it is used again.
KEPT = {".venv", ".venv-workers", "build", "node_modules", "python_modules", "uv.lock"}
UV = os.environ.get("UV", "uv")


def main() -> None:
    with stage("Render the default answers"):
        render()
    with stage("Install from the registries (uv run poe setup)"):
        run("poe", "setup")
    with stage("Check the upload (uv run poe preflight)"):
        run("poe", "preflight")
    with stage("Deploy the upload to the local runtime and ask it"), deployed() as url:
        slug = f"demo-{time.time_ns():x}"
        ask(url, "POST", "/links", {"url": "https://example.com/a/long/path", "slug": slug})
        ask(url, "GET", f"/{slug}")
        ask(url, "GET", "/links")
        ask(url, "GET", "/health")
    total = sum(seconds for _, seconds in STAGES)
    print("\nTime")
    for name, seconds in [*STAGES, ("All", total)]:
        print(f"  {seconds:6.1f} s  {name}")


STAGES: list[tuple[str, float]] = []


@contextmanager
def stage(name: str) -> Iterator[None]:
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    yield
    STAGES.append((name, time.monotonic() - started))


def render() -> None:
    if DEMO.is_dir():
        for path in DEMO.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    # HEAD stands for the working tree here; without it Copier takes the latest tag.
    copier.run_copy(str(TEMPLATE), DEMO, defaults=True, overwrite=True, quiet=True, vcs_ref="HEAD")
    for path in sorted(DEMO.iterdir()):
        if path.is_file() and path.name not in KEPT:
            print(f"  {path.name}")
        elif path.name not in KEPT:
            print(f"  {path.name}/  {sum(file.is_file() for file in path.rglob('*'))} files")


def run(*command: str) -> None:
    subprocess.run([UV, "run", *command], cwd=DEMO, env=environment(), check=True)


def environment() -> dict[str, str]:
    """Ours would make the demo's uv use this repository's virtual environment."""
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


@contextmanager
def deployed() -> Iterator[str]:
    server = subprocess.Popen(
        [UV, "run", "poe", "--quiet", "serve"],
        cwd=DEMO,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    try:
        yield url_of(server.stdout)
    finally:
        server.terminate()
        server.wait(timeout=30)


def url_of(output: IO[str]) -> str:
    for line in output:
        print(f"  {line.strip()}")
        if line.startswith("Serving "):
            return line.split()[-1]
    raise SystemExit("The server ended before it served anything; see above.")


class KeepRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The redirect is the answer to show."""


def ask(url: str, method: str, path: str, body: object = None) -> None:
    request = urllib.request.Request(
        url + path,
        method=method,
        data=json.dumps(body).encode() if body else None,
        headers={"content-type": "application/json"} if body else {},
    )
    try:
        answer = urllib.request.build_opener(KeepRedirect).open(request, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code >= 400:
            raise
        answer = error
    location = answer.headers.get("location")
    text = answer.read().decode()
    print(f"  {method} {path}: {answer.status} {f'-> {location} ' if location else ''}{text}")


if __name__ == "__main__":
    main()
