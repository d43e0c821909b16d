"""Accounts: who may sign in, in which roles, and the acts of whoever looks after that (45 CFR 164.308(a)(3)-(4))."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.accounts import shown_once
from console.accounts.forms import NewAccount, OneRole
from console.request import DeskRequest
from console.rights import DOES, Right
from console.templating import render
from ledger import console_accounts, credentials, membership, second_factors
from ledger.console_accounts import Person
from ledger.errors import RecordWrong
from ledger.roles import Role
from ledger.sign_ins import ONE_TIME_PASSWORD_LASTS

_DONE = {
    "roles": "The roles are changed; they hold from the next page on.",
    "unlocked": "The account is unlocked.",
    "reset": "The authenticator app is forgotten, and the account's sessions have ended.",
    "out": "The account works for this practice no more, and its sessions have ended. What it did is kept.",
}


@dataclass(frozen=True)
class OwnedSignIn:
    """A sign-in at a portal for which somebody answers."""

    portal: str
    alias: str


def show(request: DeskRequest) -> HttpResponse:
    """Every account of the practice."""
    people = console_accounts.listed(request.who.practice.id)
    told = _DONE.get(request.GET.get("done", ""), "")
    return render(request, "accounts/list.html", {"people": people, "told": told, "now": request.now})


def review(request: DeskRequest) -> HttpResponse:
    """Who may do what, since when and by whom: for the regular review of access, on paper too."""
    people = console_accounts.listed(request.who.practice.id)
    given = {"people": people, "roles": tuple(Role), "does": DOES, "now": request.now}
    return render(request, "accounts/review.html", given)


def add(request: DeskRequest) -> HttpResponse:
    """Make an account, with a password that is shown once and changed at the first sign-in."""
    form = NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, roles = form.cleaned_data["name"], [Role(one) for one in form.cleaned_data["roles"]]
        try:
            return _added(request, name, roles)
        except RecordWrong as wrong:
            form.add_error("name", str(wrong))
    return render(request, "accounts/new.html", {"form": form}, status=422 if form.errors else 200)


def _added(request: DeskRequest, name: str, roles: list[Role]) -> HttpResponse:
    actor, now, password = request.who.actor, request.now, shown_once.new_password()
    membership.add_person(name, password.reveal(), roles, actor, now, must_change=True)
    made = next(one for one in console_accounts.listed(request.who.practice.id) if one.name == name)
    shown_once.keep(request.session, password, made.account_id, request.application.vault.sealer())
    return HttpResponseRedirect(reverse("account", kwargs={"account": made.account_id}))


def show_one(request: DeskRequest, account: int) -> HttpResponse:
    """One account, and what may be done with it."""
    person = _person(request, account)
    return render(
        request,
        "accounts/one.html",
        {
            "person": person,
            "held": {one.role for one in person.roles},
            "roles": tuple(Role),
            "does": DOES,
            "own": account == request.who.actor.account_id,
            "manages": request.who.may(Right.MANAGE_ACCOUNTS),
            "password": shown_once.take(request.session, account, request.application.vault.sealer()),
            "lasts": ONE_TIME_PASSWORD_LASTS.days,
            "owned": _owned(request, person),
            "told": _DONE.get(request.GET.get("done", ""), ""),
            "now": request.now,
        },
    )


def change_role(request: DeskRequest, account: int) -> HttpResponse:
    """Give a role or take it. Nobody gives one to themselves: another admin does, or somebody at the command line."""
    person, form = _person(request, account), OneRole(request.POST)
    if not form.is_valid():
        raise RecordWrong("There is no such role. Nothing was changed.")
    role = Role(form.cleaned_data["role"])
    if form.cleaned_data["act"] == "take":
        console_accounts.take_role(person.name, role, request.who.actor, request.now)
    elif account == request.who.actor.account_id:
        raise RecordWrong("Nobody gives a role to themselves. Nothing was changed; another admin can give it to you.")
    else:
        console_accounts.give_role(person.name, role, request.who.actor, request.now)
    return _back(account, "roles")


def unlock(request: DeskRequest, account: int) -> HttpResponse:
    """The account may be tried again at once."""
    console_accounts.unlock(_person(request, account).name, request.who.actor, request.now)
    return _back(account, "unlocked")


def new_password(request: DeskRequest, account: int) -> HttpResponse:
    """A one-time password for somebody who has forgotten theirs."""
    person = _person(request, account)
    _must_rule(request, person)
    password = shown_once.new_password()
    console_accounts.set_password(person.name, password.reveal(), request.who.actor, request.now, must_change=True)
    shown_once.keep(request.session, password, account, request.application.vault.sealer())
    return _back(account, "")


def reset_authenticator(request: DeskRequest, account: int) -> HttpResponse:
    """For somebody who has lost their phone; the next sign-in takes the password alone, and a new app is set up."""
    person = _person(request, account)
    _must_rule(request, person)
    second_factors.reset_second_factor(person.name, request.who.actor, request.now)
    return _back(account, "reset")


def shut_out(request: DeskRequest, account: int) -> HttpResponse:
    """Somebody leaves: what will happen, and which sign-ins at portals they answer for; then it happens."""
    person = _person(request, account)
    if request.method == "POST":
        membership.forbid(person.name, request.who.actor, request.now)
        return HttpResponseRedirect(f"{reverse('accounts')}?done=out")
    return render(request, "accounts/shut_out.html", {"person": person, "owned": _owned(request, person)})


def _person(request: DeskRequest, account: int) -> Person:
    return console_accounts.person(request.who.practice.id, account)


def _must_rule(request: DeskRequest, person: Person) -> None:
    """Whoever can sign in as somebody sees all that they see: one has to be admin of each practice that they work for.

    Raises RecordWrong. One's own password is changed on one's own page, where the old one is asked for.
    """
    actor = request.who.actor
    if person.account_id == actor.account_id:
        raise RecordWrong("This is your own account. Nothing was changed; change it on the page of your account.")
    found = console_accounts.entered(person.account_id)
    theirs = found.practices if found is not None else ()
    if any(Role.ADMIN not in console_accounts.roles_of(actor.account_id, one.id) for one in theirs):
        raise RecordWrong(
            "This account works for another practice too, whose admin you are not. Nothing was changed; somebody who "
            "is admin of all of its practices can do this."
        )


def _owned(request: DeskRequest, person: Person) -> tuple[OwnedSignIn, ...]:
    """The sign-ins at portals, of this practice, for which this person answers: somebody else has to from now on."""
    practice_id = request.who.practice.id
    return tuple(
        OwnedSignIn(one.portal, one.alias)
        for one in request.application.vault.list()
        if one.owner == person.name and credentials.is_ours(practice_id, one.portal, one.alias)
    )


def _back(account: int, done: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("account", kwargs={"account": account}) + (f"?done={done}" if done else ""))
