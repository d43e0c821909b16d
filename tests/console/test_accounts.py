"""Accounts are made, changed and shut out by an admin of the practice, who sees a first password once and no more."""

import re
from collections.abc import Callable
from dataclasses import replace

from django.test import Client
from django.urls import reverse

from console.rights import DOES
from ledger import console_accounts, membership, models, second_factors
from ledger.roles import Role
from ledger.second_factors import SealedSeed
from portalwright.office import Desk
from tests.console.conftest import PASSWORD, SignedIn
from tests.ledger.office import NOW, PORTAL
from vault.secret import Secret

ACTS = ("account-role", "account-unlock", "account-password", "account-authenticator", "account-out")


def id_of(name: str) -> int:
    return models.Account.objects.get(name=name).pk


def page(client: Client, name: str) -> str:
    return client.get(reverse("account", kwargs={"account": id_of(name)})).content.decode()


def act(client: Client, what: str, name: str, **typed: str) -> tuple[int, str]:
    answer = client.post(reverse(what, kwargs={"account": id_of(name)}), typed)
    return answer.status_code, answer.content.decode()


def roles(name: str, desk: Desk) -> set[Role]:
    return set(console_accounts.roles_of(id_of(name), desk.practice.id))


def first_password(shown: str) -> str:
    found = re.search(r'id="one-time-password">([a-z2-9-]{23})<', shown)
    return found[1] if found else ""


def test_a_new_account_gets_a_password_that_is_shown_once_and_has_to_be_changed(
    signed_in: SignedIn, desk: Desk
) -> None:
    admin = signed_in(Role.ADMIN)
    answer = admin.post(reverse("account-new"), {"name": "kim", "roles": ["biller", "poster"]})
    assert answer.status_code == 302
    assert "kim" not in answer.headers["Location"]
    other = signed_in(Role.ADMIN, name="another-admin")
    assert first_password(page(other, "kim")) == ""
    password = first_password(page(admin, "kim"))
    assert len(password.replace("-", "")) == 20
    assert first_password(page(admin, "kim")) == ""
    assert roles("kim", desk) == {Role.BILLER, Role.POSTER}
    kim = Client()
    assert kim.post("/sign-in/", {"name": "kim", "password": password}).status_code == 302
    assert kim.get("/").headers["Location"] == reverse("own-password")


def test_an_account_that_cannot_be_made_is_said_beside_the_field(signed_in: SignedIn) -> None:
    admin = signed_in(Role.ADMIN)
    for typed, why in (
        ({"name": "", "roles": ["biller"]}, "required"),
        ({"name": "sign-in page", "roles": ["biller"]}, "letters, digits"),
        ({"name": "admin", "roles": ["biller"]}, "already"),
        ({"name": "robot", "roles": ["biller"]}, "not a person"),
        ({"name": "kim", "roles": ["emperor"]}, "emperor"),
        ({"name": "kim"}, "required"),
    ):
        answer = admin.post(reverse("account-new"), typed)
        assert (answer.status_code, why in answer.content.decode()) == (422, True), typed
    assert not models.Account.objects.filter(name__in=["kim", "sign-in page"]).exists()


def test_roles_are_given_and_taken_and_nobody_gives_one_to_themselves(
    signed_in: SignedIn, person: Callable[..., str], desk: Desk
) -> None:
    admin = signed_in(Role.ADMIN)
    person(Role.BILLER)
    assert act(admin, "account-role", "biller", role="poster", act="give")[0] == 302
    assert roles("biller", desk) == {Role.BILLER, Role.POSTER}
    assert act(admin, "account-role", "biller", role="biller", act="take")[0] == 302
    assert roles("biller", desk) == {Role.POSTER}
    status, said = act(admin, "account-role", "admin", role="biller", act="give")
    assert (status, "Nobody gives a role to themselves" in said) == (409, True)
    status, said = act(admin, "account-role", "admin", role="admin", act="take")
    assert (status, "only admin of this practice" in said) == (409, True)
    assert act(admin, "account-role", "biller", role="emperor", act="give")[0] == 409
    assert roles("admin", desk) == {Role.ADMIN}


def test_an_auditor_sees_accounts_and_can_change_nothing(signed_in: SignedIn, person: Callable[..., str]) -> None:
    auditor = signed_in(Role.AUDITOR)
    person(Role.BILLER)
    shown = page(auditor, "biller")
    assert "biller" in shown
    assert shown.count('method="post"') == 1  # signing out
    for what in ACTS:
        assert act(auditor, what, "biller")[0] == 403
    assert auditor.post(reverse("account-new"), {"name": "kim", "roles": ["admin"]}).status_code == 403


