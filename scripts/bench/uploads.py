"""Starts of the deployed upload by delivery and number of modules, and the size of the upload."""

import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from bench.processes import limit
from bench.results import Comparison, Section
from tools.runtime import upload
from tools.runtime.deployment import unpack
from tools.runtime.project import Project
from tools.runtime.server import Service
from tools.runtime.start import start

SIZE_GOAL = 0.92
MODULE = '''\
"""Module {number} of a service that has grown."""

from dataclasses import dataclass

LIMIT = {number}


@dataclass(frozen=True, slots=True)
class Amount{number}:
    value: int

    def within_limit(self) -> bool:
        return self.value <= LIMIT


def total(amounts: list[Amount{number}]) -> int:
    return sum(amount.value for amount in amounts)
'''


def compare(hybrid: Path, wheel: Path, *, sizes: Sequence[int], runs: int) -> Section:
    """Process start to first answer, deliveries in turn."""
    rows = []
    for count in sizes:
        with limit(300):
            services = {
                name: deployed(folder, count)
                for name, folder in (("hybrid", hybrid), ("wheel", wheel))
            }
        times: dict[str, list[float]] = {name: [] for name in services}
        for _ in range(runs):
            for name, service in services.items():
                with limit(120):
                    times[name].append(seconds_to_answer(service))
        rows.append(Comparison(f"{count} modules: wheel / hybrid", times["wheel"], times["hybrid"]))
        for service in services.values():
            shutil.rmtree(service.folder.parent)
    for folder in (hybrid, wheel):
        generate(folder, 0)
    text = (
        "fastapi; what `wrangler deploy` would upload is unpacked and served as `poe serve` does, "
        "with the memory snapshot; so many modules are generated in `src` and imported by main."
    )
    return Section("Process start to first answer of the deployed upload", text, rows)


def generate(project: Path, count: int) -> None:
    """Have the service import `count` generated modules beside its own."""
    package = project / "backend" / "src" / "generated"
    shutil.rmtree(package, ignore_errors=True)
    main = project / "backend" / "src" / "main.py"
    line = "import src.generated\n"
    text = main.read_text().replace(line, "")
    if count:
        package.mkdir()
        names = [f"module_{number:04}" for number in range(count)]
        for number, name in enumerate(names):
            (package / f"{name}.py").write_text(MODULE.format(number=number))
        imports = "".join(f"import src.generated.{name}\n" for name in names)
        (package / "__init__.py").write_text(imports)
        text = text.replace("from src.bootstrap", f"{line}from src.bootstrap", 1)
        assert line in text
    main.write_text(text)


def deployed(folder: Path, count: int) -> Service:
    """The upload of the project with so many generated modules, ready to be started."""
    generate(folder, count)
    project = Project(folder)
    place = project.scratch / f"bench-{count}"
    shutil.rmtree(place, ignore_errors=True)
    upload.dry_run(project, place / "body")
    body = upload.read(place / "body")
    found = sum("/generated/module_" in f"/{name}" for name in body.modules)
    if found != count:
        raise RuntimeError(f"{found} generated modules in the upload instead of {count}")
    return unpack(body, project, place / "unpacked")


def seconds_to_answer(service: Service) -> float:
    with (service.folder.parent / "log").open("wb") as log:
        started = time.monotonic()
        with start(service, output=log) as server:
            status = server.wait_until_answering("/health")
            seconds = time.monotonic() - started
    if status != 200:
        raise RuntimeError(f"/health answered {status}")
    return seconds


def compare_sizes(folder: Path) -> Section:
    """KiB of the default render, and of the same without its [python_modules] table."""
    config = folder / "wrangler.toml"
    text = config.read_text()
    defaults = re.sub(r"(?ms)^\[python_modules\]\n.*?^\]\n", "", text)
    assert defaults != text
    try:
        with limit(120):
            ours = sizes(upload.dry_run(Project(folder), folder / "build" / "bench-body"))
            config.write_text(defaults)
            theirs = sizes(upload.dry_run(Project(folder), folder / "build" / "bench-body"))
    finally:
        config.write_text(text)
        (folder / "build" / "bench-body").unlink(missing_ok=True)
    rows = [
        Comparison("gzip", [ours[1]], [theirs[1]], "KiB", SIZE_GOAL),
        Comparison("uncompressed", [ours[0]], [theirs[0]], "KiB"),
    ]
    about = "The default render (fastapi) against the same dependencies with wrangler's defaults."
    return Section("Size of the upload", about, rows)


def sizes(printed: str) -> tuple[float, float]:
    """KiB before and after gzip, as wrangler reports them."""
    found = re.search(r"Total Upload: ([\d.]+) KiB / gzip: ([\d.]+) KiB", printed)
    if not found:
        raise RuntimeError(f"wrangler named no sizes:\n{printed[-2000:]}")
    return float(found[1]), float(found[2])
