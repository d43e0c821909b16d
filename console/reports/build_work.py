"""Reports on the work: what ends without a person, how fast people resolve the rest, what was not done in time."""

from collections import Counter
from datetime import date

from console.charts import Bar, Bars, Columns, Lines
from console.reports.pieces import (
    MOST_BARS,
    Asked,
    age_named,
    count_series,
    day,
    dollars,
    money_chart,
    number,
    share,
    share_series,
    text,
)
from console.reports.shape import Report, Table
from flows.outcomes import Family
from flows.questions import Flow
from ledger import report_figures_work as work
from ledger import reports

_NOBODY = "nobody yet"


def touchless(asked: Asked) -> Report:
    """How much ends without a person, and what does not, week by week."""
    weeks = asked.weeks
    ended = work.touchless(asked.practice.id, asked.of_weeks, asked.portal)
    opened = work.opened(asked.practice.id, asked.of_weeks, asked.portal)
    by_week = {(row.week, row.flow): row for row in ended}
    flows = [flow for flow in Flow if any(row.flow is flow for row in ended)]
    families = [family for family in Family if any(row.family == family for row in opened)]
    by_family: Counter[tuple[date, str]] = Counter()
    by_code: Counter[str] = Counter()
    for row in opened:
        by_family[row.week, row.family] += row.cases
        by_code[row.code] += row.cases
    labels = [f"{week:%m-%d}" for week in weeks]
    rates = [
        share_series(
            flow,
            [(found.alone, found.ended) if (found := by_week.get((week, flow))) else (0, 0) for week in weeks],
        )
        for flow in flows
    ]
    cases = [count_series(family, [by_family[week, family] for week in weeks]) for family in families]
    return Report(
        name="touchless",
        title="Touchless rate and exceptions by cause, over time",
        tables=(
            Table(
                title="Ended without a person",
                columns=(
                    day("week from"),
                    text("flow"),
                    number("ended"),
                    number("without a person"),
                    text("touchless"),
                ),
                rows=[(row.week, row.flow, row.ended, row.alone, share(row.alone, row.ended)) for row in ended],
                empty="Nothing was asked in these weeks.",
            ),
            Table(
                title="Exceptions that were opened",
                columns=(day("week from"), text("family"), text("code"), number("cases")),
                rows=[(row.week, row.family, row.code, row.cases) for row in opened],
                empty="No case was opened in these weeks.",
            ),
        ),
        charts=(
            Lines("Touchless rate by week", labels, rates[:6], percent=True, highest=1.0),
            Columns("Exceptions opened by week and family", labels, cases),
            Bars(
                "Exceptions opened, by code",
                [Bar(code, count, f"{count:,}") for code, count in by_code.most_common(MOST_BARS)],
            ),
        ),
        notes=(
            "Touchless = questions that ended with an answer / all that ended. What failed for a moment and is tried "
            "again by itself counts in neither; what a person answers later counts again in its own week.",
        ),
    )


def resolution(asked: Asked) -> Report:
    """How fast exceptions are resolved, by whom, and who holds the open ones."""
    closed = work.resolved(asked.practice.id, asked.within, asked.portal)
    owned = work.owned(asked.practice.id, asked.now, asked.portal)
    people = work.people(asked.practice.id, asked.within, asked.portal)
    ages = (0, *reports.CASE_AGES)
    return Report(
        name="resolution",
        title="Time to resolve, and who works on what",
        tables=(
            Table(
                title="Resolved",
                columns=(
                    text("family"),
                    number("closed"),
                    text("hours, median"),
                    text("hours, 9 of 10 within"),
                    number("past their day"),
                    text("in time"),
                ),
                rows=[
                    (
                        row.family,
                        row.closed,
                        f"{row.median_hours:,.1f}",
                        f"{row.p90_hours:,.1f}",
                        row.late,
                        share(row.closed - row.late, row.closed),
                    )
                    for row in closed
                ],
                empty="No case was closed in these days.",
            ),
            Table(
                title="Open cases by who has taken them",
                columns=(
                    text("taken by"), text("open for"), number("cases"), number("past their day"), dollars("at stake"),
                ),
                rows=[
                    (row.owner or _NOBODY, age_named(row.days, ages), row.cases, row.late, row.money) for row in owned
                ],
                empty="No case is open.",
            ),
            Table(
                title="Closed by person",
                columns=(text("person"), number("cases"), number("tasks"), dollars("at stake")),
                rows=[(row.name, row.cases, row.tasks, row.money) for row in people],
                empty="Nobody closed anything in these days.",
            ),
        ),
        charts=(
            Bars(
                "Hours until 9 of 10 are resolved, by family",
                [Bar(row.family, row.p90_hours, f"{row.p90_hours:,.1f} h") for row in closed],
            ),
            Bars(
                "Cases and tasks closed, by person",
                [Bar(row.name, row.cases + row.tasks, f"{row.cases + row.tasks:,}") for row in people[:MOST_BARS]],
            ),
        ),
        notes=(
            "Hours run from the opening of a case to its closing, nights and weekends included. Its day is what its "
            "code's rule gave it when it was opened.",
        ),
    )  # fmt: skip


def coverage(asked: Asked) -> Report:
    """Whether open claims are asked about in time, and which limits passed."""
    covered = work.coverage(asked.practice.id, asked.now, asked.portal)
    missed = work.missed(asked.practice.id, asked.within, asked.today, asked.portal)
    all_of_them, in_time = sum(row.claims for row in covered), sum(row.in_time for row in covered)
    return Report(
        name="coverage",
        title="Status coverage and missed limits",
        tables=(
            Table(
                title="Asked about on their cadence",
                columns=(text("portal"), number("open claims"), number("in time"), text("coverage")),
                rows=[
                    *((row.portal, row.claims, row.in_time, share(row.in_time, row.claims)) for row in covered),
                    *([("all", all_of_them, in_time, share(in_time, all_of_them))] if covered else []),
                ],
                empty="No claim is due to be asked about.",
            ),
            Table(
                title="Limits that passed",
                columns=(text("portal"), text("what"), number("times"), dollars("at stake")),
                rows=[(row.portal, row.what, row.times, row.money) for row in missed],
                empty="No limit has passed before the thing was done.",
            ),
        ),
        charts=(
            Bars(
                "Coverage by payer",
                [Bar(row.portal, row.in_time / row.claims, share(row.in_time, row.claims)) for row in covered],
            ),
            money_chart("At stake in limits that passed", [(f"{row.portal}, {row.what}", row.money) for row in missed]),
        ),
        notes=(
            "In time: not more than a day behind the day on which the cadence wants the claim asked about.",
            "Limits that passed: appeals filed after their last day or not at all, tasks and cases closed after theirs "
            "or still open.",
        ),
    )
