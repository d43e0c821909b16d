"""What is asked of somebody who has to look at a patient in an emergency, and of whoever reviews it."""

from django import forms

from ledger.emergencies import LONGEST_REASON, SHORTEST_REASON


class AskForm(forms.Form):
    """Which claim, and why; it is sent by POST, so that no address holds a number of a patient."""

    number = forms.CharField(
        label="Number of the claim",
        max_length=80,
        help_text="The office's own, or the payer's.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    whole_patient = forms.BooleanField(label="All claims and visits of its patient", required=False)
    reason = forms.CharField(
        label="Why it cannot wait for somebody with the role",
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(forms.Form):
    """What the reviewer found."""

    justified = forms.ChoiceField(
        label="Was it justified?", choices=[("yes", "Yes"), ("no", "No: it goes to whoever is in charge of security")]
    )
    words = forms.CharField(label="What you found", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))
