"""The upload as a treemap: an area for each package, in it one for each of its modules."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tools.preflight.bundle import Bundle
from tools.preflight.codes import Severity
from tools.preflight.composition import group_of
from tools.preflight.inspection import FIRST, Inspection
from tools.preflight.reports import summary
from tools.preflight.reports.html.treemap import Box, squarify
from tools.preflight.reports.visible import visible

# In pixels, on a usual screen: what decides on shapes and on which names fit. The map itself takes
# the width there is.
MAP = Box(0, 0, 1100, 560)
TITLE_HEIGHT = 22
LEAST_AREA = 30
LEAST_SHARE = 1 / 1500
LABEL_WIDTH, LABEL_HEIGHT = 70, 16

# Packages, and rows of a package's table; the others are small.
MOST_PACKAGES = 60
MOST_ROWS = 30


@dataclass(frozen=True)
class Part:
    """A module, or several small ones; `severity` is that of the worst finding about it."""

    name: str
    bytes: int
    severity: Severity | None


@dataclass(frozen=True)
class Package:
    """A group of the composition with its modules, the largest first."""

    name: str
    parts: Sequence[Part]
    own: bool

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def severity(self) -> Severity | None:
        return min((part.severity for part in self.parts if part.severity), key=_rank, default=None)


def packages_of(bundle: Bundle, inspection: Inspection) -> list[Package]:
    """What the upload holds, the largest package first; many small ones count as one."""
    blamed: dict[str, Severity] = {}
    for finding in inspection.findings:
        if finding.severity != "info":
            before = blamed.get(finding.place.path, finding.severity)
            blamed[finding.place.path] = min(before, finding.severity, key=_rank)
    parts: defaultdict[str, list[Part]] = defaultdict(list)
    own: set[str] = set()
    for name, module in bundle.upload.modules.items():
        group = group_of(bundle, name)
        severity = blamed.get(bundle.place(name).path) or blamed.get(name)
        parts[group].append(Part(name, len(module.content), severity))
        if bundle.short(name) is not None:
            own.add(group)
    packages = [_of(group, found, group in own) for group, found in parts.items()]
    packages.sort(key=lambda package: -package.bytes)
    if small := packages[MOST_PACKAGES:]:
        together = [part for package in small for part in package.parts]
        name = f"{len(small)} small ones"
        packages[MOST_PACKAGES:] = [_of(name, together, any(package.own for package in small))]
    return packages


def _of(name: str, parts: Sequence[Part], own: bool) -> Package:
    return Package(name, sorted(parts, key=lambda part: -part.bytes), own)


def draw(packages: Sequence[Package]) -> str:
    """The map: a link for each package to its table, in which its modules are drawn."""
    whole = max(1, sum(package.bytes for package in packages))
    # The smallest ones get a little more than their due, so that they can be seen and reached.
    areas = [max(package.bytes, whole * LEAST_SHARE) for package in packages]
    order = sorted(range(len(packages)), key=lambda at: -areas[at])
    boxes = squarify([areas[at] for at in order], MAP)
    drawn = (
        _package(at, packages[at], box, packages[at].bytes / whole)
        for at, box in zip(order, boxes, strict=True)
    )
    return f'<div class="map">\n{"".join(drawn)}</div>'


def tables(packages: Sequence[Package]) -> str:
    """For each package a table of its modules, folded."""
    return "".join(_table(at, package) for at, package in enumerate(packages))


def _package(at: int, package: Package, box: Box, share: float) -> str:
    name = escape(visible(package.name))
    size = f"{summary.kib(package.bytes)} KiB"
    described = (
        f"{name}: {summary.number(len(package.parts), 'module')}, {size}, {100 * share:.1f} %"
    )
    if package.severity:
        described += f", has {package.severity}s"
    inner = Box(0, 0, box.width, max(1, box.height - TITLE_HEIGHT))
    modules = "".join(_modules(package.parts, inner))
    return (
        f'<a class="package {"own" if package.own else "vendored"} {package.severity or ""}" '
        f'href="#package-{at}" style="{_style(box, MAP)}" aria-label="{described}" '
        f'title="{described}"><b>{name}</b> <small>{size}</small>'
        f'<span class="modules">{modules}</span></a>\n'
    )


def _modules(parts: Sequence[Part], inner: Box) -> Iterator[str]:
    """The modules of a package; those too small to be seen share an area."""
    scale = inner.width * inner.height / max(1, sum(part.bytes for part in parts))
    shown = [part for part in parts if part.bytes * scale >= LEAST_AREA]
    small = parts[len(shown) :]
    if small:
        worst = min((part.severity for part in small if part.severity), key=_rank, default=None)
        size = sum(part.bytes for part in small)
        shown = [*shown, Part(f"{len(small)} small ones", max(1, size), worst)]
        shown.sort(key=lambda part: -part.bytes)
    for part, box in zip(shown, squarify([part.bytes for part in shown], inner), strict=True):
        name = escape(visible(part.name))
        fits = box.width >= LABEL_WIDTH and box.height >= LABEL_HEIGHT
        label = name.rpartition("/")[2] if fits else ""
        yield (
            f'<i class="{part.severity or ""}" style="{_style(box, inner)}" '
            f'title="{name}: {summary.kib(part.bytes)} KiB">{label}</i>'
        )


def _style(box: Box, whole: Box) -> str:
    return (
        f"left:{100 * box.left / whole.width:.2f}%;top:{100 * box.top / whole.height:.2f}%;"
        f"width:{100 * box.width / whole.width:.2f}%;height:{100 * box.height / whole.height:.2f}%"
    )


def _table(at: int, package: Package) -> str:
    rows = [(part.name, summary.kib(part.bytes)) for part in package.parts[:MOST_ROWS]]
    if more := package.parts[MOST_ROWS:]:
        size = sum(part.bytes for part in more)
        rows.append((f"{len(more)} smaller ones", summary.kib(size)))
    cells = "".join(f"<tr><td>{escape(visible(name))}<td>{size}\n" for name, size in rows)
    return (
        f"<details><summary>{escape(visible(package.name))} "
        f"<small>{summary.number(len(package.parts), 'module')}, "
        f"{summary.kib(package.bytes)} KiB</small></summary>\n"
        # A link to something inside opens the details.
        f'<table id="package-{at}" tabindex="-1"><tr><th scope="col">Module'
        f'<th scope="col">KiB\n{cells}</table></details>\n'
    )


def _rank(severity: Severity) -> int:
    return FIRST[severity]
