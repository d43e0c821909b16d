"""Some rows of the crash table of appeals with one appeal each, and its judge held against known faults."""

from pathlib import Path

import pytest

from ledger.appeals import AppealStage
from sandbox.quirks import EVERYWHERE, NATIONAL
from tests.ledger.office import place
from tests.soak.appeals import Cell, failures, summary
from tests.soak.appeals_cell import KILLED, LOST, ROWS, RowResult, Task, run_cell

SOME = ("pressing committed", "receipt before us", "reset-before")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("portal", "rows"),
    [
        pytest.param(NATIONAL, SOME, id="some"),
        *(pytest.param(name, ROWS, id=name, marks=pytest.mark.long) for name in EVERYWHERE),
    ],
)
async def test_killed_around_the_press_or_without_a_receipt_each_appeal_is_pressed_once_at_most_and_explained(
    portal: str, rows: tuple[str, ...], tmp_path: Path
) -> None:
    results = {result.row: result for result in await run_cell(Task(portal, rows, 1), tmp_path, place())}
    cells = [Cell(Task(portal, (row,), 1), result, 0, 0) for row, result in results.items()]
    assert failures(cells) == []
    figures = summary(1, cells)
    ended = ("filed", "refused", "reconciled", "handed_over")
    assert figures["approved"] == sum(figures[how] for how in ended) >= len(rows) - 1
    # Committed and killed before the press: only a person can say that nothing was filed.
    assert (results["pressing committed"].most_presses, results["pressing committed"].handed_over) == (0, 1)
    assert results["receipt before us"].reconciled == 1
    assert (results["reset-before"].most_presses, results["reset-before"].handed_over) == (1, 1)


def result(**changes: object) -> RowResult:
    figures = {"approved": 2, "filed": 1, "reconciled": 1, "refused": 0, "handed_over": 0}
    more = {"most_presses": 1, "pressed_twice": 0, "unexplained": ()}
    return RowResult(**{"row": "pressed", **figures, **more, **changes})  # type: ignore[arg-type] # changed by name


def cell(result: RowResult | None, left_over: int = 0) -> Cell:
    return Cell(Task(NATIONAL, ("pressed",), 2), result, left_over, 1.0)


@pytest.mark.parametrize(
    "spoilt",
    [
        cell(result(most_presses=2, pressed_twice=1)),
        cell(result(filed=0, unexplained=(f"pressed, appeal 1: {AppealStage.APPROVED} here, filed 0 times there",))),
        cell(result(), left_over=1),
        cell(None),
    ],
)
def test_what_is_not_as_promised_is_told(spoilt: Cell) -> None:
    assert failures([cell(result())]) == []
    assert len(failures([cell(result()), spoilt])) == 1


def test_the_appeals_of_a_row_that_crashed_are_counted_as_unexplained() -> None:
    figures = summary(2, [cell(result()), cell(None)])
    assert (figures["approved"], figures["filed"], figures["unexplained"]) == (4, 1, 2)


def test_the_table_has_a_row_for_each_step_and_each_way_to_lose_a_confirmation() -> None:
    assert len(set(ROWS)) == len(ROWS) == 2 + len(KILLED) + len(LOST)
