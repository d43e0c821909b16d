"""What may be typed on the audit page: which entries are wanted, and whose."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from ledger.audit_listed import Wanted


class _Day(forms.DateInput):
    input_type = "date"


class Filters(forms.Form):
    """Which entries of the log. Nothing here is about a patient, so that it may stand in an address."""

    since = forms.DateField(label="From", required=False, widget=_Day)
    until = forms.DateField(label="To", required=False, widget=_Day)
    actor = forms.CharField(label="Who", required=False, max_length=150)
    action = forms.ChoiceField(label="What was done", required=False)
    object_type = forms.CharField(label="To what", required=False, max_length=40)
    object_id = forms.CharField(label="Its id", required=False, max_length=80)
    portal = forms.ChoiceField(label="Portal", required=False)
    claim = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, typed: Mapping[str, Any], *, acts: Iterable[str], portals: Iterable[str]) -> None:
        super().__init__(typed)
        for name, choices in (("action", acts), ("portal", portals)):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=[("", "any"), *((one, one) for one in choices)]
            )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when the last day is before the first."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "This day is before the first one.")
        return cleaned

    @property
    def claim_id(self) -> int | None:
        """The claim whose patient's entries are wanted."""
        found: int | None = self.cleaned_data["claim"]
        return found

    def wanted(self, zone: str, patient_reference: str) -> Wanted:
        """The same for the ledger; days are those of this time zone."""
        typed = self.cleaned_data
        return Wanted(
            since=_start(typed["since"], zone),
            until=None if typed["until"] is None else _start(typed["until"] + timedelta(days=1), zone),
            actor=typed["actor"],
            action=typed["action"],
            object_type=typed["object_type"],
            object_id=typed["object_id"],
            portal=typed["portal"],
            patient_reference=patient_reference,
        )

    def asked(self) -> tuple[str, ...]:
        """The names of the filters that are set."""
        return tuple(name for name, value in self.cleaned_data.items() if value)


class PatientOf(forms.Form):
    """Whose entries are wanted, by the number of a claim. Sent in the body of a request, never in its address."""

    number = forms.CharField(
        label="Number of a claim of the patient",
        max_length=80,
        help_text="The office's account number, or the payer's.",
    )


def _start(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
