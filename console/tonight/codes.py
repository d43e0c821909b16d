"""A one-time code on its way from a person to the session that waits for it: sealed for that session, kept nowhere."""

from django import forms
from django.http import HttpResponse

from console.request import DeskRequest
from console.templating import render
from console.tonight.controls import done
from ledger import codes
from vault.secret import Secret


class CodeForm(forms.Form):
    """The code, as the portal sent it."""

    code = forms.CharField(
        label="One-time code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
                "autocapitalize": "off",
                "required": True,
            }
        ),
    )


def give(request: DeskRequest, code_request: int) -> HttpResponse:
    """The form with its clock; what was typed is never shown again."""
    practice, now = request.who.practice, request.now
    wanted = codes.wanted(practice.id, code_request, now)
    form, status = CodeForm(), 200
    if request.method == "POST":
        given = CodeForm(request.POST)
        if given.is_valid():
            code = Secret(given.cleaned_data["code"])
            request.application.night.give_code(practice, request.who.actor, code_request, code, now)
            return done("code")
        status = 422
    return render(
        request,
        "tonight/code.html",
        {"wanted": wanted, "form": form, "wrong": status != 200, "seconds": int((wanted.until - now).total_seconds())},
        status=status,
    )
