"""A sign-in that the robot does not press any more: a person has seen to its account, and says what they did."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from console.request import DeskRequest
from console.tonight.controls import Control, asked, done
from ledger import night_board, presses
from ledger.errors import NotThere


class ClearForm(forms.Form):
    """Why the account is sound."""

    reason = forms.CharField(
        label="What you did at the portal (it is kept with the presses: no password and no code in it)",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def clear(request: DeskRequest, portal: str, alias: str) -> HttpResponse:
    """The presses that stopped it no longer count, and what it was frozen for is lifted."""
    if (portal, alias) not in night_board.sign_ins(request.who.practice.id):
        raise NotThere("such sign-in in use yet")
    form = ClearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        presses.clear(portal, alias, request.who.actor, form.cleaned_data["reason"].strip(), request.now)
        return done("cleared", "portal", portal=portal)
    control = Control(
        f"Clear the sign-in {alias} at {portal}",
        (
            "Do this only after you have signed in by hand, or after the payer's help desk has unlocked the account: "
            "the presses that stopped the robot no longer count from then on, and it presses again by itself.",
            "A wrong password that is still in the vault would be pressed once more: seal the right one first.",
        ),
        "The account is sound: clear it",
        danger=True,
    )
    back = reverse("portal", kwargs={"portal": portal})
    return asked(request, control, form=form, back=back, status=422 if form.errors else 200)
