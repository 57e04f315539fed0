"""The shared cache under processes that run at the same time and are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from projects import TEMPLATE, tree
from tools.runtime import cache

# Writes half an entry, says so, and writes the rest after a while.
BUILDER = """
import sys, time
from pathlib import Path
from tools.runtime import cache

def build(folder):
    (folder / "half").write_text("half")
    with open(sys.argv[1], "a") as log:
        log.write("building\\n")
    time.sleep(float(sys.argv[2]))
    (folder / "whole").write_text("whole")

entry = cache.entry("things", "key", build)
assert (entry / "whole").read_text() == "whole"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def start(log: Path, seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", BUILDER, str(log), str(seconds)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TEMPLATE)})


def test_eight_processes_build_an_entry_once(log: Path) -> None:
    builders = [start(log, 0.5) for _ in range(8)]
    assert [builder.wait(timeout=60) for builder in builders] == [0] * 8
    assert log.read_text() == "building\n"


def test_nothing_of_a_killed_build_is_trusted_or_kept(log: Path, home: Path) -> None:
    builder = start(log, 60)
    deadline = time.monotonic() + 30
    while not log.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert not (cache.root() / "things/key").exists()

    assert start(log, 0).wait(timeout=30) == 0

    assert log.read_text() == "building\n" * 2
    assert tree(home).keys() - {"layered-workers/things/key.lock"} == {
        "layered-workers/things/key/half",
        "layered-workers/things/key/whole",
    }


def test_a_failed_build_leaves_nothing_behind() -> None:
    def build(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache.entry("things", "key", build)
    assert [path.name for path in (cache.root() / "things").iterdir()] in ([], ["key.lock"])


def test_the_key_tells_parts_apart_and_reads_files(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a")
    keys = [cache.digest("ab", "c"), cache.digest("a", "bc"), cache.digest("abc")]
    assert len(set(keys)) == 3
    assert cache.digest(file) == cache.digest("a") == cache.digest(b"a")


def test_a_replaced_tree_holds_what_the_source_does_and_no_more(tmp_path: Path) -> None:
    source, destination = tmp_path / "source", tmp_path / "place/destination"
    (source / "folder").mkdir(parents=True)
    (source / "folder/new").write_text("new")
    for _ in range(2):
        cache.replace_tree(source, destination)
        assert tree(destination) == {"folder/new": b"new"}
        (destination / "old").write_text("old")
    assert [path.name for path in destination.parent.iterdir()] == ["destination"]


def test_a_replaced_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    source, pointed, link = (tmp_path / name for name in ("source", "pointed", "link"))
    for folder in (source, pointed):
        folder.mkdir()
        (folder / folder.name).write_text("")
    link.symlink_to(pointed)
    cache.replace_tree(source, link)
    assert tree(link) == {"source": b""}
    assert tree(pointed) == {"pointed": b""}


def test_what_node_compiled_is_deleted_only_when_it_has_grown_large(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = home / "layered-workers" / cache.COMPILED / "v24" / "script"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(bytes(1000))
    cache.trim(cache.LIMIT)
    assert compiled.is_file()

    monkeypatch.setattr(cache, "COMPILED_LIMIT", 999)
    cache.trim(cache.LIMIT)
    assert not compiled.exists()
