"""Charts: round scales, columns that stand on each other, gaps where nothing is known, and every figure as a table."""

import re
from typing import Any

import pytest

from console.charts import Bar, Bars, Columns, Drawing, Lines, Series, draw, short, ticks
from console.templating import STATIC, environment


def drawn(drawing: Drawing) -> str:
    """The chart as the pages draw it."""
    from jinja2 import FileSystemLoader

    template = environment(loader=FileSystemLoader(STATIC.parent / "templates")).get_template("charts.html")
    module: Any = template.module
    return str(module.chart(drawing, "one"))


@pytest.mark.parametrize(
    ("highest", "scale"),
    [
        (0, (0, 1)),
        (1, (0, 0.5, 1)),
        (7, (0, 2, 4, 6, 8)),
        (100, (0, 50, 100)),
        (101, (0, 50, 100, 150)),
        (0.3, (0, 0.1, 0.2, 0.3)),
        (1234567, (0, 500000, 1000000, 1500000)),
    ],
)
def test_a_scale_is_of_round_values_and_holds_the_highest(highest: float, scale: tuple[float, ...]) -> None:
    assert ticks(highest) == pytest.approx(scale)


def test_values_of_a_scale_are_written_short() -> None:
    assert [short(value) for value in (0, 0.5, 950, 1200, 3_000_000)] == ["0", "0.5", "950", "1.2k", "3M"]


def test_the_longest_bar_fills_the_width_and_the_others_are_in_proportion() -> None:
    made = draw(
        Bars("Denied", [Bar("CO-97", 200.0, "200.00"), Bar("CO-50", 50.0, "50.00"), Bar("CO-1", -3.0, "-3.00")])
    )
    longest, other, none = made.rects
    assert other.width == pytest.approx(longest.width / 4, abs=0.1)
    assert none.width == 0
    assert longest.x + longest.width < made.width
    assert made.rows == (("CO-97", "200.00"), ("CO-50", "50.00"), ("CO-1", "-3.00"))


def test_columns_stand_on_each_other_in_the_order_of_their_series() -> None:
    made = draw(Columns("Cases", ("w1", "w2"), (Series("data", (3, 0)), Series("access", (1, 2)))))
    below, above, alone = made.rects
    assert (below.series, above.series, alone.series) == (1, 2, 2)
    assert above.y + above.height == pytest.approx(below.y)
    assert below.height == pytest.approx(3 * above.height, abs=0.2)
    assert alone.y + alone.height == pytest.approx(below.y + below.height), "both stand on the ground"
    assert made.rows == (("w1", "3", "1"), ("w2", "0", "2"))


def test_what_is_not_known_is_a_gap_and_not_zero() -> None:
    made = draw(Lines("Rate", ("a", "b", "c", "d", "e"), (Series("status", (0.5, 1.0, None, 0.2, 0.4)),), percent=True))
    assert len(made.paths) == 2
    assert len(made.dots) == 4
    assert made.rows[2] == ("c", "not known")
    assert [text.words for text in made.texts if text.words.endswith("%")] == ["0%", "50%", "100%"]


def test_seven_series_are_refused() -> None:
    with pytest.raises(ValueError, match="6"):
        draw(Lines("Rate", ("a",), tuple(Series(str(each), (1,)) for each in range(7))))


def test_a_chart_says_in_words_what_it_shows_and_no_name_breaks_out_of_it() -> None:
    page = drawn(draw(Columns('A "<b>', ("w1",), (Series("<i>", (3,)), Series("access", (1,))))))
    assert "<b>" not in page
    assert "<i>" not in page
    assert 'role="img" aria-labelledby="chart-one-title chart-one-said"' in page
    assert "<details>" in page
    assert 'fill="url(#chart-one-p2)"' in page, "the second series is told apart without its colour"
    assert "style=" not in page
    assert "<script" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_an_empty_chart_says_so() -> None:
    assert "Nothing to show." in drawn(draw(Bars("Denied", [])))
