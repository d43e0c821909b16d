"""What may be chosen about a report: a portal, and days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms


class Choice(forms.Form):
    """Which portal and which days (both included); nothing chosen: all of them."""

    portal = forms.ChoiceField(label="Portal", required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, portals: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["portal"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "all portals"), *((name, name) for name in portals)]

    def clean(self) -> dict[str, Any]:
        """The days must be in order."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "This is before the first day.")
        return given
