"""Reports on claims, payers and appeals, and on what the robot spared people; made from the ledger's figures."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from console.charts import Bar, Bars
from console.reports.pieces import (
    MOST_BARS,
    ZERO,
    Asked,
    age_named,
    day,
    dollars,
    money_chart,
    number,
    share,
    text,
)
from console.reports.shape import Report, Table
from flows.answers import Decision
from flows.appealable import appeal_codes
from flows.codes import CodeSet, words
from ledger import report_figures_money as money
from ledger import reports
from ledger.reports import PENDING_AGES, AppealFigures
from ledger.states import AppealStage

_WARNED = (3, 7, 14, 30)
"""So many days before a last day people are warned (DOMAIN 3.5)."""
_LEFT = {-1: "passed", 3: "up to 3", 7: "4 to 7", 14: "8 to 14", 30: "15 to 30"}


def denials(asked: Asked) -> Report:
    """What payers did not pay, by payer and reason."""
    found = reports.denials(asked.practice.id, appeal_codes().no_denial, asked.within, asked.portal)
    rows = [
        (row.portal, f"{row.group}-{row.carc}", words(CodeSet.CARC, row.carc), row.claims, row.amount) for row in found
    ]
    by_code: dict[str, Decimal] = defaultdict(Decimal)
    by_payer: dict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        by_code[f"{row.group}-{row.carc}"] += row.amount
        by_payer[row.portal] += row.amount
    of_providers = money.denied_by_provider(asked.practice.id, appeal_codes().no_denial, asked.within, asked.portal)
    return Report(
        name="denials",
        title="Denials by payer and reason",
        tables=(
            Table(
                title="Denials",
                columns=(text("portal"), text("code"), text("in plain words"), number("claims"), dollars("amount")),
                rows=rows,
                empty="No payer has denied anything in these days.",
            ),
            Table(
                title="By provider",
                columns=(text("portal"), text("provider (NPI)"), number("claims"), dollars("amount")),
                rows=[(row.portal, row.npi, row.claims, row.amount) for row in of_providers],
                empty="No payer has denied anything in these days.",
            ),
        ),
        charts=(
            money_chart("Denied, by reason", by_code.items()),
            money_chart("Denied, by payer", by_payer.items()),
        ),
        notes=(
            "From the payments that decided about claims, by the day of the payment; for claims without one, from the "
            "newest claim status. Contract discounts, cost shares and what the law takes off deny nothing.",
        ),
    )


def pending(asked: Asked) -> Report:
    """Claims that nobody has decided, by payer and age."""
    found = reports.pending(asked.practice.id, asked.today, asked.portal)
    ages = (0, *PENDING_AGES)
    named = [age_named(days, ages) for days in ages]
    cells: dict[str, dict[int, tuple[int, Decimal]]] = defaultdict(dict)
    for row in found:
        cells[row.portal][row.days] = (row.claims, row.billed)
    rows = [
        (portal, *(cell for days in ages for cell in by_age.get(days, (0, ZERO)))) for portal, by_age in cells.items()
    ]
    sums = [
        (name, sum((by_age.get(days, (0, ZERO))[1] for by_age in cells.values()), ZERO))
        for name, days in zip(named, ages, strict=True)
    ]
    columns = [column for name in named for column in (number(name), dollars(f"{name}, billed"))]
    return Report(
        name="pending",
        title="Claims that are not decided, by age",
        tables=(
            Table(
                title="Pending claims",
                columns=(text("portal"), *columns),
                rows=rows,
                empty="No claim waits for a decision.",
            ),
        ),
        charts=(money_chart("Billed and not decided, by age", sums, ordered=True),),
        notes=(
            "The age runs from the payer's acceptance (277CA), else from the day the claim came into the work list.",
        ),
    )


def deadlines(asked: Asked) -> Report:
    """What is lost when its day passes, in the next thirty days and before."""
    found = reports.last_days(asked.practice.id, asked.today + timedelta(days=max(_WARNED)), asked.portal)
    counted: dict[str, list[Decimal]] = {name: [] for name in _LEFT.values()}
    rows = []
    for row in found:
        left = (row.last_day - asked.today).days
        counted[_left_named(left)].append(row.money)
        rows.append((row.last_day, left, row.what, row.portal, row.number, row.money))
    sums = [(name, len(each), sum(each, ZERO)) for name, each in counted.items()]
    return Report(
        name="deadlines",
        title="Deadline radar",
        tables=(
            Table(
                title="Last days",
                columns=(
                    day("last day"),
                    number("days left"),
                    text("what"),
                    text("portal"),
                    text("number"),
                    dollars("at stake"),
                ),
                rows=rows,
                empty="Nothing has a last day in the next thirty days.",
                of_patients=True,
            ),
            Table(
                title="By days left",
                columns=(text("days left"), number("things to do"), dollars("at stake")),
                rows=sums,
                empty="",
            ),
        ),
        charts=(money_chart("At stake, by days left", [(name, money) for name, _, money in sums], ordered=True),),
        notes=(
            "Appeals that are not filed yet, and tasks that have a last day of their own, up to thirty days ahead.",
        ),
    )


def _left_named(left: int) -> str:
    return next((name for days, name in _LEFT.items() if left <= days), _LEFT[max(_WARNED)])


def _place(stage: str) -> int:
    """Where a stage or decision stands on an appeal's way."""
    way: list[str] = [*(one for one in AppealStage if one is not AppealStage.DECIDED), *Decision]
    return way.index(stage) if stage in way else len(way)


