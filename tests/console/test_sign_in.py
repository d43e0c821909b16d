"""One gets in with a password and a code, out after a while without an act, and nowhere before all is settled."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from console.application import Application, current
from console.sessions import LONGEST
from console.sign_in.authenticator import step_of
from ledger import console_accounts, membership, models, portable
from ledger.roles import Role
from ledger.second_factors import SealedSeed, seed_of
from portalwright.office import Desk
from tests.canary.search import Search
from tests.console.conftest import PASSWORD
from tests.ledger.office import NOW
from vault.errors import VaultError
from vault.secret import Secret
from vault.totp import Totp

SIGN_IN, TONIGHT, OWN = "/sign-in/", "/", "/account/"
OTHER = "purple monkey dishwasher"


@dataclass
class Clock:
    """A clock that the test moves."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def moves(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock(application: Application, settings: LazySettings) -> Clock:
    made = Clock(NOW)
    settings.CONSOLE_APPLICATION = replace(application, clock=made)
    return made


@pytest.fixture
def demanded(clock: Clock, settings: LazySettings) -> None:
    """The office asks for an authenticator app."""
    served = current()
    settings.CONSOLE_APPLICATION = replace(served, sign_in=replace(served.sign_in, second_factor=True))


Enter = Callable[..., Client]


@pytest.fixture
def enter(clock: Clock) -> Enter:
    """Signs in at the page; wherever that leads is in `client.landed`."""

    def at_the_page(name: str, password: str = PASSWORD, code: str = "", *, wanted: str = "") -> Client:
        client = Client()
        answer = client.post(SIGN_IN + wanted, {"name": name, "password": password, "code": code})
        client.landed = (answer.status_code, answer.headers.get("Location", ""))  # type: ignore[attr-defined] # for the test
        return client

    return at_the_page


def landed(client: Client) -> tuple[int, str]:
    found: tuple[int, str] = client.landed  # type: ignore[attr-defined] # put there by `enter`
    return found


def words(client: Client, name: str, password: str, code: str = "") -> tuple[int, str]:
    """What the page says to this attempt, without what was typed and the form's own token."""
    answer = client.post(SIGN_IN, {"name": name, "password": password, "code": code})
    text = re.sub(r'(value|name="csrfmiddlewaretoken")="[^"]*"', "", answer.content.decode())
    return answer.status_code, text


def seed_shown(client: Client) -> Totp:
    page = client.get(reverse("own-authenticator")).content.decode()
    found = re.search(r'id="seed">([A-Z2-7 ]+)<', page)
    assert found is not None
    return Totp.from_text(Secret(found[1]))


def set_up(client: Client, clock: Clock, password: str = PASSWORD) -> Totp:
    totp = seed_shown(client)
    code = totp.code_at(clock.at).reveal()
    answer = client.post(reverse("own-authenticator"), {"code": code, "password": password})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{OWN}?done=authenticator")
    return totp


def test_a_name_and_its_password_lead_to_where_one_wanted_to_be(enter: Enter, person: Callable[..., str]) -> None:
    name = person(Role.BILLER)
    assert landed(enter(name, wanted="?next=/exceptions/%3Fsort%3Dmoney")) == (302, "/exceptions/?sort=money")
    client = enter(name)
    assert landed(client) == (302, TONIGHT)
    assert client.get(OWN).status_code == 200
    assert client.get(SIGN_IN).headers["Location"] == TONIGHT


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "x"]
)
def test_nobody_is_led_out_of_the_desk_by_a_link_to_its_sign_in_page(
    enter: Enter, person: Callable[..., str], address: str
) -> None:
    assert landed(enter(person(Role.BILLER), wanted=f"?next={address}")) == (302, TONIGHT)


def test_the_page_says_the_same_whatever_was_wrong(
    enter: Enter, person: Callable[..., str], clock: Clock, desk: Desk
) -> None:
    for name in ("plain", "coded", "locked", "lapsed"):
        person(Role.BILLER, name=name)
    set_up(enter("coded"), clock)
    models.ConsoleAccess.objects.filter(account__name="locked").update(locked_until=NOW + timedelta(hours=1))
    console_accounts.set_password("lapsed", PASSWORD, desk.actor, NOW - timedelta(days=9), must_change=True)
    said = [
        words(Client(), *typed)
        for typed in (
            ("nobody-of-this-name", PASSWORD),
            ("plain", "wrong"),
            ("coded", PASSWORD),
            ("coded", PASSWORD, "000000"),
            ("coded", "wrong", "000000"),
            ("locked", PASSWORD),
            ("lapsed", PASSWORD),
            (desk.robot.name, PASSWORD),
        )
    ]
    assert len(set(said)) == 1
    assert said[0][0] == 422
    assert "That did not work." in said[0][1]


