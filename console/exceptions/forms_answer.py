"""The form of an answer by hand: what somebody at the payer said, or what a letter says, in the ledger's own terms."""

from decimal import Decimal

from django import forms

from console.exceptions.forms_case import code_words, day_field, text_field
from flows.amounts import parse_money
from flows.answers import Adjustment, ClaimNotFound, ClaimState, PatientResponsibility, Payment
from flows.claim_state import adjustment_of
from flows.codes import category_words
from flows.coverage import Coverage, CoverageStatus, Member, MemberNotFound
from flows.questions import ClaimStatus, Eligibility
from ledger.manual_answers import ByHand, ManualSource, Said
from packs.needs.codes import CLAIM_CATEGORIES, PAYMENT_METHODS

NOT_FOUND = "not-found"
_LAST = ("source", "reference", "despite")
_SOURCES = {
    ManualSource.PHONE: "Phone",
    ManualSource.PORTAL: "The portal, by hand",
    ManualSource.LETTER: "Letter",
    ManualSource.FAX: "Fax",
}
_FIRST = ("F1", "F2", "F4", "P1", "P2", "P3", "A2", "A3")
"""What payers say most often stands first."""
_COVERED = {
    CoverageStatus.ACTIVE: "Covered",
    CoverageStatus.INACTIVE: "Not covered",
    CoverageStatus.ACTIVE_PENDING: "Covered, pending",
    CoverageStatus.INACTIVE_PENDING_ELIGIBILITY: "Not covered while eligibility is looked at",
    CoverageStatus.INACTIVE_PENDING_INVESTIGATION: "Not covered while it is investigated",
    CoverageStatus.ACTIVE_FULL_RISK_CAPITATION: "Covered, full risk capitation",
    CoverageStatus.ACTIVE_SERVICES_CAPITATED: "Covered, services capitated",
    CoverageStatus.ACTIVE_CAPITATED_PRIMARY_CARE: "Covered, services capitated to the primary care provider",
}


class AmountField(forms.CharField):
    """Dollars as people write them; None where nothing is typed, which is not zero."""

    def __init__(self, label: str, *, required: bool = False) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=required, max_length=20, widget=widget)

    def clean(self, value: object) -> Decimal | None:
        """The amount, to the cent."""
        text = str(super().clean(value) or "").strip()
        try:
            return parse_money(text) if text else None
        except ValueError:
            raise forms.ValidationError("An amount in dollars, such as 1,234.56.") from None


class AdjustmentsField(forms.CharField):
    """One adjustment a line: group, reason code and amount, such as `CO-45 30.00`."""

    def clean(self, value: object) -> tuple[Adjustment, ...]:
        """The adjustments, in the order typed."""
        lines = [line for line in str(super().clean(value) or "").splitlines() if line.strip()]
        found = [adjustment_of(line) for line in lines]
        if None in found:
            raise forms.ValidationError("One a line: group, reason code and amount, such as CO-45 30.00.")
        return tuple(one for one in found if one is not None)


class _AnswerForm(forms.Form):
    """What every answer by hand says of itself."""

    source = forms.ChoiceField(label="Where from", choices=[(one.value, name) for one, name in _SOURCES.items()])
    reference = text_field(
        "Reference", 100, help_text="Of the call, with the name you spoke to; or what the letter bears."
    )
    despite = forms.CharField(
        label="Why it is right although it does not add up",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text="Only where you are asked for it.",
    )

    def by_hand(self, said: Said) -> ByHand:
        """The answer with where it comes from."""
        typed = self.cleaned_data
        return ByHand(said, ManualSource(typed["source"]), typed["reference"], typed["despite"])


def _categories() -> list[tuple[str, str]]:
    rest = sorted(CLAIM_CATEGORIES - set(_FIRST), key=lambda code: (code[0], len(code), code))
    told = [code for code in (*_FIRST, *rest) if category_words(code) and code[0] not in "EX"]
    return [("", "Choose"), (NOT_FOUND, "The payer does not have the claim"), *((one, code_words(one)) for one in told)]


