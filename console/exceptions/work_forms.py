"""The forms by which somebody gives an exception away, puts it off, sends it on or ends it."""

from collections.abc import Iterable
from datetime import date

from django import forms

from ledger.states import Resolution

HOW = (
    (Resolution.ASK_AGAIN.value, "The cause is gone: ask the portal again"),
    (Resolution.DONE_BY_HAND.value, "Done by hand, or nobody needs it any more: do not ask again"),
)


class AssignForm(forms.Form):
    """To whom; "" is nobody."""

    owner = forms.ChoiceField(label="Give to", required=False)

    def __init__(self, *given: object, people: Iterable[str], **options: object) -> None:
        super().__init__(*given, **options)  # type: ignore[arg-type]  # as Django's form takes them
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", "Nobody"), *((name, name) for name in people)]


class SendForm(forms.Form):
    """To which queue."""

    queue = forms.ChoiceField(label="Send to the queue")

    def __init__(self, *given: object, queues: Iterable[str], **options: object) -> None:
        super().__init__(*given, **options)  # type: ignore[arg-type]  # as Django's form takes them
        queue = self.fields["queue"]
        assert isinstance(queue, forms.ChoiceField)
        queue.choices = [(name, name) for name in queues]


class SnoozeForm(forms.Form):
    """Until which day, and why."""

    until = forms.DateField(
        label="Put off until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It comes back by itself on that day, which has to be before its last day.",
    )
    why = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *given: object, today: date, **options: object) -> None:
        super().__init__(*given, **options)  # type: ignore[arg-type]  # as Django's form takes them
        self._today = today

    def clean_until(self) -> date:
        """A day that is still to come."""
        until: date = self.cleaned_data["until"]
        if until <= self._today:
            raise forms.ValidationError("A day that is still to come.")
        return until


class CloseForm(forms.Form):
    """By which outcome, and what was done."""

    how = forms.ChoiceField(label="How it ends", choices=HOW, widget=forms.RadioSelect)
    note = forms.CharField(
        label="What was done", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
