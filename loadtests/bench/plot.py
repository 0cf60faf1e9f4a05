"""Horizontal bars as SVG, readable on a light and on a dark page."""

import math
from xml.sax.saxutils import escape

import msgspec

WIDTH = 760
LABELS_WIDTH, VALUES_WIDTH = 300, 80
BAR_HEIGHT, STEP, TITLE_HEIGHT, GAP = 16, 24, 34, 14
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .peer { fill: #8c959f } .ours { fill: #0a7ea4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .peer { fill: #7d8590 } .ours { fill: #4cc2e6 }
  }
"""


class Bar(msgspec.Struct):
    label: str
    value: float
    is_ours: bool


class Panel(msgspec.Struct):
    """`bars`: values above 0; on a logarithmic scale that begins at 1 at the latest."""

    title: str
    bars: list[Bar]
    is_logarithmic: bool


def draw(panels: list[Panel]) -> str:
    """One panel below the other."""
    parts: list[str] = []
    top = 0
    for panel in panels:
        parts.append(f'<text class="title" x="0" y="{top + 20}">{escape(panel.title)}</text>')
        top += TITLE_HEIGHT
        scale = _scale(panel)
        for bar in panel.bars:
            parts += _bar(bar, scale, top)
            top += STEP
        top += GAP
    label = escape("; ".join(panel.title for panel in panels), {'"': "&quot;"})
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" '
        f'aria-label="{label}">\n<style>{_STYLE}</style>\n{body}\n</svg>\n'
    )


def _scale(panel: Panel) -> tuple[float, float, bool]:
    """Value at the left end, value at the right end, whether logarithmic."""
    most = max(bar.value for bar in panel.bars)
    if not panel.is_logarithmic:
        return 0.0, most, False
    least = min(1.0, *(bar.value / 2 for bar in panel.bars))
    return least, most, True


def _bar(bar: Bar, scale: tuple[float, float, bool], top: int) -> list[str]:
    least, most, is_logarithmic = scale
    if is_logarithmic:
        share = math.log(bar.value / least) / math.log(most / least)
    else:
        share = bar.value / most
    width = max(1.0, share * (WIDTH - LABELS_WIDTH - VALUES_WIDTH))
    kind = "ours" if bar.is_ours else "peer"
    text_y = top + BAR_HEIGHT - 3
    return [
        f'<text x="{LABELS_WIDTH - 10}" y="{text_y}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect class="{kind}" x="{LABELS_WIDTH}" y="{top}" width="{width:.1f}" '
        f'height="{BAR_HEIGHT}" rx="2"/>',
        f'<text x="{LABELS_WIDTH + width + 8:.1f}" y="{text_y}">{bar.value:,.0f}</text>',
    ]
