"""What the soak prints: the table of portals and levels, what each of them falls short of, and the line of JSON."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packs.load import pack_folders
from tests.soak.cell import CellResult, Task
from tests.soak.watch import Used

TOUCHLESS = {"none": 1.0, "field": 0.99, "x10": 0.95}
"""Of the questions that truth calls resolvable, so many at least are answered without a person, by level."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Cell:
    """A cell that has ended. `result` is None when its process failed; it printed why."""

    task: Task
    result: CellResult | None
    used: Used
    left_over: int
    seconds: float


_HEADINGS = (
    *("portal", "quirks", "questions", "answered", "negative", "not yet", "cases", "touchless", "wrong", "lost"),
    "presses",
    *("over", "locked", "early", "left", "runs", "person", "CPU s", "MiB", "s"),
)


def print_cells(cells: Sequence[Cell], say: Say) -> None:
    """The table, and below it what stands in no column: cases by code, the quirks that were met, what was left over.

    "not yet" are those of the negative answers that were right only because the portal had not loaded the claim yet.
    """
    rows = [_HEADINGS, *(_row(cell) for cell in cells)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        say(
            "  ".join(
                text.ljust(width) if column < 2 else text.rjust(width)
                for column, (text, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    say("")
    for cell in cells:
        if cell.result is not None:
            for name in ("cases", "endings", "run_endings", "person", "quirks", "left"):
                if facts := getattr(cell.result, name):
                    say(f"{cell.task.portal} {cell.task.level}, {name.replace('_', ' ')}: {_counts(facts)}")
    say("")


def print_packs(portals: Sequence[str], say: Say) -> None:
    """How long each portal's pack is, blank lines and comments left out."""
    folders = pack_folders(None)
    for portal in portals:
        say(f"{portal}: {_lines(folders[portal] / 'portal.yaml') if portal in folders else 'no'} lines of pack")


def failures(cells: Sequence[Cell]) -> list[str]:
    """Everything that is not as promised, a line each."""
    return [f"{cell.task.portal} {cell.task.level}: {what}" for cell in cells for what in _failures(cell)]


def _failures(cell: Cell) -> Iterator[str]:
    result = cell.result
    if cell.left_over:
        yield f"{cell.left_over} processes left over"
    if result is None:
        yield "the cell's process failed"
        return
    yield from (f"WRONG: {line}" for line in result.wrong)
    for name, much in (
        ("questions lost", result.lost),
        ("lock-outs", result.lockouts),
        ("presses over budget", result.presses_over_budget),
        ("requests before Retry-After was over", result.early),
    ):
        if much:
            yield f"{much} {name}"
    yield from (f"DEFECT, {times} times: {line}" for line, times in result.defects.items())
    if result.touchless < TOUCHLESS[cell.task.level]:
        yield f"touchless {result.touchless:.3f}, and {TOUCHLESS[cell.task.level]} is promised"


def summary(cells: Sequence[Cell]) -> dict[str, Any]:
    """The last line. A cell whose process failed has lost all its questions."""
    runs = [
        {
            "portal": cell.task.portal,
            "quirks": cell.task.level,
            "questions": cell.result.questions if cell.result else cell.task.claims,
            "touchless": round(cell.result.touchless, 4) if cell.result else 0.0,
            "wrong": len(cell.result.wrong) if cell.result else 0,
            "lockouts": cell.result.lockouts if cell.result else 0,
            "presses_over_budget": cell.result.presses_over_budget if cell.result else 0,
            "lost": cell.result.lost if cell.result else cell.task.claims,
            "leftover_processes": cell.left_over,
        }
        for cell in cells
    ]
    return {"runs": runs, "wrong": sum(len(cell.result.wrong) for cell in cells if cell.result)}


def _row(cell: Cell) -> tuple[str, ...]:
    result, end = (
        cell.result,
        (f"{cell.used.processor_seconds:.0f}", f"{cell.used.peak_mib:.0f}", f"{cell.seconds:.0f}"),
    )
    if result is None:
        return (cell.task.portal, cell.task.level, *("-",) * 15, *end)
    return (
        cell.task.portal,
        cell.task.level,
        *map(str, (result.questions, result.answered, result.negative, result.delayed, result.parked)),
        f"{result.touchless:.3f}",
        *map(str, (len(result.wrong), result.lost, result.presses, result.presses_over_budget, result.lockouts)),
        *map(str, (result.early, cell.left_over, result.runs, sum(result.person.values()))),
        *end,
    )


def _counts(facts: dict[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(facts.items(), key=lambda fact: (-fact[1], fact[0])))


def _lines(path: Path) -> int:
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in path.read_text().splitlines())
