"""What may be chosen about the list of payments, and how one is looked for by its trace."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from ledger.remittances_page import CameBy, Last, WantedPayments

_ASKED = {
    "balanced": ("Adds up", "adds up", "does not add up"),
    "matched": ("Claims", "all are ours", "some are not matched"),
    "deposited": ("Deposit", "seen at the bank", "not seen"),
    "posted": ("Posted", "given to the practice system", "not given"),
    "held": ("Held", "a case holds it", "no case holds it"),
}


class Chosen(forms.Form):
    """Which payments; nothing chosen: all of them."""

    portal = forms.ChoiceField(label="Portal", required=False)
    payer = forms.ChoiceField(label="Payer", required=False)
    npi = forms.ChoiceField(label="Provider (NPI)", required=False)
    since = forms.DateField(label="Paid from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Paid to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    came_by = forms.ChoiceField(
        label="Came by",
        required=False,
        choices=[("", "any way"), (CameBy.PORTAL, "a portal"), (CameBy.FILE, "a file")],
    )

    def __init__(
        self, portals: Sequence[str], payers: Sequence[str], npis: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, everything, choices in (
            ("portal", "all portals", portals),
            ("payer", "all payers", payers),
            ("npi", "all providers", npis),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", everything), *((one, one) for one in choices)]
        for name, (label, yes, no) in _ASKED.items():
            choices_of = [("", "all"), ("yes", yes), ("no", no)]
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices_of)

    def clean(self) -> dict[str, Any]:
        """The days must be in order."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "This is before the first day.")
        return given

    def wanted(self) -> WantedPayments:
        """What was chosen; of a form that is right."""
        given = self.cleaned_data
        asked = {name: None if not given[name] else given[name] == "yes" for name in _ASKED}
        return WantedPayments(
            portal=given["portal"] or None,
            payer=given["payer"] or None,
            npi=given["npi"] or None,
            since=given["since"],
            until=given["until"],
            came_by=CameBy(given["came_by"]) if given["came_by"] else None,
            **asked,
        )


class Trace(forms.Form):
    """The trace or check number of a payment. It comes by POST, so that it stands in no address."""

    trace = forms.CharField(label="Trace or check number", max_length=100)


def after_as_text(last: Last | None) -> str:
    """The last payment that was looked at, for an address."""
    return "" if last is None else f"{last.paid_on or ''}~{last.id}"


def after_of(given: str) -> Last | None:
    """The same back; None for what is none."""
    day, _, number = given.partition("~")
    try:
        return Last(paid_on=date.fromisoformat(day) if day else None, id=int(number))
    except ValueError:
        return None
