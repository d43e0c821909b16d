"""Writes a chart of `console.charts` as an SVG file that stands alone: for README, on light and on dark pages."""

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from console.charts import Chart, Drawing, draw

_EDGE, _TITLE_ROOM, _LEGEND_ROOM = 12, 26, 18
_COLOURS = ("#2a6fb0", "#c65f14", "#3a8a4d", "#8a4fa3", "#b03a52", "#5c6b73")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.soft{fill:#666;font-size:11px}.title{font-weight:600}"
    ".rule{stroke:#ddd}polyline{fill:none;stroke-width:2}.ground{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.soft{fill:#aaa}.rule{stroke:#444}.ground{fill:#1a1d20}}"
)


def write_picture(file: Path, chart: Chart) -> None:
    """Draw the chart into the file; its folder is made where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_svg(draw(chart)), encoding="utf-8")


def _svg(drawing: Drawing) -> str:
    legend = _LEGEND_ROOM * len(drawing.legend)
    width, height = drawing.width + 2 * _EDGE, drawing.height + _TITLE_ROOM + legend + _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img">',
        f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.said)}</desc><style>{_STYLE}</style>",
        f'<rect class="ground" width="{width:g}" height="{height:g}"/>',
        f'<text class="title" x="{_EDGE}" y="18">{escape(drawing.title)}</text>',
        f'<g transform="translate({_EDGE} {_TITLE_ROOM})">',
        *(f'<line class="rule" x1="{r.x1:g}" y1="{r.y:g}" x2="{r.x2:g}" y2="{r.y:g}"/>' for r in drawing.rules),
        *(
            f'<rect x="{r.x:g}" y="{r.y:g}" width="{r.width:g}" height="{r.height:g}" fill="{_colour(r.series)}"/>'
            for r in drawing.rects
        ),
        *(f'<polyline points={quoteattr(p.points)} stroke="{_colour(p.series)}"/>' for p in drawing.paths),
        *(f'<circle cx="{d.x:g}" cy="{d.y:g}" r="3.5" fill="{_colour(d.series)}"/>' for d in drawing.dots),
        *(
            f'<text{" class=" + chr(34) + "soft" + chr(34) if t.soft else ""} x="{t.x:g}" y="{t.y:g}" '
            f'text-anchor="{t.anchor}">{escape(t.words)}</text>'
            for t in drawing.texts
        ),
        *_legend(drawing),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(drawing: Drawing) -> list[str]:
    lines = []
    for number, name in enumerate(drawing.legend, 1):
        y = drawing.height + _LEGEND_ROOM * number - 8
        lines.append(f'<rect x="52" y="{y - 9:g}" width="14" height="10" fill="{_colour(number)}"/>')
        lines.append(f'<text class="soft" x="72" y="{y:g}">{escape(name)}</text>')
    return lines


def _colour(series: int) -> str:
    return _COLOURS[(series - 1) % len(_COLOURS)]
