"""What people fill in about appeals."""

from collections.abc import Iterable
from enum import StrEnum

from django import forms

from flows.questions import AppealLevel, AppealReason, AttachmentKind

LONGEST_ARGUMENT = 100_000
"""Letters; no portal takes as much."""

_LEVELS = {
    AppealLevel.REOPENING: "Reopening (a clerical error)",
    AppealLevel.FIRST: "First level",
    AppealLevel.SECOND: "Second level",
    AppealLevel.EXTERNAL: "External review",
}


def _choices(members: Iterable[StrEnum], blank: str = "") -> list[tuple[str, str]]:
    named = [(one.value, one.value.replace("-", " ").capitalize()) for one in members]
    return [("", blank), *named] if blank else named


class LinesField(forms.CharField):
    """Line numbers with commas between them; blank: None."""

    def clean(self, value: object) -> tuple[str, ...] | None:
        """The numbers, each once, in the order typed."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        numbers = tuple(one.strip() for one in text.split(","))
        if not all(one.isascii() and one.isdecimal() and len(one) < 10 for one in numbers):
            raise forms.ValidationError("Line numbers with commas between them, such as 1, 3.")
        return tuple(dict.fromkeys(str(int(one)) for one in numbers))


class DraftForm(forms.Form):
    """A draft as a person wants it; what is blank is left to the rules of the office."""

    level = forms.ChoiceField(label="Level", choices=list(_LEVELS.items()))
    lines = LinesField(
        label="Lines to contest", required=False, help_text="Such as 1, 3. Blank: those that were denied."
    )
    reason = forms.ChoiceField(
        label="Reason", required=False, choices=_choices(AppealReason, "By the reason of the denial")
    )
    notice = forms.DateField(
        label="Day on the payer's notice",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Where you have it: the last day counts from it.",
    )
    argument = forms.CharField(
        label="Argument, in your own words",
        required=False,
        max_length=LONGEST_ARGUMENT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Blank: the office's template. Placeholders such as {amount} or {lines} are filled in; "
        "[[a gap]] keeps the appeal from being approved until it is closed.",
    )
    anyway = forms.CharField(
        label="Why it is appealed although something else comes first",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only where you are asked for it.",
    )


class ChangeForm(DraftForm):
    """The same of an appeal that is there. `seen` is the digest of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class SeenForm(forms.Form):
    """An act on an appeal as it was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class AttachForm(SeenForm):
    """A document that goes with the appeal."""

    kind = forms.ChoiceField(label="What it is", choices=_choices(AttachmentKind))
    document = forms.FileField(label="File", help_text="PDF, picture or plain text, as the portal takes it.")


class DetachForm(SeenForm):
    """A document that goes with the appeal no more, by the name that the portal would see."""

    filename = forms.CharField(max_length=100)


class WithdrawForm(SeenForm):
    """Giving an appeal up."""

    note = forms.CharField(label="Why", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class SettleForm(forms.Form):
    """What a person found out about an appeal that was pressed."""

    how = forms.ChoiceField(
        label="What came of it",
        choices=[("", "Choose"), ("filed", "The payer has it"), ("not-filed", "The payer does not have it")],
    )
    confirmation = forms.CharField(label="The payer's number", required=False, max_length=200)
    filed_on = forms.DateField(
        label="The payer's day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Blank: the day on which it was pressed.",
    )
    note = forms.CharField(
        label="How you know",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed where the payer gave no number, and to correct an earlier word.",
    )

    def clean(self) -> dict[str, object]:
        """Filed without a number: how does anybody know? Not filed: there is no number and no day."""
        given: dict[str, object] = self.cleaned_data
        if given.get("how") == "filed":
            if not given.get("confirmation") and not str(given.get("note") or "").strip():
                self.add_error("note", "Say how you know, or give the payer's number.")
        elif given.get("confirmation") or given.get("filed_on"):
            self.add_error("how", "A number and a day go with an appeal that the payer has.")
        return given
