"""Signing in and out. The same words for everything that was wrong."""

import math

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from console import sessions
from console.request import DeskRequest
from console.rights import Right, rights_of
from console.sessions import Ended
from console.sign_in.authenticator import code_reader
from console.sign_in.brake import buckets_of
from console.sign_in.forms import SignIn
from console.sign_in.needs import SignInRules
from console.templating import render
from ledger import sign_ins
from ledger.console_accounts import Entered, roles_of
from ledger.sign_in_brake import Braked
from ledger.sign_ins import LockRule

_WHY = {
    Ended.IDLE: "You were signed out, because nothing was done here for a while. What you had saved is kept.",
    Ended.LONG: "You were signed out, because you signed in half a day ago. What you had saved is kept.",
    Ended.CHANGED: "You were signed out: your account was changed, or you signed out everywhere.",
}
_WRONG = (
    "That did not work. Check the name, the password and the code; a code can be used once. After several wrong "
    "entries an account is locked for a while; an admin of your office can unlock it."
)
_TOO_MANY = (
    "Too many entries that were wrong came from your network just now, so that this one was not looked at, right or "
    "wrong. Wait {seconds}, then try again. If this goes on, tell an admin of your office: somebody may be "
    "trying out names and passwords."
)


def lock_rule(rules: SignInRules) -> LockRule:
    """What the office says about wrong entries."""
    return LockRule(rules.failures, rules.locked)


def sign_in(request: DeskRequest) -> HttpResponse:
    """Name, password and code; then to where one wanted to be."""
    wanted = _local(request.GET.get("next", ""))
    if getattr(request, "who", None) is not None:
        return HttpResponseRedirect(wanted or reverse("tonight"))
    said, status, wait = "", 200, 0
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        application, now, typed = request.application, request.now, form.cleaned_data
        found = sign_ins.sign_in(
            typed["name"].strip(),
            typed["password"],
            code_reader(application.vault.sealer(), typed["code"], now),
            lock_rule(application.sign_in),
            now,
            brake=buckets_of(request),
        )
        if isinstance(found, Entered):
            sessions.begin(request.session, found, now)
            return HttpResponseRedirect(wanted or _first_page(found))
        # Password and code are not sent back to the browser; a code that was typed is old by now anyway.
        form, said, status = SignIn(initial={"name": typed["name"]}), _WRONG, 422
        if isinstance(found, Braked):
            wait = math.ceil(found.wait.total_seconds())
            said, status = _TOO_MANY.format(seconds="1 second" if wait == 1 else f"{wait} seconds"), 429
    why = request.GET.get("why", "")
    told = _WHY[Ended(why)] if why in set(Ended) and request.method == "GET" else ""
    answer = render(request, "sign_in/sign_in.html", {"form": form, "wrong": said, "told": told}, status=status)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer


def sign_out(request: DeskRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return HttpResponseRedirect(reverse("sign-in"))


def _first_page(found: Entered) -> str:
    """The night; for somebody who has no role yet their own account, which says so."""
    roles = roles_of(found.account_id, found.practices[0].id)
    return reverse("tonight" if Right.SEE_NIGHT in rights_of(roles) else "own-account")


def _local(address: str) -> str:
    """An address of this desk, or nothing: nobody is led elsewhere by a link to the sign-in page."""
    here = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if here else ""
