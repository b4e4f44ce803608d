"""Draws the reliability diagram as SVG: mean quality against mean F1, the same in light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SIZE: Final = 240
"""Side of a panel; all lengths are in pixels."""

LEFT: Final = 52
TOP: Final = 34
GAP: Final = 56
BOTTOM: Final = 76
TICKS: Final = (0, 0.25, 0.5, 0.75, 1)
MIN_RADIUS: Final = 2.5
MAX_RADIUS: Final = 8.0
"""Radius of a point that stands for all pages; its area grows with their number."""

STYLE: Final = """
:root { --back: #ffffff; --text: #24292f; --grid: #d8dee4; --before: #bc4c00; --after: #0969da; }
@media (prefers-color-scheme: dark) {
:root { --back: #161b22; --text: #e6edf3; --grid: #373e47; --before: #f0883e; --after: #58a6ff; }
}
text { fill: var(--text); font: 12px sans-serif; }
.back { fill: var(--back); }
.grid { stroke: var(--grid); fill: none; }
.ideal { stroke: var(--text); stroke-dasharray: 3 4; }
.before, .after { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
.before { stroke: var(--before); stroke-dasharray: 6 3; }
.after { stroke: var(--after); }
circle.before { fill: var(--back); stroke-dasharray: none; }
circle.after { fill: var(--after); }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
"""


class Point(NamedTuple):
    """The pages of one bin: their mean quality, their mean F1, and how many they are."""

    quality: float
    f1: float
    page_count: int


def draw(panels: Mapping[str, Mapping[str, Sequence[Point]]]) -> str:
    """Draws a panel for each kind of page.

    Args:
        panels: For each panel, by its title, the points 'before' and 'after'.

    Returns:
        A whole SVG file.
    """
    width = LEFT + len(panels) * (SIZE + GAP) - GAP // 2
    height = TOP + SIZE + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        "<title>Mean F1 of the main text against the quality that was said, before and after the map</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}"/>',
    ]
    for number, (title, series) in enumerate(panels.items()):
        parts += _panel(LEFT + number * (SIZE + GAP), title, series)
    parts += _legend(TOP + SIZE + BOTTOM - 18)
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: int, title: str, series: Mapping[str, Sequence[Point]]) -> list[str]:
    bottom = TOP + SIZE
    parts = [_text(left + SIZE / 2, TOP - 12, title, "middle")]
    for tick in TICKS:
        x, y = left + SIZE * tick, bottom - SIZE * tick
        parts.append(f'<path class="grid" d="M{x:g} {TOP}V{bottom}M{left} {y:g}H{left + SIZE}"/>')
        parts.append(_text(x, bottom + 16, f"{tick:g}", "middle"))
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "end"))
    parts.append(_text(left + SIZE / 2, bottom + 34, "doc.quality", "middle"))
    middle = TOP + SIZE / 2
    parts.append(f'<g transform="rotate(-90 {left - 36} {middle:g})">{_text(left - 36, middle, "F1", "middle")}</g>')
    parts.append(f'<path class="ideal" d="M{left} {bottom}L{left + SIZE} {TOP}"/>')
    for name, points in series.items():
        total = sum(point.page_count for point in points)
        places = [(left + SIZE * point.quality, bottom - SIZE * point.f1, point.page_count / total) for point in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        parts.append(f'<polyline class="{name}" points="{line}"/>')
        for x, y, share in places:
            radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * share**0.5
            parts.append(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    return parts


def _legend(y: int) -> list[str]:
    parts = []
    for x, name, label in ((LEFT, "before", "before the map"), (LEFT + 150, "after", "after, cross-validated")):
        parts.append(
            f'<path class="{name}" d="M{x} {y - 4}h28"/><circle class="{name}" cx="{x + 14}" cy="{y - 4}" r="4"/>'
        )
        parts.append(_text(x + 36, y, label))
    parts.append(f'<path class="ideal" d="M{LEFT + 340} {y - 4}h28"/>')
    parts.append(_text(LEFT + 376, y, "as it should be"))
    return parts


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text class="{anchor}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
