"""The layers as an SVG drawing: what imports stands above what it imports."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tools.preflight.reports import summary
from tools.preflight.reports.html.layers import Layers

NODE_HEIGHT = 46
ROW_HEIGHT = 100
GAP = 28
MARGIN = 16
LANE = 9
CHARACTER = 8.5
LONGEST = 24
# So that the count of modules fits too.
LEAST_WIDTH = 100


@dataclass(frozen=True)
class Node:
    """A layer's place; `x` and `y` are those of the middle of its upper edge."""

    x: float
    y: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width / 2


def draw(layers: Layers) -> str:
    """The drawing; arrows of a cycle are marked. Empty when there is nothing to draw."""
    nodes = _arranged(layers)
    if not nodes:
        return ""
    # Those that pass other rows run in lanes beside them, the shortest one innermost.
    long = sorted(
        (ends for ends in layers.imports if _rows_passed(nodes, *ends)),
        key=lambda ends: (_rows_passed(nodes, *ends), ends),
    )
    arrows = "".join(
        _arrow(layers, nodes, *ends, lane=long.index(ends) if ends in long else None)
        for ends in sorted(layers.imports)
    )
    boxes = "".join(_box(name, layers.modules[name], node) for name, node in nodes.items())
    width = max(node.right for node in nodes.values()) + (len(long) + 1) * LANE + MARGIN
    height = max(node.y for node in nodes.values()) + NODE_HEIGHT + MARGIN
    return (
        f'<svg class="layers" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="Layers and their imports; the table below '
        f'says the same">\n{_MARKERS}{arrows}{boxes}</svg>'
    )


_MARKERS = "<defs>{}</defs>\n".format(
    "".join(
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="tip {kind}" d="M0 0L8 4L0 8z"/>'
        "</marker>"
        for kind in ("down", "cycle")
    )
)


def table(layers: Layers) -> str:
    """The same in words."""
    rows = "".join(
        f"<tr><td>{escape(source)}<td>{escape(target)}<td>{count}"
        f"<td>{'yes' if layers.in_cycle(source, target) else ''}\n"
        for (source, target), count in sorted(layers.imports.items())
    )
    return (
        '<table class="words"><tr><th scope="col">Layer<th scope="col">imports<th scope="col">times'
        f'<th scope="col">in a cycle\n{rows}</table>'
    )


def _arranged(layers: Layers) -> Mapping[str, Node]:
    rows: defaultdict[int, list[str]] = defaultdict(list)
    for name, height in layers.heights.items():
        rows[height].append(name)
    widths = {
        name: max(LEAST_WIDTH, len(_label(name)) * CHARACTER + 2 * MARGIN)
        for name in layers.modules
    }
    total = {
        height: sum(widths[name] + GAP for name in names) - GAP for height, names in rows.items()
    }
    nodes: dict[str, Node] = {}
    for at, height in enumerate(sorted(rows, reverse=True)):
        x = MARGIN + (max(total.values()) - total[height]) / 2
        for name in sorted(rows[height], key=lambda name: _wanted(layers, nodes, name)):
            nodes[name] = Node(x + widths[name] / 2, MARGIN + at * ROW_HEIGHT, widths[name])
            x += widths[name] + GAP
    return nodes


def _wanted(layers: Layers, nodes: Mapping[str, Node], name: str) -> tuple[float, str]:
    """Where a layer would cross the fewest arrows: below the middle of what imports it."""
    above = [
        nodes[source].x for source, target in layers.imports if target == name and source in nodes
    ]
    return (sum(above) / len(above) if above else math.inf, name)


def _rows_passed(nodes: Mapping[str, Node], source: str, target: str) -> int:
    return round((nodes[target].y - nodes[source].y) / ROW_HEIGHT) - 1


def _arrow(
    layers: Layers, nodes: Mapping[str, Node], source: str, target: str, lane: int | None
) -> str:
    kind = "cycle" if layers.in_cycle(source, target) else "down"
    count = layers.imports[source, target]
    stroke = 1 + math.log2(count) / 2
    if nodes[source].y == nodes[target].y:
        curve = _aside(nodes[source], nodes[target])
    elif lane is None:
        curve = _down(nodes[source], nodes[target])
    else:
        curve = _past(nodes, nodes[source], nodes[target], lane)
    title = f"{escape(source)} imports {escape(target)}: {summary.number(count, 'time')}"
    return (
        f'<path class="arrow {kind}" d="{curve}" stroke-width="{stroke:.1f}" '
        f'marker-end="url(#{kind})"><title>{title}</title></path>\n'
    )


def _down(source: Node, target: Node) -> str:
    begin = source.y + NODE_HEIGHT
    middle = (begin + target.y) / 2
    return (
        f"M{source.x:.0f} {begin:.0f}C{source.x:.0f} {middle:.0f} "
        f"{target.x:.0f} {middle:.0f} {target.x:.0f} {target.y:.0f}"
    )


def _past(nodes: Mapping[str, Node], source: Node, target: Node, lane: int) -> str:
    """To the right of all that stands between."""
    begin = source.y + NODE_HEIGHT / 2
    end = target.x + target.width / 4
    between = [node.right for node in nodes.values() if source.y < node.y < target.y]
    lane_at = max(between) + (lane + 1) * LANE
    # The middle of a Bézier curve whose inner points lie at `bend` is then where the lane is.
    bend = max((8 * lane_at - source.right - end) / 6, source.right)
    return (
        f"M{source.right:.0f} {begin:.0f}C{bend:.0f} {begin + ROW_HEIGHT / 4:.0f} "
        f"{bend:.0f} {target.y - ROW_HEIGHT / 4:.0f} {end:.0f} {target.y:.0f}"
    )


def _aside(source: Node, target: Node) -> str:
    """Between layers of a cycle, which stand in one row: above them there, below them back."""
    there = source.x < target.x
    y = source.y if there else source.y + NODE_HEIGHT
    bend = y + (-MARGIN if there else NODE_HEIGHT)
    return f"M{source.x:.0f} {y:.0f}C{source.x:.0f} {bend:.0f} {target.x:.0f} {bend:.0f} " + (
        f"{target.x:.0f} {y:.0f}"
    )


def _box(name: str, modules: int, node: Node) -> str:
    left = node.x - node.width / 2
    return (
        f'<g class="layer"><title>{escape(name)}</title>'
        f'<rect x="{left:.0f}" y="{node.y:.0f}" width="{node.width:.0f}" height="{NODE_HEIGHT}" '
        f'rx="6"/><text x="{node.x:.0f}" y="{node.y + 19:.0f}">{escape(_label(name))}</text>'
        f'<text class="count" x="{node.x:.0f}" y="{node.y + 36:.0f}">'
        f"{summary.number(modules, 'module')}</text></g>\n"
    )


def _label(name: str) -> str:
    last = name.rpartition(".")[2]
    return last if len(last) <= LONGEST else f"{last[: LONGEST - 1]}…"
