"""What the reports are put together from: what is asked for, columns, shares, ages, and charts of their figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from console.charts import Bar, Bars, Series
from console.reports.needs import Minutes
from documents.columns import Column, Kind
from ledger.accounts import Practice
from ledger.reports import Range

ZERO = Decimal("0.00")
MOST_BARS = 12
_WEEK = timedelta(days=7)
_WEEKS = 13


@dataclass(frozen=True)
class Asked:
    """What a report is asked about: whose practice, which days, which portal, as of when."""

    practice: Practice
    within: Range
    portal: str | None
    now: datetime
    savings: Minutes

    @property
    def today(self) -> date:
        """The day of the report, UTC."""
        return self.now.date()

    @property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the weeks that a report over time shows: those of its days, else the last thirteen.

        At most 53, the newest.
        """
        end = min(self.within.until or self.today, self.today)
        newest = end - timedelta(days=end.weekday())
        first = newest - _WEEK * (_WEEKS - 1) if self.within.since is None else self.within.since
        count = max(1, min(53, (newest - (first - timedelta(days=first.weekday()))).days // 7 + 1))
        return tuple(newest - _WEEK * back for back in reversed(range(count)))

    @property
    def of_weeks(self) -> Range:
        """The days of these weeks, as far as they are asked for."""
        since = self.weeks[0] if self.within.since is None else max(self.weeks[0], self.within.since)
        return Range(since=since, until=self.within.until)


def text(name: str) -> Column:
    """A column of texts."""
    return Column(name, Kind.TEXT)


def number(name: str) -> Column:
    """A column of counts."""
    return Column(name, Kind.NUMBER)


def dollars(name: str) -> Column:
    """A column of amounts."""
    return Column(name, Kind.DOLLARS)


def day(name: str) -> Column:
    """A column of days."""
    return Column(name, Kind.DATE)


def share(part: int | Decimal, whole: int | Decimal) -> str:
    """A part of a whole in percent; nothing where there is no whole."""
    return f"{part / whole:.1%}" if whole else ""


def money_chart(title: str, amounts: Iterable[tuple[str, Decimal]], *, ordered: bool = False) -> Bars:
    """The largest amounts as bars; `ordered`: in the order in which they come."""
    listed = list(amounts)
    shown = listed if ordered else sorted(listed, key=lambda item: (-item[1], item[0]))[:MOST_BARS]
    return Bars(title, [Bar(label, max(float(amount), 0.0), f"{amount:,.2f}") for label, amount in shown])


def money_series(name: str, amounts: Sequence[Decimal]) -> Series:
    """Amounts over time."""
    return Series(name, [float(amount) for amount in amounts], [f"{amount:,.2f}" for amount in amounts])


def count_series(name: str, counts: Sequence[int]) -> Series:
    """Counts over time."""
    return Series(name, [float(count) for count in counts], [f"{count:,}" for count in counts])


def share_series(name: str, shares: Sequence[tuple[int, int]]) -> Series:
    """Parts of wholes over time; not known where the whole is nothing."""
    values = [part / whole if whole else None for part, whole in shares]
    return Series(name, values, ["not known" if value is None else f"{value:.1%}" for value in values])


def age_named(days: int, ages: Sequence[int]) -> str:
    """`under 30 days`, `30 to 59 days`, `90 days and more`."""
    later = [age for age in ages if age > days]
    if not later:
        return f"{days} days and more"
    if days == 0:
        return f"under {later[0]} day{'s' * (later[0] > 1)}"
    return f"{days} day{'s' * (days > 1)}" if later[0] == days + 1 else f"{days} to {later[0] - 1} days"
