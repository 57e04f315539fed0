"""Rectangles whose areas are sizes: Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle; its unit is up to who asks for a layout."""

    left: float
    top: float
    width: float
    height: float


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Divide `box` by `sizes`, which descend and are positive, into boxes close to squares."""
    if not sizes:
        return []
    scale = box.width * box.height / sum(sizes)
    areas = [size * scale for size in sizes]
    boxes: list[Box] = []
    begin = 0
    while begin < len(areas):
        side = min(box.width, box.height)
        end = begin + 1
        while end < len(areas) and _worst(areas[begin : end + 1], side) <= _worst(
            areas[begin:end], side
        ):
            end += 1
        row, box = _cut_row(areas[begin:end], box)
        boxes += row
        begin = end
    return boxes


def _worst(areas: Sequence[float], side: float) -> float:
    """How far from a square the worst box is when these share a row along `side`."""
    total = sum(areas)
    if not total or not side:
        return float("inf")
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas)))


def _cut_row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Lay one row along the shorter side of `box`; its boxes, and what is left of `box`."""
    total = sum(areas)
    row: list[Box] = []
    if box.width >= box.height:
        thick = total / box.height if box.height else 0
        at = box.top
        for area in areas:
            long = area / thick if thick else 0
            row.append(Box(box.left, at, thick, long))
            at += long
        return row, Box(box.left + thick, box.top, max(0, box.width - thick), box.height)
    thick = total / box.width if box.width else 0
    at = box.left
    for area in areas:
        long = area / thick if thick else 0
        row.append(Box(at, box.top, long, thick))
        at += long
    return row, Box(box.left, box.top + thick, box.width, max(0, box.height - thick))