def appeals(asked: Asked) -> Report:
    """The appeals pipeline, and how the decided ones ended."""
    found = reports.appeals(asked.practice.id, asked.within, asked.portal)
    pipeline = [
        (row.portal, row.level, row.stage, row.decision, row.appeals, row.amount, row.recovered) for row in found
    ]
    by_stage: dict[str, int] = defaultdict(int)
    for row in found:
        by_stage[row.decision or row.stage] += row.appeals
    return Report(
        name="appeals",
        title="Appeals: pipeline and outcome",
        tables=(
            Table(
                title="Pipeline",
                columns=(
                    text("portal"),
                    text("level"),
                    text("stage"),
                    text("decision"),
                    number("appeals"),
                    dollars("contested"),
                    dollars("recovered"),
                ),
                rows=pipeline,
                empty="No appeal was drafted in these days.",
            ),
            Table(
                title="Overturned",
                columns=(
                    text("portal"),
                    number("decided"),
                    number("overturned or partly"),
                    text("overturn rate"),
                    number("days to decision"),
                    dollars("recovered"),
                ),
                rows=_overturned(found),
                empty="No appeal of these days is decided yet.",
            ),
        ),
        charts=(
            Bars(
                "Appeals by stage",
                [Bar(stage, by_stage[stage], str(by_stage[stage])) for stage in sorted(by_stage, key=_place)],
            ),
        ),
        notes=("Appeals that were drafted in these days. Partly overturned counts as overturned in the rate.",),
    )


def _overturned(found: Iterable[AppealFigures]) -> list[tuple[str, int, int, str, int | None, Decimal]]:
    decided: dict[str, list[AppealFigures]] = defaultdict(list)
    for row in found:
        if row.decision:
            decided[row.portal].append(row)
    rows = []
    for portal, each in sorted(decided.items()):
        all_of_them = sum(row.appeals for row in each)
        won = sum(row.appeals for row in each if row.decision in ("overturned", "partly"))
        known = [(row.days_to_decision, row.appeals) for row in each if row.days_to_decision is not None]
        weight = sum(count for _, count in known)
        days = round(sum(took * count for took, count in known) / weight) if weight else None
        recovered = sum((row.recovered for row in each), ZERO)
        rows.append((portal, all_of_them, won, share(won, all_of_them), days, recovered))
    return rows


