"""What people type to sign in, and to change what they sign in with."""

from django import forms

from ledger.console_accounts import LONGEST_PASSWORD

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}
_OLD = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


def _password(label: str, attributes: dict[str, str]) -> forms.CharField:
    """What is typed is never shown again, and blanks at its ends are a part of it."""
    return forms.CharField(
        label=label, max_length=LONGEST_PASSWORD, strip=False, widget=forms.PasswordInput(attrs=attributes)
    )


class SignIn(forms.Form):
    """The sign-in page: all three at once, so that nothing tells which of them was wrong."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = _password("Password", _OLD)
    code = forms.CharField(
        label="Code of your authenticator app",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
        help_text="Leave it empty while you have none.",
    )


class NewPassword(forms.Form):
    """One's own password, changed."""

    old = _password("Password until now", _OLD)
    new = _password("New password", _NEW)
    again = _password("New password once more", _NEW)

    def clean(self) -> dict[str, object]:
        """Both entries of the new one are the same."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", "The two entries differ.")
        return given


class ConfirmAuthenticator(forms.Form):
    """The new app shows a code; the password says that it is still the same person who sits there."""

    code = forms.CharField(label="Code that the app shows now", max_length=20, widget=forms.TextInput(attrs=_CODE))
    password = _password("Your password", _OLD)


class ChoosePractice(forms.Form):
    """One of the practices that one works for."""

    practice = forms.IntegerField()
