"""A memory snapshot never answers for what is not in the project any more."""

import json
import os
import random
import shutil
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Render
from projects import TEMPLATE
from tools.runtime import cache, node, snapshot
from tools.runtime.project import Project
from tools.runtime.server import Service
from tools.runtime.start import start

pytestmark = pytest.mark.slow

# `make test-all` asks for more.
SEQUENCES = int(os.environ.get("FRESH_SEQUENCES", "3"))

FLAG = "python_workflows_implicit_dependencies"
CHOICES: dict[str, list[str]] = {
    "code": ["first", "second", "third"],
    "dependency": ["1.0", "2.0"],
    "setting": ["low", "high"],
    "date": ["2026-09-08", "2026-11-01"],
    "flag": [FLAG, f"no_{FLAG}"],
}
MAIN = """\
import _cloudflare_compat_flags
import dependency_of_the_test
from workers import Response, WorkerEntrypoint

from src.layer import CODE


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(
            {{
                "code": CODE,
                "dependency": dependency_of_the_test.VERSION,
                "setting": self.env.SETTING,
                "flag": bool(_cloudflare_compat_flags.{flag}),
            }}
        )
"""
CONFIG = """\
name = "fresh"
main = "worker/entry.py"
base_dir = "backend"
compatibility_date = "{date}"
compatibility_flags = ["python_workers", "{flag}"]

[vars]
SETTING = "{setting}"
"""


class Edited:
    """A small project whose answer shows the state of each thing that can be edited."""

    def __init__(self, folder: Path, sdk: Path) -> None:
        self.folder = folder
        self.state = {name: choices[0] for name, choices in CHOICES.items()}
        for name in ("package.json", "package-lock.json"):
            shutil.copy(TEMPLATE / name, folder)
        node.install_packages(Project(folder))
        shutil.copytree(sdk, folder / "python_modules")
        self._write("worker/entry.py", "from src.main import Default\n")
        self._write("backend/src/main.py", MAIN.format(flag=FLAG))
        self.edit(**self.state)

    def edit(self, **changes: str) -> None:
        self.state |= changes
        self._write("backend/src/layer.py", f"CODE = {self.state['code']!r}\n")
        self._write(
            "python_modules/dependency_of_the_test/__init__.py",
            f"VERSION = {self.state['dependency']!r}\n",
        )
        self._write("wrangler.toml", CONFIG.format(**self.state))

    def expected(self) -> dict[str, object]:
        shown = {name: self.state[name] for name in ("code", "dependency", "setting")}
        return {**shown, "flag": self.state["flag"] == FLAG}

    def service(self) -> Service:
        return Service.of(Project(self.folder))

    def answer(self, *, snapshots: bool) -> object:
        with (
            (self.folder / "log").open("wb") as log,
            start(self.service(), snapshots=snapshots, output=log) as server,
        ):
            server.wait_until_answering()
            with urllib.request.urlopen(server.url, timeout=60) as answer:
                return json.load(answer)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def edited(install: Render, tmp_path: Path) -> Edited:
    installed = install({"api_style": "workers", "database": "none"})
    return Edited(tmp_path, installed / "python_modules")


def test_a_plain_start_and_one_from_a_snapshot_give_the_same_answer(edited: Edited) -> None:
    snapshot.make(edited.service())
    assert edited.answer(snapshots=False) == edited.expected()
    assert edited.answer(snapshots=True) == edited.expected()


def test_what_cannot_be_in_a_snapshot_is_left_out_and_named(edited: Edited) -> None:
    packages = {
        "fails": 'raise RuntimeError("not here")\n',
        "holds_javascript": "import js\n\nHEADERS = js.Headers.new()\n",
        "is_fine": "",
    }
    for name, text in packages.items():
        (edited.folder / f"python_modules/{name}.py").write_text(text)
    guarded = "".join(
        f"try:\n    import {name}\nexcept RuntimeError:\n    pass\n" for name in packages
    )
    main = edited.folder / "backend/src/main.py"
    main.write_text(guarded + main.read_text())
    # A version of its own gives this test a snapshot that no other uses.
    edited.edit(dependency=f"1.0+{time.time_ns()}")
    made = snapshot.make(edited.service())
    try:
        assert edited.answer(snapshots=True) == edited.expected()
    finally:
        cache.remove(made.file.parent)
    assert made.left_out.keys() == {"fails", "holds_javascript"}
    assert made.left_out["fails"] == "RuntimeError: not here"
    assert "memory cannot be saved" in made.left_out["holds_javascript"]


def test_each_edit_alone_but_that_of_code_and_settings_asks_for_another_snapshot(
    edited: Edited,
) -> None:
    # A version of its own: the cache may hold snapshots of all other states.
    edited.edit(dependency=f"1.0+{time.time_ns()}")
    made = snapshot.make(edited.service())
    before = dict(edited.state)
    found = {}
    for name, choices in CHOICES.items():
        edited.edit(
            **{name: f"{choices[1]}+{time.time_ns()}" if name == "dependency" else choices[1]}
        )
        found[name] = snapshot.find(edited.service()) is not None
        edited.edit(**before)
    cache.remove(made.file.parent)
    assert found == {
        "code": True,
        "setting": True,
        "dependency": False,
        "date": False,
        "flag": False,
    }


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_random_edits_are_answered_as_the_project_now_is(edited: Edited, seed: int) -> None:
    drawn = random.Random(seed)
    snapshot.make(edited.service())
    for _ in range(drawn.randint(1, 4)):
        name = drawn.choice(list(CHOICES))
        edited.edit(**{name: drawn.choice(CHOICES[name])})
    # In half of the cases the new state has a snapshot of its own, otherwise only old ones exist.
    if drawn.random() < 0.5:
        snapshot.make(edited.service())
    assert edited.answer(snapshots=True) == edited.expected()


def test_a_damaged_snapshot_means_a_plain_start_and_one_line(
    edited: Edited, capfd: pytest.CaptureFixture[str]
) -> None:
    # A version of its own gives this test a snapshot that no other uses.
    edited.edit(dependency=f"1.0+{time.time_ns()}")
    file = snapshot.make(edited.service()).file
    whole = file.read_bytes()
    damages: dict[str, Callable[[], object]] = {
        "truncated": lambda: os.truncate(file, 1000),
        "noise": lambda: file.write_bytes(os.urandom(len(whole))),
        "missing": lambda: file.unlink(),
    }
    try:
        for name, damage in damages.items():
            file.write_bytes(whole)
            damage()
            assert edited.answer(snapshots=True) == edited.expected(), name
            printed = capfd.readouterr().err.splitlines()
            assert [line.partition(",")[0] for line in printed] == ["Plain start"], name
    finally:
        cache.remove(file.parent)