def test_a_locked_account_is_unlocked_and_a_lost_phone_forgotten(
    signed_in: SignedIn, person: Callable[..., str], desk: Desk
) -> None:
    admin = signed_in(Role.ADMIN)
    person(Role.BILLER)
    mine = models.ConsoleAccess.objects.filter(account__name="biller")
    mine.update(failures=5, locked_until=NOW.replace(year=2099))
    assert "locked until" in admin.get("/accounts/").content.decode()
    assert act(admin, "account-unlock", "biller")[0] == 302
    assert mine.get().locked_until is None
    sam = replace(desk.actor, account_id=id_of("biller"), name="biller")
    second_factors.confirm(SealedSeed(sam.account_id, b"key", b"seed"), 1, sam, NOW)
    assert act(admin, "account-authenticator", "biller")[0] == 302
    assert mine.get().sealed is None


def test_a_new_first_password_ends_the_sessions_of_whoever_had_the_old_one(
    signed_in: SignedIn, person: Callable[..., str]
) -> None:
    admin, biller = signed_in(Role.ADMIN), signed_in(Role.BILLER)
    assert biller.get("/account/").status_code == 200
    assert act(admin, "account-password", "biller")[0] == 302
    assert "why=changed" in biller.get("/account/").headers["Location"]
    password = first_password(page(admin, "biller"))
    assert Client().post("/sign-in/", {"name": "biller", "password": PASSWORD}).status_code == 422
    assert Client().post("/sign-in/", {"name": "biller", "password": password}).status_code == 302
    assert act(admin, "account-password", "admin")[0] == 409


def test_an_admin_of_one_practice_cannot_become_somebody_of_another(
    signed_in: SignedIn, person: Callable[..., str], desk: Desk
) -> None:
    admin = signed_in(Role.ADMIN)
    person(Role.BILLER)
    second = membership.add_practice("Hillside Pediatrics", "987654321", ("1999999984",), desk.actor, NOW)
    there = replace(desk.actor, practice_id=second.id)
    membership.allow("biller", there, NOW)
    for what in ("account-password", "account-authenticator"):
        assert act(admin, what, "biller")[0] == 409
    membership.allow("admin", there, NOW)  # works there too, but is no admin there
    for what in ("account-password", "account-authenticator"):
        assert act(admin, what, "biller")[0] == 409
    console_accounts.give_role("admin", Role.ADMIN, there, NOW)
    assert act(admin, "account-password", "biller")[0] == 302
    membership.add_person("lee", PASSWORD, [], there, NOW, must_change=False)
    for what in ("account", *ACTS):
        assert admin.get(reverse(what, kwargs={"account": id_of("lee")})).status_code in {404, 405}
        if what != "account":
            assert act(admin, what, "lee", role="biller", act="give")[0] == 404


def test_who_is_shut_out_is_told_with_the_sign_ins_that_were_theirs_to_answer_for(
    signed_in: SignedIn, person: Callable[..., str], desk: Desk
) -> None:
    admin, biller = signed_in(Role.ADMIN), signed_in(Role.BILLER)
    desk.vault.add_credential(PORTAL, "spare", Secret("u"), Secret("p"), owner="biller")
    desk.vault.add_credential(PORTAL, "others", Secret("u"), Secret("p"), owner="biller")
    asked = admin.get(reverse("account-out", kwargs={"account": id_of("biller")})).content.decode()
    assert f"{PORTAL}, spare" in asked
    assert f"{PORTAL}, main" not in asked
    assert biller.get("/account/").status_code == 200
    assert act(admin, "account-out", "biller")[0] == 302
    assert "why=changed" in biller.get("/account/").headers["Location"]
    assert not models.ConsoleAccess.objects.filter(account__name="biller").exists()
    assert ">biller<" not in admin.get("/accounts/").content.decode()
    assert act(admin, "account-out", "admin")[0] == 409


def test_the_access_review_says_who_has_which_role_since_when_and_from_whom(
    signed_in: SignedIn, person: Callable[..., str]
) -> None:
    auditor = signed_in(Role.AUDITOR)
    person(Role.BILLER, Role.POSTER, name="kim")
    shown = auditor.get(reverse("accounts-review")).content.decode()
    row = shown[shown.index(">kim<") :].split("</tr>")[0]
    assert re.sub("<.*?>", "", row).count("2026-03-02, by dana") == 2
    assert all(role.value in shown and DOES[role] in shown for role in Role)


def test_every_role_has_its_words() -> None:
    assert set(DOES) == set(Role)
