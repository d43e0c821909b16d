"""What visitors type into the fields of the Medicaid portal: dates of the calendar, and what is wrong with them."""

from collections.abc import Mapping
from datetime import date, datetime


def us_date(text: str) -> date:
    """A date as the portal's fields take it, 02/28/2026. Raises ValueError."""
    if len(text) != 10:
        raise ValueError("a date has ten characters")
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar day has no zone


def typed_days(
    entered: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[Mapping[str, date | None], tuple[str, ...]]:
    """The days in these controls (control -> what a complaint calls it), None where nothing stands; the complaints."""
    days: dict[str, date | None] = {}
    messages = []
    for control, label in labels.items():
        text = entered.get(control, "").strip()
        days[control] = None
        try:
            days[control] = us_date(text) if text else None
        except ValueError:
            messages.append(f"{label} must be entered as MM/DD/YYYY.")
    return days, tuple(messages)
