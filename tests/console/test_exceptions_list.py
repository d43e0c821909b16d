"""The list of exceptions, and one decision for many of them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.exceptions import filters, views_bulk
from console.exceptions.clocks import due_clock, limit_clock
from console.exceptions.words import CODES, FAMILIES, STOPS
from flows.outcomes import Code, Ending, Family
from flows.questions import Flow
from ledger import case_work, lanes, models, runs
from ledger.accounts import ensure_account
from ledger.roles import Role
from ledger.states import CaseState, Stops
from portalwright.office import Desk, utc_now
from tests.console.conftest import SignedIn
from tests.ledger.office import NOW, PORTAL, bring_in, ended
from tests.ledger.test_case_work import SEVERAL, case_of

LIST = "/exceptions/"
NUMBER = "ACCT-000001"
TODAY = NOW.date()


@pytest.fixture
def ids(desk: Desk) -> list[int]:
    """Three claims that several rows fit, one with unknown words, a page that has changed; in this order."""
    robot = ensure_account("night-robot", is_robot=True, practice=desk.practice, now=NOW)
    bring_in(range(1, 6), robot)
    lease = lanes.take(PORTAL, "front-desk", 0, holder="tests", actor=robot, now=NOW)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    outcomes = [SEVERAL] * 3 + [
        ended(Ending.NEEDS_STAFF, Code.DATA_UNMAPPED),
        ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim"),
    ]
    return [case_of(lease, outcome) for outcome in outcomes]


def text_of(client: Client, address: str = LIST, **given: Any) -> str:
    answer = client.get(address, given)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def marked(text: str) -> list[int]:
    """The exceptions of the list, by their boxes."""
    return [int(part.partition('"')[0]) for part in text.split('name="case" value="')[1:]]


def test_every_code_family_and_stop_has_its_words() -> None:
    assert (set(CODES), set(FAMILIES), set(STOPS)) == (set(Code), set(Family), set(Stops))
    assert len(set(CODES.values())) == len(CODES)


def test_a_biller_sees_all_with_number_money_and_days_and_the_look_is_recorded(
    signed_in: SignedIn, ids: list[int]
) -> None:
    client = signed_in(Role.BILLER)
    before = models.AuditEntry.objects.count()
    text = text_of(client)
    assert sorted(marked(text)) == ids
    for shown in (NUMBER, "120.50", CODES[Code.BUS_MULTI], "BUS-MULTI", "follow-up", "2026-03-03"):
        assert shown in text
    look = models.AuditEntry.objects.order_by("-sequence").first()
    assert look is not None
    assert (models.AuditEntry.objects.count(), look.action, look.result) == (before + 1, "cases.view", "5 shown")


def test_an_operator_sees_incidents_alone_and_no_patients_facts(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.OPERATOR)
    before = models.AuditEntry.objects.count()
    text = text_of(client)
    assert marked(text) == [ids[-1]]
    for hidden in ("ACCT-", "120.50", "BUS-MULTI", "Money"):
        assert hidden not in text
    assert marked(text_of(client, family="business")) == []
    assert marked(text_of(client, code="BUS-MULTI")) == []
    assert models.AuditEntry.objects.count() == before
    bulk = text_of(client, reverse("exceptions-bulk"), act="close", case=ids)
    assert bulk.count('name="seen"') == 1
    assert "ACCT-" not in bulk


def test_filters_stand_in_the_address_and_what_cannot_be_read_is_told(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    assert marked(text_of(client, code="DATA-UNMAPPED")) == [ids[3]]
    assert marked(text_of(client, queue="follow-up")) == ids[:3]
    assert marked(text_of(client, owner="mine")) == []
    assert "You have taken no exception" in text_of(client, owner="mine")
    assert "No exception fits" in text_of(client, money="5000")
    wrong = text_of(client, money="a lot", due="soon", like="x", after="1~2", state="?", sort="?")
    assert "An amount in dollars" in wrong
    assert "A day, such as" in wrong
    assert sorted(marked(wrong)) == ids
    for after in ("~1~1", "2026-03-02T00:00~1~1", "x~1~1", "2026-03-02~99999999999999999999~1"):
        assert client.get(LIST, {"after": after}).status_code == 200
    asked = filters.read({"money": "99.50", "sort": "money", "portal": "x&y=1", "unknown": "1"})
    assert asked.query == "sort=money&portal=x%26y%3D1&money=99.50"
    wanted = asked.wanted(7, {}, incidents_only=False)
    assert (wanted.money_at_least, wanted.portal) == (Decimal("99.50"), "x&y=1")


def test_the_next_page_begins_where_this_one_ended(
    signed_in: SignedIn, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.exceptions.views_list.PAGE", 2)
    client = signed_in(Role.BILLER)
    seen: list[int] = []
    address = LIST
    while address:
        text = text_of(client, address)
        seen += marked(text)
        following = text.partition('data-key="n" rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        address = following.replace("&amp;", "&") if 'rel="next"' in text else ""
    assert sorted(seen) == ids
    assert len(seen) == 5


def test_a_title_or_address_holds_no_number(signed_in: SignedIn, ids: list[int]) -> None:
    text = text_of(signed_in(Role.BILLER))
    assert "<title>Exceptions · portalwright</title>" in text
    for part in text.split('href="')[1:]:
        assert "ACCT" not in part.partition('"')[0]


def test_clocks_say_in_words_how_much_time_is_left() -> None:
    day = timedelta(days=1)
    told = [due_clock(TODAY + count * day, TODAY) for count in (-2, -1, 0, 1, 3)]
    assert [one.words for one in told if one] == ["2 days late", "1 day late", "today", "in 1 day", "in 3 days"]
    assert [one.level for one in told if one] == ["bad", "bad", "warn", "", ""]
    last = [limit_clock(TODAY + count * day, TODAY) for count in (-1, 0, 7, 8)]
    assert [one.words for one in last if one] == ["over for 1 day", "last day is today", "7 days left", "8 days left"]
    assert [one.level for one in last if one] == ["bad", "bad", "bad", ""]


# One decision for many

ACTS: dict[str, tuple[dict[str, str], Callable[[models.Case], bool]]] = {
    "assign": ({"owner": "dana"}, lambda case: case.owner is not None and case.owner.name == "dana"),
    "send": ({"queue": "posting"}, lambda case: case.queue == "posting"),
    "snooze": (
        {"until": str(utc_now().date() + timedelta(days=2)), "why": "They call."},
        lambda case: case.snooze_why == "They call.",
    ),
    "close": ({"how": "ask-again", "note": "n"}, lambda case: (case.state, case.note) == (CaseState.CLOSED, "n")),
}


def seen_in(text: str) -> list[str]:
    return [part.partition('"')[0] for part in text.split('name="seen" value="')[1:]]


@pytest.mark.parametrize("act", ACTS)
def test_marked_ones_are_shown_first_then_changed_and_told(signed_in: SignedIn, ids: list[int], act: str) -> None:
    client = signed_in(Role.BILLER)
    given, is_done = ACTS[act]
    page = text_of(client, reverse("exceptions-bulk"), act=act, case=ids[:3], list="sort=money")
    assert "<strong>3</strong> exceptions and 361.50 dollars" in page
    form = {"act": act, "seen": seen_in(page), "list": "sort=money", **given}
    answer = client.post(reverse("exceptions-bulk"), form)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("exceptions-done"))
    assert all(is_done(case) for case in models.Case.objects.filter(pk__in=ids[:3]))
    assert not any(is_done(case) for case in models.Case.objects.filter(pk__in=ids[3:]))
    told = text_of(client, reverse("exceptions-done"))
    assert "3 done." in told
    assert 'href="/exceptions/?sort=money"' in told
    # The same once more, as after "back": nothing is done twice.
    again = client.post(reverse("exceptions-bulk"), form, follow=True)
    assert "0 done." in again.content.decode()


def test_what_somebody_has_changed_meanwhile_is_left_and_told(signed_in: SignedIn, desk: Desk, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    page = text_of(client, reverse("exceptions-bulk"), act="close", case=ids[:3])
    case_work.take(ids[1], desk.actor, 0, NOW)
    form = {"act": "close", "seen": seen_in(page), "how": "done-by-hand"}
    told = client.post(reverse("exceptions-bulk"), form, follow=True).content.decode()
    assert "2 done. 1 not done" in told
    assert f"Case {ids[1]} has changed since you opened it: dana took it" in told
    assert models.Case.objects.get(pk=ids[1]).state == CaseState.OPEN


def test_only_one_cause_is_closed_at_a_time(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    page = text_of(client, reverse("exceptions-bulk"), act="close", case=[ids[0], ids[3]])
    assert "of several causes" in page
    assert 'method="post" action="/exceptions/bulk/"' not in page
    seen = [f"{case_id}-0" for case_id in (ids[0], ids[3])]
    client.post(reverse("exceptions-bulk"), {"act": "close", "seen": seen, "how": "ask-again"})
    assert not models.Case.objects.filter(state=CaseState.CLOSED).exists()


def test_all_of_one_cause_are_taken_from_every_page(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    assert sorted(marked(text_of(client, like=ids[1]))) == ids[:3]
    page = text_of(client, reverse("exceptions-bulk"), act="assign", like=ids[1], list=f"like={ids[1]}")
    assert [pair.partition("-")[0] for pair in sorted(seen_in(page))] == [str(case_id) for case_id in ids[:3]]


def test_what_is_typed_wrong_is_shown_again_with_what_was_typed(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    seen = [f"{case_id}-0" for case_id in ids[:2]]
    form = {"act": "snooze", "seen": seen, "until": "2026-03-01", "why": "They call back."}
    answer = client.post(reverse("exceptions-bulk"), form)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "A day that is still to come." in text
    assert "They call back." in text
    assert len(seen_in(text)) == 2
    assert not models.Case.objects.filter(snoozed_until__isnull=False).exists()


def test_who_may_not_end_it_is_told_and_changes_nothing(signed_in: SignedIn, ids: list[int]) -> None:
    form = {"act": "close", "how": "ask-again"}
    biller, operator = signed_in(Role.BILLER), signed_in(Role.OPERATOR)
    told = biller.post(reverse("exceptions-bulk"), {**form, "seen": f"{ids[4]}-0"}, follow=True).content.decode()
    assert "0 done. 1 not done" in told
    assert "Your roles do not give you this one." in told
    operator.post(reverse("exceptions-bulk"), {**form, "seen": [f"{ids[0]}-0", f"{ids[4]}-0"]})
    assert list(models.Case.objects.filter(state=CaseState.CLOSED).values_list("id", flat=True)) == [ids[4]]


def test_another_practices_exceptions_are_not_there(signed_in: SignedIn, ids: list[int]) -> None:
    from ledger.accounts import ensure_practice

    second = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    models.Case.objects.filter(pk__in=ids[:2]).update(practice_id=second.id)
    client = signed_in(Role.BILLER)
    assert sorted(marked(text_of(client))) == ids[2:]
    form = {"act": "send", "queue": "posting", "seen": [f"{case_id}-0" for case_id in ids[:2]]}
    client.post(reverse("exceptions-bulk"), form)
    assert not models.Case.objects.filter(queue="posting", pk__in=ids[:2]).exists()


def test_nonsense_is_no_error(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    assert client.get(reverse("exceptions-bulk"), {"act": "burn"}).status_code == 302
    assert client.get(reverse("exceptions-done")).status_code == 302
    assert "Nothing is marked" in text_of(client, reverse("exceptions-bulk"), act="close", case=["x", "9" * 30, "-1"])
    assert client.post(reverse("exceptions-bulk"), {"act": "close", "seen": ["x", "1", ""]}).status_code in (200, 302)
    assert len(views_bulk.ACTS) == 4


def test_the_list_takes_as_many_statements_however_long_it_is(signed_in: SignedIn, ids: list[int]) -> None:
    client = signed_in(Role.BILLER)
    text_of(client)
    taken = []
    for copies in (0, 40):
        columns = {name: value for name, value in models.Case.objects.values().get(pk=ids[0]).items() if name != "id"}
        models.Case.objects.bulk_create(models.Case(**columns) for _ in range(copies))
        with CaptureQueriesContext(
            connection,
        ) as found:
            text_of(client)
        taken.append(len(found))
    assert taken[0] == taken[1] < 25
