"""Charts as values for SVG: bars, stacked columns over time, and lines. Made here, drawn by `templates/charts.html`.

A chart says what it shows in words too: a title, a sentence, and its figures as a table. Each series has a number of
its own (its colour), and a pattern or a mark beside it, so that colour is never alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH = 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 12.0, 10.0, 26.0
_HIGH = 150.0
_BAR, _STEP = 18.0, 25.0
_LETTER = 7.2
"""A letter or digit of the widest usual typeface, in pixels."""
_LONGEST_NAME = 24
_NAMES = _LONGEST_NAME * _LETTER + 8
_MOST_SERIES = 6
_TICKS = 4
_LABEL_ROOM = 54.0
"""A label under a column takes up to so many pixels."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, how long it is (zero or more), and how its value is written."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True)
class Series:
    """One thing over time: its name, a value for each label of its chart (None: not known), how each is written."""

    name: str
    values: Sequence[float | None]
    shown: Sequence[str] = ()


@dataclass(frozen=True)
class Bars:
    """Horizontal bars under a title; the longest one fills the width."""

    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Columns:
    """Stacked columns, one for each label (weeks, hours), of up to six series. `unit` is said of the scale."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines over the same labels, of up to six series; a value that is not known leaves a gap. `unit`: of the scale.

    `highest`: where the scale ends, for shares of a whole (1.0 with `percent`).
    """

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    percent: bool = False
    highest: float | None = None


Chart = Bars | Columns | Lines


@dataclass(frozen=True)
class Rect:
    """A bar or a piece of a column, of this series (from 1), and what is said of it under the pointer."""

    x: float
    y: float
    width: float
    height: float
    series: int
    said: str


@dataclass(frozen=True)
class Rule:
    """A line of the scale, from left to right at this height."""

    y: float
    x1: float
    x2: float


@dataclass(frozen=True)
class Path:
    """A line of this series through these points, as the attribute `points` has it."""

    points: str
    series: int


@dataclass(frozen=True)
class Dot:
    """One value of a line."""

    x: float
    y: float
    series: int
    said: str


@dataclass(frozen=True)
class Text:
    """A word at a place; `anchor` as in SVG; `soft` for what is of the scale."""

    x: float
    y: float
    anchor: str
    words: str
    soft: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart that is ready to be drawn, and the same as a table: `head` and `rows`."""

    title: str
    said: str
    width: int
    height: float
    rects: tuple[Rect, ...]
    rules: tuple[Rule, ...]
    paths: tuple[Path, ...]
    dots: tuple[Dot, ...]
    texts: tuple[Text, ...]
    legend: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def empty(self) -> bool:
        """Is there nothing to draw?"""
        return not self.rows or len(self.head) == 1


def draw(chart: Chart) -> Drawing:
    """The chart, laid out for a width of 480 (it scales with the page). Raises ValueError for more than six series."""
    match chart:
        case Bars():
            return _bars(chart)
        case Columns():
            return _columns(chart)
        case Lines():
            return _lines(chart)


def ticks(highest: float, most: int = _TICKS) -> tuple[float, ...]:
    """Round values from zero up to the first that is not below `highest`: steps of 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return (0.0, 1.0)
    power = 10 ** math.floor(math.log10(highest / most))
    step = next(size * power for size in (1, 2, 5, 10) if size * power * most >= highest * (1 - 1e-9))
    count = math.ceil(highest / step - 1e-9)
    return tuple(round(step * number, 10) for number in range(count + 1))