class ClaimAnswerForm(_AnswerForm):
    """What became of a claim."""

    category = forms.ChoiceField(label="Status", choices=_categories)
    told = text_field("In the payer's words", 200, required=False)
    payer_claim_number = text_field("Payer's claim number", 80, required=False)
    billed = AmountField("Charge")
    allowed = AmountField("Allowed")
    paid = AmountField("Paid")
    patient_responsibility = AmountField("Patient's part")
    adjustments = AdjustmentsField(
        label="Adjustments",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="One a line, such as CO-45 30.00.",
    )
    finalised_date = day_field("Finalised on", required=False)
    payment_method = forms.ChoiceField(
        label="Paid by", required=False, choices=[("", ""), *((one, one) for one in sorted(PAYMENT_METHODS))]
    )
    payment_number = text_field("Check or trace number", 50, required=False)
    payment_date = day_field("Paid on", required=False)
    field_order = (
        "category", "told", "payer_claim_number", "billed", "allowed", "paid", "patient_responsibility", "adjustments",
        "finalised_date", "payment_method", "payment_number", "payment_date",
        *_LAST,
    )  # fmt: skip

    def said(self, question: ClaimStatus) -> Said:
        """The answer, before anybody looks whether it adds up."""
        typed = self.cleaned_data
        if typed["category"] == NOT_FOUND:
            return ClaimNotFound(searched=("by hand",))
        payment = Payment(
            method=typed["payment_method"] or None,
            number=typed["payment_number"] or None,
            paid_on=typed["payment_date"],
        )
        return ClaimState(
            category=typed["category"],
            portal_text=typed["told"] or category_words(typed["category"]),
            payer_claim_number=typed["payer_claim_number"] or question.claim.payer_claim_number or "",
            finalised_date=typed["finalised_date"],
            billed=typed["billed"] if typed["billed"] is not None else question.claim.billed,
            allowed=typed["allowed"],
            paid=typed["paid"],
            patient_responsibility=PatientResponsibility(total=typed["patient_responsibility"]),
            payment=payment if payment != Payment() else None,
            adjustments=typed["adjustments"],
        )


class VisitAnswerForm(_AnswerForm):
    """Whether a patient is covered."""

    status = forms.ChoiceField(
        label="Coverage on the days of the visit",
        choices=[
            ("", "Choose"),
            *((one.value, name) for one, name in _COVERED.items()),
            (NOT_FOUND, "The payer does not know the member"),
        ],
    )
    told = text_field("In the payer's words", 200, required=False)
    plan_name = text_field("Plan", 200, required=False)
    group_number = text_field("Group number", 80, required=False)
    plan_begins = day_field("Plan begins", required=False)
    plan_ends = day_field("Plan ends", required=False)
    payer_to_bill = text_field("Somebody else is to be billed", 200, required=False)
    field_order = (
        "status", "told", "plan_name", "group_number", "plan_begins", "plan_ends", "payer_to_bill",
        *_LAST,
    )  # fmt: skip

    def said(self, question: Eligibility) -> Said:
        """The answer, before anybody looks whether it adds up."""
        typed, patient = self.cleaned_data, question.patient
        if typed["status"] == NOT_FOUND:
            return MemberNotFound(searched=("by hand",))
        status = CoverageStatus(typed["status"])
        return Coverage(
            status=status,
            portal_text=typed["told"] or _COVERED[status],
            # Whom was asked about, as the office holds them: nobody read another name or number from a page.
            member=Member(
                member_id=patient.member_id,
                last_name=patient.last_name,
                first_name=patient.first_name,
                birth_date=patient.birth_date,
            ),
            plan_name=typed["plan_name"] or None,
            group_number=typed["group_number"] or None,
            plan_begins=typed["plan_begins"],
            plan_ends=typed["plan_ends"],
            payer_to_bill=typed["payer_to_bill"] or None,
        )
