"""What people fill in about claims, patients and tasks."""

from enum import StrEnum

from django import forms

from flows.tasks import TaskOutcome
from ledger.claims_found import By
from ledger.planning_values import HoldWhy

_BY = {
    By.ACCOUNT: "Patient account number",
    By.PAYER: "Payer's claim number",
    By.MEMBER: "Member id",
    By.NAME: "Patient's name",
    By.APPOINTMENT: "Appointment number",
}
_HOLDS = {
    HoldWhy.BANKRUPT: "Bankrupt: nothing of this patient is asked about",
    HoldWhy.DECEASED: "Deceased: nothing of this patient is asked about",
    HoldWhy.LEGAL: "Legal: this claim is not asked about",
    HoldWhy.OTHER: "Other: this claim is not asked about",
}


class SearchForm(forms.Form):
    """What is searched; it is sent by POST, so that no address holds a name or a number of a patient."""

    by = forms.ChoiceField(label="Search by", choices=[(one.value, words) for one, words in _BY.items()])
    text = forms.CharField(
        label="Number, id or last name",
        max_length=200,
        help_text="In full.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    first_name = forms.CharField(
        label="First name",
        required=False,
        max_length=200,
        help_text="With a last name; its beginning will do.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_date = forms.DateField(
        label="Birth date", required=False, widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"})
    )


class HoldForm(forms.Form):
    """Leaving the payer alone."""

    why = forms.ChoiceField(label="Why", choices=[(one.value, words) for one, words in _HOLDS.items()])
    note = forms.CharField(
        label="What you know", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AssignForm(forms.Form):
    """Whose a task is; "" is nobody's own. `was` is whose it was when it was shown."""

    owner = forms.ChoiceField(label="Whose it is", required=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput, max_length=150)

    def __init__(self, *given: object, people: tuple[str, ...], **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]  # passed on as they are
        owner = self.fields["owner"]
        if isinstance(owner, forms.ChoiceField):
            owner.choices = [("", "Nobody's own"), *((name, name) for name in people)]


class CloseForm(forms.Form):
    """How a task ended."""

    how = forms.ChoiceField(
        label="How it ended",
        choices=[("", "Choose"), *((one.value, one.value.replace("-", " ")) for one in TaskOutcome)],
    )
    note = forms.CharField(
        label="What you did", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class WorkView(StrEnum):
    """Which of the work list is shown."""

    BY_DAY = "by-day"
    LAST_DAYS = "last-days"