def short(value: float) -> str:
    """A value of a scale: 950, 1.2k, 3M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _bars(chart: Bars) -> Drawing:
    longest = max((bar.value for bar in chart.bars), default=0.0) or 1.0
    # The value stands behind its bar, so that the longest leaves room for it.
    room = WIDTH - _NAMES - 8 - _LETTER * max((len(bar.shown) for bar in chart.bars), default=0) - 8
    rects, texts = [], []
    for row, bar in enumerate(chart.bars):
        y = row * _STEP + 2
        width = round(max(bar.value, 0.0) / longest * room, 1)
        rects.append(Rect(_NAMES, y, width, _BAR, 1, f"{bar.label}: {bar.shown}"))
        texts.append(Text(_NAMES - 8, y + 14, "end", _cut(bar.label)))
        texts.append(Text(_NAMES + width + 6, y + 14, "start", bar.shown))
    return Drawing(
        title=chart.title,
        said="; ".join(f"{bar.label}: {bar.shown}" for bar in chart.bars),
        width=WIDTH,
        height=len(chart.bars) * _STEP + 4,
        rects=tuple(rects),
        rules=(),
        paths=(),
        dots=(),
        texts=tuple(texts),
        legend=(),
        head=("what", "value"),
        rows=tuple((bar.label, bar.shown) for bar in chart.bars),
    )


def _columns(chart: Columns) -> Drawing:
    _check(chart.series)
    totals = [sum(each.values[at] or 0.0 for each in chart.series) for at in range(len(chart.labels))]
    scale = ticks(max(totals, default=0.0))
    height = _height(scale[-1])
    place, step = _places(chart.labels)
    width = round(min(step * 0.7, 48.0), 1)
    rects = []
    for at, label in enumerate(chart.labels):
        below = 0.0
        for number, each in enumerate(chart.series, 1):
            value = each.values[at] or 0.0
            if value <= 0:
                continue
            top, bottom = height(below + value), height(below)
            rects.append(
                Rect(
                    x=round(place(at) - width / 2, 1),
                    y=top,
                    width=width,
                    height=round(bottom - top, 1),
                    series=number,
                    said=f"{label}, {each.name}: {_written(each, at)}",
                )
            )
            below += value
    return Drawing(
        title=chart.title,
        said=_summary(chart.labels, chart.series),
        width=WIDTH,
        height=_TOP + _HIGH + _BOTTOM,
        rects=tuple(rects),
        rules=_rules(scale, height),
        paths=(),
        dots=(),
        texts=(*_scale_texts(scale, height, chart.unit), *_label_texts(chart.labels, place, step)),
        legend=tuple(each.name for each in chart.series),
        head=("when", *(each.name for each in chart.series)),
        rows=_rows(chart.labels, chart.series),
    )


def _lines(chart: Lines) -> Drawing:
    _check(chart.series)
    known = [value for each in chart.series for value in each.values if value is not None]
    scale = ticks(chart.highest if chart.highest is not None else max(known, default=0.0))
    height = _height(scale[-1])
    place, step = _places(chart.labels)
    paths, dots = [], []
    for number, each in enumerate(chart.series, 1):
        points: list[str] = []
        for at, value in enumerate(each.values):
            if value is None:
                paths += _path(points, number)
                points = []
                continue
            x, y = place(at), height(value)
            points.append(f"{x},{y}")
            dots.append(Dot(x, y, number, f"{chart.labels[at]}, {each.name}: {_written(each, at)}"))
        paths += _path(points, number)
    return Drawing(
        title=chart.title,
        said=_summary(chart.labels, chart.series),
        width=WIDTH,
        height=_TOP + _HIGH + _BOTTOM,
        rects=(),
        rules=_rules(scale, height),
        paths=tuple(paths),
        dots=tuple(dots),
        texts=(
            *_scale_texts(scale, height, chart.unit, percent=chart.percent),
            *_label_texts(chart.labels, place, step),
        ),
        legend=tuple(each.name for each in chart.series),
        head=("when", *(each.name for each in chart.series)),
        rows=_rows(chart.labels, chart.series),
    )


def _check(series: Sequence[Series]) -> None:
    if len(series) > _MOST_SERIES:
        raise ValueError(f"a chart tells {_MOST_SERIES} series apart; put the smallest of these {len(series)} together")


def _path(points: Sequence[str], number: int) -> list[Path]:
    return [Path(" ".join(points), number)] if len(points) > 1 else []


def _height(highest: float) -> Callable[[float], float]:
    return lambda value: round(_TOP + _HIGH - min(max(value, 0.0), highest) / highest * _HIGH, 1)


def _places(labels: Sequence[str]) -> tuple[Callable[[int], float], float]:
    """Where the middle of each column stands, and how far they are apart."""
    step = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    return (lambda at: round(_LEFT + step * (at + 0.5), 1)), step


def _rules(scale: Sequence[float], height: Callable[[float], float]) -> tuple[Rule, ...]:
    return tuple(Rule(height(value), _LEFT, WIDTH - _RIGHT) for value in scale)


def _scale_texts(
    scale: Sequence[float], height: Callable[[float], float], unit: str, *, percent: bool = False
) -> list[Text]:
    def written(value: float) -> str:
        return f"{value:.0%}" if percent else f"{short(value)}{' ' if unit else ''}{unit}"

    return [Text(_LEFT - 6, height(value) + 4, "end", written(value), soft=True) for value in scale]


def _label_texts(labels: Sequence[str], place: Callable[[int], float], step: float) -> list[Text]:
    every = max(1, math.ceil(_LABEL_ROOM / step))
    return [
        Text(place(at), _TOP + _HIGH + 18, "middle", label, soft=True)
        for at, label in enumerate(labels)
        if at % every == 0
    ]


def _written(series: Series, at: int) -> str:
    if at < len(series.shown):
        return series.shown[at]
    value = series.values[at]
    return "not known" if value is None else f"{value:,.10g}"


def _rows(labels: Sequence[str], series: Sequence[Series]) -> tuple[tuple[str, ...], ...]:
    return tuple((label, *(_written(each, at) for each in series)) for at, label in enumerate(labels))


def _summary(labels: Sequence[str], series: Sequence[Series]) -> str:
    if not labels:
        return "Nothing to show."
    newest = len(labels) - 1
    said = ", ".join(f"{each.name} {_written(each, newest)}" for each in series)
    return f"{labels[0]} to {labels[newest]}; the newest: {said}."


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_NAME else f"{label[: _LONGEST_NAME - 1]}…"
