"""One's own account: password, authenticator app, the practice one works for now, and signing out everywhere."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console import sessions
from console.request import DeskRequest
from console.rights import DOES, Right
from console.sign_in import authenticator
from console.sign_in.forms import ChoosePractice, ConfirmAuthenticator, NewPassword
from console.sign_in.views import lock_rule
from console.templating import render
from ledger import audit, console_accounts, second_factors, sign_ins
from ledger.console_accounts import SHORTEST_PASSWORD
from ledger.errors import NotThere, RecordWrong

_DONE = {
    "password": "Your password is changed. Every other session of yours has ended.",
    "authenticator": "Your authenticator app is set up: from now on signing in takes a code of it.",
    "everywhere": "Every other session of yours has ended.",
}
_WRONG_PASSWORD = "This is not your password. After several wrong entries your account is locked for a while."  # noqa: S105 - words for people


def show(request: DeskRequest) -> HttpResponse:
    """Who one is here, and what may be changed."""
    who = request.who
    return render(
        request,
        "sign_in/own.html",
        {
            "person": console_accounts.person(who.practice.id, who.actor.account_id),
            "does": DOES,
            "told": _DONE.get(request.GET.get("done", ""), ""),
            "sees_night": who.may(Right.SEE_NIGHT),
        },
    )


def change_password(request: DeskRequest) -> HttpResponse:
    """The old password is asked for, so that a desk that was left open is not enough."""
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, actor = form.cleaned_data, request.who.actor
        if not sign_ins.is_own_password(actor, typed["old"], lock_rule(request.application.sign_in), request.now):
            form.add_error("old", _WRONG_PASSWORD)
        else:
            try:
                stamp = console_accounts.change_own_password(typed["new"], actor, request.now)
            except RecordWrong as wrong:
                form.add_error("new", str(wrong))
            else:
                request.session.cycle_key()
                sessions.go_on(request.session, stamp)
                return HttpResponseRedirect(f"{reverse('own-account')}?done=password")
    status = 422 if form.errors else 200
    given = {"form": form, "must": request.who.first == "own-password", "shortest": SHORTEST_PASSWORD}
    return render(request, "sign_in/password.html", given, status=status)


def set_up_authenticator(request: DeskRequest) -> HttpResponse:
    """The new seed is shown until a code of it has come; the app that was there before counts until then."""
    application, actor, now = request.application, request.who.actor, request.now
    sealer = application.vault.sealer()
    seed = authenticator.pending_seed(request.session, sealer, actor.account_id)
    form = ConfirmAuthenticator(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        step = authenticator.step_of(seed, sealer, typed["code"], now)
        if not sign_ins.is_own_password(actor, typed["password"], lock_rule(application.sign_in), now):
            form.add_error("password", _WRONG_PASSWORD)
        elif step is None:
            form.add_error(
                "code", "The app shows another code. Is the whole key typed in, and the phone's clock right?"
            )
        else:
            stamp = second_factors.confirm(seed, step, actor, now)
            authenticator.forget_pending(request.session)
            request.session.cycle_key()
            sessions.go_on(request.session, stamp)
            return HttpResponseRedirect(f"{reverse('own-account')}?done=authenticator")
    given = {
        "form": form,
        "must": request.who.first == "own-authenticator",
        "letters": authenticator.letters(seed, sealer),
        "address": authenticator.address(seed, sealer, actor.name),
    }
    return render(request, "sign_in/authenticator.html", given, status=422 if form.errors else 200)


def choose_practice(request: DeskRequest) -> HttpResponse:
    """Work for another practice from now on; what is shown and what may be done is that practice's."""
    form = ChoosePractice(request.POST)
    wanted = form.cleaned_data["practice"] if form.is_valid() else None
    if wanted not in {one.id for one in request.who.practices}:
        raise NotThere("such practice that you work for")
    sessions.choose_practice(request.session, wanted)
    audit.append(request.who.actor, "console.practice", "practice", wanted, request.now)
    return HttpResponseRedirect(reverse("own-account"))


def sign_out_everywhere(request: DeskRequest) -> HttpResponse:
    """Every session of the account but this one ends."""
    stamp = console_accounts.sign_out_everywhere(request.who.actor, request.now)
    request.session.cycle_key()
    sessions.go_on(request.session, stamp)
    return HttpResponseRedirect(f"{reverse('own-account')}?done=everywhere")
