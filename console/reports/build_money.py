"""Reports on money: what was touched, newly denied and recovered; how much is open, for how long; how often denied."""

from decimal import Decimal

from console.charts import Columns, Lines, Series
from console.reports.pieces import (
    ZERO,
    Asked,
    count_series,
    day,
    dollars,
    money_chart,
    money_series,
    number,
    share,
    share_series,
    text,
)
from console.reports.shape import Report, Table
from ledger import report_figures_money as figures


def money(asked: Asked) -> Report:
    """Dollars touched, newly known denied and recovered, week by week; and the denial rate."""
    weeks = asked.weeks
    found = {row.week: row for row in figures.weeks_of_money(asked.practice.id, asked.of_weeks, asked.portal)}
    decided = {row.week: row for row in figures.decisions(asked.practice.id, asked.of_weeks, asked.portal)}
    labels = [f"{week:%m-%d}" for week in weeks]
    denied = [found[week].denied if week in found else ZERO for week in weeks]
    recovered = [found[week].recovered if week in found else ZERO for week in weeks]
    return Report(
        name="money",
        title="Money touched and found, and the denial rate",
        tables=(
            Table(
                title="Money by week",
                columns=(
                    day("week from"),
                    number("claims asked about"),
                    dollars("billed"),
                    number("newly known denials"),
                    dollars("newly known denied"),
                    dollars("recovered by appeals"),
                ),
                rows=[
                    (row.week, row.claims, row.billed, row.denials, row.denied, row.recovered) for row in found.values()
                ],
                empty="Nothing was asked in these weeks.",
            ),
            Table(
                title="Decided by payments",
                columns=(day("week from"), number("claims decided"), number("denied"), text("denial rate")),
                rows=[(row.week, row.decided, row.denied, share(row.denied, row.decided)) for row in decided.values()],
                empty="No payment of these weeks decided about a claim.",
            ),
        ),
        charts=(
            Columns(
                "Money found: newly known denied, and recovered",
                labels,
                (money_series("newly known denied", denied), money_series("recovered", recovered)),
                unit="$",
            ),
            Columns(
                "Claims asked about",
                labels,
                (count_series("claims", [found[week].claims if week in found else 0 for week in weeks]),),
            ),
            Lines(
                "Denial rate, at the first decision",
                labels,
                (
                    share_series(
                        "denied",
                        [(row.denied, row.decided) if (row := decided.get(week)) else (0, 0) for week in weeks],
                    ),
                ),
                percent=True,
            ),
        ),
        notes=(
            "A claim counts once a week, by the first answer of that week. A denial is newly known with the first "
            "answer that says so; its dollars are what was billed and not paid.",
            "The denial rate counts claims by the payment that decided about them first, and those whose status in it "
            "is 4 (denied). A claim that is paid in part is not among them.",
        ),
    )


def receivables(asked: Asked) -> Report:
    """Days in A/R over the last thirteen weeks, and how much is old."""
    found = figures.receivables(asked.practice.id, asked.today, portal=asked.portal)
    ages = figures.open_by_age(asked.practice.id, asked.today, asked.portal)
    whole = sum((row.open for row in ages), ZERO)
    over = [sum((row.over[place] for row in ages), ZERO) for place in range(len(figures.AR_AGES))]
    total = [("all", sum(row.claims for row in ages), whole, *_old(over, whole))] if ages else []
    return Report(
        name="receivables",
        title="Days in A/R, and what is old",
        tables=(
            Table(
                title="Days in A/R",
                columns=(day("day"), dollars("open"), dollars("billed a day"), text("days in A/R")),
                rows=[(row.day, row.open, _cents(row.a_day), _days(row.days)) for row in reversed(found)],
                empty="",
            ),
            Table(
                title="Open by payer and age",
                columns=(
                    text("portal"),
                    number("claims"),
                    dollars("open"),
                    *(
                        column
                        for days in figures.AR_AGES
                        for column in (dollars(f"over {days} days"), text(f"% {days}"))
                    ),
                ),
                rows=[*((row.portal, row.claims, row.open, *_old(row.over, row.open)) for row in ages), *total],
                empty="No claim is open.",
            ),
        ),
        charts=(
            Lines(
                "Days in A/R",
                [f"{row.day:%m-%d}" for row in found],
                (
                    Series(
                        "days in A/R",
                        [None if row.days is None else float(row.days) for row in found],
                        [_days(row.days) or "not known" for row in found],
                    ),
                ),
            ),
            money_chart("Billed and not decided, by payer", [(row.portal, row.open) for row in ages]),
        ),
        notes=(
            "Days in A/R = billed and not decided at the end of the day / what a day was billed on average over the "
            f"{figures.CHARGES_OVER} days before. Both are billed amounts: the ledger does not know what a contract "
            "leaves of them, so that compare it with its own past, not with figures that are made of net revenue.",
            "A claim is open from its last day of service until a payment decides about it or, without one, the portal "
            "says that it is finalised. What patients owe is not in it.",
        ),
    )


def _old(over: "tuple[Decimal, ...] | list[Decimal]", whole: Decimal) -> list[Decimal | str]:
    return [cell for amount in over for cell in (amount, share(amount, whole))]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _days(days: Decimal | None) -> str:
    return "" if days is None else f"{days:,.1f}"
