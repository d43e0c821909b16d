"""The forms of one case: correct what the office holds, say what a text means, say that the portal is wrong."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import forms

from documents.appointments import appointment_row
from documents.rows import OfficeScope, RowsOfOffice, RowWrong
from documents.work_list import RowReader
from flows.codes import CodeSet, category_words, words
from flows.questions import ClaimStatus, Eligibility, inputs
from ledger.states import Resolution

LONGEST = 1000
"""Letters of a note."""


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(
        label=label, required=required, input_formats=["%Y-%m-%d"], widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


def text_field(label: str, longest: int, *, required: bool = True, help_text: str = "") -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text)


class _Held(forms.Form):
    """What the office holds, as it may be corrected; the names of the fields are those of a work list's columns."""

    last_name = text_field("Last name", 200)
    first_name = text_field("First name", 200)
    birth_date = day_field("Birth date")
    member_id = text_field("Member id", 80)

    def cells(self, fixed: Mapping[str, str]) -> Mapping[str, str]:
        """The cells of a work list's row: what was typed, and what cannot be changed here."""
        typed = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return {**{name: str(value) for name, value in typed.items()}, **fixed}

    def say(self, wrong: RowWrong) -> None:
        """Show beside its field what an import would have said."""
        field = wrong.field if wrong.field in self.fields else None
        name = wrong.field.replace("_", " ").capitalize()
        self.add_error(field, f"{name} {wrong.reason}.")


class ClaimHeldForm(_Held):
    """What the office holds of a claim."""

    payer_claim_number = text_field(
        "Payer's claim number", 80, required=False, help_text="Where it is known, the portal is asked by it."
    )
    service_from = day_field("Service from")
    service_to = day_field("Service to")
    billed = text_field("Charge", 20)
    first_procedure = text_field("First procedure", 20, required=False)

    def corrected(self, held: ClaimStatus, scope: OfficeScope, today: date) -> ClaimStatus | None:
        """The claim as it would be imported; None, with what is wrong beside the field, where it would be rejected."""
        fixed = {
            "portal": held.portal,
            "practice_tin": held.provider.tin,
            "billing_npi": held.provider.npi,
            "patient_account_number": held.claim.patient_account_number,
        }
        try:
            return RowReader(scope, today).question(self.cells(fixed))
        except RowWrong as wrong:
            self.say(wrong)
            return None


class VisitHeldForm(_Held):
    """What the office holds of a visit and its coverage."""

    service_from = day_field("Visit from")
    service_to = day_field("Visit to")
    plan_name = text_field("Plan", 200, required=False)
    group_number = text_field("Group number", 80, required=False)
    other_payer = text_field("Other payer", 200, required=False)

    def corrected(self, held: Eligibility, number: str, scope: OfficeScope, today: date) -> Eligibility | None:
        """The visit as it would be imported; None, with what is wrong beside the field, where it would be rejected."""
        fixed = {
            "portal": held.portal,
            "practice_tin": held.provider.tin,
            "billing_npi": held.provider.npi,
            "service_type": held.service.service_type,
            "appointment_number": number,
        }
        try:
            return appointment_row(1, self.cells(fixed), RowsOfOffice(scope, today)).question
        except RowWrong as wrong:
            self.say(wrong)
            return None


def held_initial(question: ClaimStatus | Eligibility) -> dict[str, object]:
    """What the fields hold at first."""
    held: dict[str, object] = {name.rpartition(".")[2]: value for name, value in inputs(question).items()}
    if isinstance(question, Eligibility):
        held |= question.held.model_dump()
    return held


class MeaningForm(forms.Form):
    """What a text of the portal means: one of the codes that its map may lead to."""

    shown = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    means = forms.ChoiceField(label="It means")

    def __init__(self, codes: Iterable[str], *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]  # as forms.Form takes them
        field = self.fields["means"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose"), *((code, code_words(code)) for code in codes)]


class PortalWrongForm(forms.Form):
    """The payer says itself that its portal is wrong; what comes next is the person's."""

    reference = text_field("Reference of the call", 100, help_text="Who said so at the payer, and under which number.")
    then = forms.ChoiceField(
        label="What now",
        choices=[
            (Resolution.ASK_AGAIN.value, "The payer mends it: ask the portal again"),
            (Resolution.DONE_BY_HAND.value, "Nobody needs the portal's answer any more"),
        ],
    )


class AgainForm(forms.Form):
    """Ask the portal again as it is."""

    note = text_field("Note", LONGEST, required=False)


def code_words(code: str) -> str:
    """A code with what it means, where we have words for it."""
    said = category_words(code) and words(CodeSet.CATEGORY, code)
    return f"{code}: {said}" if said else code