def test_a_session_that_was_known_before_signing_in_opens_nothing_afterwards(
    clock: Clock, person: Callable[..., str]
) -> None:
    client = Client()
    client.get(SIGN_IN)
    planted = client.cookies["sessionid"].value
    client.post(SIGN_IN, {"name": person(Role.BILLER), "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(TONIGHT).status_code == 302
    assert client.get(OWN).status_code == 200


def test_after_a_quarter_of_an_hour_without_an_act_one_is_out_and_told_so(
    enter: Enter, person: Callable[..., str], clock: Clock
) -> None:
    client = enter(person(Role.BILLER))
    for _ in range(4):
        clock.moves(minutes=14)
        assert client.get(OWN).status_code == 200
    clock.moves(minutes=15)
    answer = client.get("/exceptions/")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fexceptions%2F&why=idle"
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()
    assert "nothing was done here for a while" in client.get(answer.headers["Location"]).content.decode()
    clock.moves(minutes=-15)
    assert client.get(TONIGHT).status_code == 302


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(
    enter: Enter, person: Callable[..., str], clock: Clock
) -> None:
    from console.urls import PAGES

    (live, *_) = [page for page in PAGES if page.live and "<" not in page.path]
    client = enter(person(Role.OPERATOR))
    key = client.cookies["sessionid"].value
    clock.moves(minutes=14)
    before = Session.objects.get(session_key=key).session_data
    client.get(reverse(live.name))
    assert Session.objects.get(session_key=key).session_data == before
    clock.moves(minutes=1)
    assert client.get(reverse(live.name)).status_code == 401
    assert "why=idle" in client.get(TONIGHT).headers["Location"]


def test_however_busy_one_is_half_a_day_is_the_longest(enter: Enter, person: Callable[..., str], clock: Clock) -> None:
    client = enter(person(Role.BILLER))
    until = clock.at + LONGEST
    while clock.at + timedelta(minutes=14) < until:
        clock.moves(minutes=14)
        assert client.get(OWN).status_code == 200
    clock.moves(minutes=14)
    assert "why=long" in client.get(TONIGHT).headers["Location"]


def test_signing_out_ends_the_session_and_everywhere_ends_the_others(enter: Enter, person: Callable[..., str]) -> None:
    name = person(Role.BILLER)
    here, there = enter(name), enter(name)
    assert here.post(reverse("own-everywhere")).headers["Location"] == f"{OWN}?done=everywhere"
    assert here.get(OWN).status_code == 200
    assert "why=changed" in there.get(TONIGHT).headers["Location"]
    key = here.cookies["sessionid"].value
    here.post(reverse("sign-out"))
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get(TONIGHT).status_code == 302


def test_a_role_that_is_taken_is_gone_with_the_next_page(enter: Enter, person: Callable[..., str], desk: Desk) -> None:
    client = enter(person(Role.AUDITOR))
    assert client.get("/accounts/").status_code == 200
    console_accounts.take_role("auditor", Role.AUDITOR, desk.actor, NOW)
    assert client.get("/accounts/").status_code == 403


def test_who_is_shut_out_is_out_with_the_next_page(enter: Enter, person: Callable[..., str], desk: Desk) -> None:
    client = enter(person(Role.BILLER))
    membership.forbid("biller", desk.actor, NOW)
    assert client.get(TONIGHT).status_code == 302


def test_somebody_without_a_role_is_told_so(enter: Enter, person: Callable[..., str]) -> None:
    client = enter(person())
    assert landed(client) == (302, OWN)
    assert "no role in this practice yet" in client.get(OWN).content.decode()


def test_a_password_that_somebody_else_knows_is_changed_before_anything_else(
    enter: Enter, person: Callable[..., str], desk: Desk
) -> None:
    name = person(Role.BILLER)
    console_accounts.set_password(name, PASSWORD, desk.actor, NOW, must_change=True)
    client = enter(name)
    to_it = reverse("own-password")
    for page in (TONIGHT, "/exceptions/", OWN):
        assert client.get(page).headers["Location"] == to_it
    assert client.post(reverse("own-everywhere")).headers["Location"] == to_it
    wrong = client.post(to_it, {"old": "wrong", "new": OTHER, "again": OTHER})
    assert "This is not your password" in wrong.content.decode()
    for new, again, why in (
        ("short", "short", "fewer than 12"),
        (OTHER, OTHER + "s", "differ"),
        (PASSWORD,) * 2 + ("old password",),
    ):
        answer = client.post(to_it, {"old": PASSWORD, "new": new, "again": again})
        assert answer.status_code == 422
        assert why in answer.content.decode()
        assert new not in answer.content.decode()
    assert (
        client.post(to_it, {"old": PASSWORD, "new": OTHER, "again": OTHER}).headers["Location"]
        == f"{OWN}?done=password"
    )
    assert client.get(OWN).status_code == 200
    assert landed(enter(name))[0] == 422
    assert landed(enter(name, OTHER)) == (302, TONIGHT)


def test_where_the_office_demands_it_nobody_gets_anywhere_without_an_authenticator(
    enter: Enter, person: Callable[..., str], clock: Clock, demanded: None
) -> None:
    name = person(Role.BILLER)
    client = enter(name)
    for page in (TONIGHT, "/exceptions/", OWN):
        assert client.get(page).headers["Location"] == reverse("own-authenticator")
    totp = set_up(client, clock)
    assert client.get(OWN).status_code == 200
    clock.moves(minutes=1)
    assert landed(enter(name))[0] == 422
    assert landed(enter(name, code=totp.code_at(clock.at).reveal())) == (302, TONIGHT)


def test_a_code_opens_once_and_a_phone_may_be_half_a_minute_off(
    enter: Enter, person: Callable[..., str], clock: Clock
) -> None:
    name = person(Role.BILLER)
    totp = set_up(enter(name), clock)
    clock.moves(minutes=10)
    step = totp.step_of(clock.at)
    for at, right in (
        (step - 2, False),
        (step + 2, False),
        (step - 1, True),
        (step - 1, False),
        (step + 1, True),
        (step, False),
    ):
        client = enter(name, code=f" {totp.code_of(at).reveal()[:3]} {totp.code_of(at).reveal()[3:]}")
        assert (landed(client)[0] == 302) is right, at - step


def test_the_old_authenticator_counts_until_the_new_one_is_confirmed(
    enter: Enter, person: Callable[..., str], clock: Clock
) -> None:
    name = person(Role.BILLER)
    old = set_up(enter(name), clock)
    clock.moves(minutes=1)
    client = enter(name, code=old.code_at(clock.at).reveal())
    new = seed_shown(client)
    assert seed_shown(client) == new != old
    to_it = reverse("own-authenticator")
    code = new.code_at(clock.at).reveal()
    for typed in (
        {"code": "000000", "password": PASSWORD},
        {"code": code, "password": "wrong"},
        {"code": "", "password": ""},
    ):
        assert client.post(to_it, typed).status_code == 422
    clock.moves(minutes=1)
    assert landed(enter(name, code=old.code_at(clock.at).reveal()))[0] == 302
    set_up(client, clock)
    clock.moves(minutes=1)
    assert landed(enter(name, code=old.code_at(clock.at).reveal()))[0] == 422
    assert landed(enter(name, code=new.code_at(clock.at).reveal()))[0] == 302
    assert seed_shown(client) != new


def test_a_seed_put_into_another_accounts_row_does_not_open(
    enter: Enter, person: Callable[..., str], clock: Clock, desk: Desk
) -> None:
    set_up(enter(person(Role.BILLER)), clock)
    seed = seed_of(models.ConsoleAccess.objects.get())
    assert seed is not None
    moved = SealedSeed(seed.account_id + 1, seed.wrapped_key, seed.sealed)
    with pytest.raises(VaultError):
        step_of(moved, desk.vault.sealer(), "000000", NOW)


def test_neither_password_nor_seed_lies_in_the_ledger_or_the_log(
    enter: Enter, person: Callable[..., str], clock: Clock, desk: Desk
) -> None:
    name = person(Role.BILLER)
    client = enter(name)
    totp = seed_shown(client)
    seed = totp.seed.reveal()
    sessions = repr(list(Session.objects.values_list())) + repr([row.get_decoded() for row in Session.objects.all()])
    set_up(client, clock)
    enter(name, "a-wrong-password")
    enter("a-password-typed-as-name")
    search = Search(
        [PASSWORD, "a-wrong-password", "a-password-typed-as-name", base64.b32encode(seed).decode(), seed.hex()],
        documents=[seed],
    )
    rows = b"".join(portable.write_rows("default")) + sessions.encode()
    log = b"".join(file.read_bytes() for file in desk.office.logs_folder.iterdir())
    assert search.hits(rows, "ledger") + search.hits(log, "log") == []
    assert search.hits(base64.b64encode(PASSWORD.encode()), "itself")


def test_somebody_who_works_for_two_practices_chooses_and_roles_go_with_the_choice(
    enter: Enter, person: Callable[..., str], desk: Desk
) -> None:
    name = person(Role.AUDITOR)
    second = membership.add_practice("Hillside Pediatrics", "987654321", ("1999999984",), desk.actor, NOW)
    third = membership.add_practice("Valley Clinic", "111223333", ("1999999984",), desk.actor, NOW)
    there = replace(desk.actor, practice_id=second.id)
    membership.allow(name, there, NOW)
    console_accounts.give_role(name, Role.OPERATOR, there, NOW)
    client = enter(name)
    assert "Lakeside" in client.get(OWN).content.decode()
    assert client.get("/accounts/").status_code == 200
    assert client.post(reverse("own-practice"), {"practice": second.id}).status_code == 302
    assert client.get("/accounts/").status_code == 403
    assert "<dd>Hillside Pediatrics</dd>" in client.get(OWN).content.decode()
    for refused in (third.id, "x"):
        assert client.post(reverse("own-practice"), {"practice": refused}).status_code == 404