def payers(asked: Asked) -> Report:
    """How each payer does."""
    found = reports.scores(asked.practice.id, asked.within, asked.portal)
    rows = [
        (
            row.portal,
            row.asked,
            share(row.paid, row.asked),
            share(row.denied, row.asked),
            share(row.pending, row.asked),
            share(row.not_found, row.asked),
            share(row.wants_something, row.asked),
            None if row.days_to_pay is None else round(row.days_to_pay),
            share(row.failed_attempts, row.attempts),
        )
        for row in found
    ]
    return Report(
        name="payers",
        title="Payer scorecard",
        tables=(
            Table(
                title="Payers",
                columns=(
                    text("portal"),
                    number("claims asked"),
                    text("paid"),
                    text("denied"),
                    text("pending"),
                    text("not found"),
                    text("wants records"),
                    number("days to pay"),
                    text("portal trouble"),
                ),
                rows=rows,
                empty="No payer was asked about a claim in these days.",
            ),
        ),
        charts=(
            Bars(
                "Denied, of all claims asked about",
                [Bar(row.portal, row.denied / row.asked, share(row.denied, row.asked)) for row in found if row.asked],
            ),
        ),
        notes=(
            "Newest claim status of each claim, observed in these days. Days to pay: the median from the last day of "
            "service to the payment. Portal trouble: attempts that neither answered nor needed a person's judgement.",
        ),
    )


def exceptions(asked: Asked) -> Report:
    """Cases that wait for a person, by kind and age."""
    found = reports.open_cases(asked.practice.id, asked.now, asked.portal)
    ages = (0, *reports.CASE_AGES)
    rows = [(row.family, row.code, age_named(row.days, ages), row.cases, row.billed) for row in found]
    by_code: dict[str, int] = defaultdict(int)
    for row in found:
        by_code[row.code] += row.cases
    most = sorted(by_code.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]
    return Report(
        name="exceptions",
        title="Open exceptions by kind and age",
        tables=(
            Table(
                title="Exceptions",
                columns=(text("family"), text("code"), text("open for"), number("cases"), dollars("billed")),
                rows=rows,
                empty="No case is open.",
            ),
        ),
        charts=(Bars("Open cases by code", [Bar(code, count, str(count)) for code, count in most]),),
    )


def savings(asked: Asked) -> Report:
    """What the robot spared people, with the arithmetic."""
    found = reports.finished(asked.practice.id, asked.within, asked.portal)
    minutes = asked.savings
    rows, saved = [], Decimal(0)
    for row in found:
        all_of_them = row.by_robot + row.by_person
        by_hand = minutes.by_hand(row.flow)
        spared = (
            None if by_hand is None else Decimal(row.by_robot) * by_hand - Decimal(row.by_person) * minutes.exception
        )
        saved += spared or 0
        rows.append(
            (
                row.flow.value,
                row.by_robot,
                row.by_person,
                share(row.by_robot, all_of_them),
                "no figure" if by_hand is None else f"{by_hand:f}",
                None if spared is None else f"{spared / 60:,.1f}",
            )
        )
    return Report(
        name="savings",
        title="Hours spared, and how that is reckoned",
        tables=(
            Table(
                title="Savings",
                columns=(
                    text("flow"),
                    number("answered by the robot"),
                    number("needed a person"),
                    text("touchless"),
                    text("minutes by hand"),
                    text("hours spared"),
                ),
                rows=rows,
                empty="Nothing was asked in these days.",
            ),
        ),
        charts=(
            Bars(
                "Answered without a person",
                [
                    Bar(
                        row.flow,
                        row.by_robot / (row.by_robot + row.by_person),
                        share(row.by_robot, row.by_robot + row.by_person),
                    )
                    for row in found
                    if row.by_robot + row.by_person
                ],
            ),
        ),
        notes=(
            "Hours spared = (answered by the robot x minutes by hand - needed a person x minutes an exception) / 60, "
            f"all together {saved / 60:,.1f}.",
            f"Minutes an exception: {minutes.exception:f}. Minutes by hand, claim status: 10 at a portal (CAQH "
            "Index, 2024 report). For other flows no figure is published; set yours under [savings] in office.toml.",
        ),
    )
