"""What an admin types about accounts."""

from django import forms

from console.rights import DOES
from ledger.roles import Role

_ROLES = [(role.value, f"{role.value}: {DOES[role]}") for role in Role]


class NewAccount(forms.Form):
    """Somebody who is to sign in from now on."""

    name = forms.RegexField(
        r"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,149}\Z",
        label="Name",
        max_length=150,
        error_messages={"invalid": "A name has letters, digits, dots, dashes and @ only; it stands in the audit log."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="One name for each person, never shared: every act is recorded under it.",
    )
    roles = forms.MultipleChoiceField(label="Roles", choices=_ROLES, widget=forms.CheckboxSelectMultiple)


class OneRole(forms.Form):
    """A role that is given or taken."""

    role = forms.ChoiceField(choices=_ROLES)
    act = forms.ChoiceField(choices=[("give", "give"), ("take", "take")])
