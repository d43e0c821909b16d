"""Fetching remittances on a played portal: every payment, each explained to the cent, or it is told why not."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from flows.answers import ListedPayment, NoRemittances, RemittancesListed
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, stop
from flows.payments import halves, parts
from flows.portal import Followed, Means
from flows.questions import Period, Remittances
from flows.remittance import Remittance
from flows.remittance_rules import RemittanceRules
from flows.remittances import remittances
from tests.flows.payment_pages import (
    BUILDING,
    FOUND,
    NONE,
    QUESTION,
    Fields,
    broken,
    explained,
    file_with,
    listed,
    listing,
)
from tests.flows.played_portal import Got, PlayedPortal
from tests.flows.scripted_portal import TODAY, value

A, B = listed("E1"), listed("E2", "250.00", 9)
FILE_A, FILE_B = file_with(explained("E1")), file_with(explained("E2", "250.00", 9))


def portal_with(*rows: Fields, documents: Mapping[tuple[str, str, str], Sequence[Got]]) -> PlayedPortal:
    return PlayedPortal(forms=FOUND, views={"payments": [listing(*rows)]}, documents=documents)


def of_rows(**files: Sequence[Got]) -> Mapping[tuple[str, str, str], Sequence[Got]]:
    return {("payments", "era", trace): got for trace, got in files.items()}


def payments(outcome: Outcome) -> dict[str, ListedPayment]:
    assert outcome.answer is not None, outcome.reason and (outcome.reason.code, outcome.reason.what)
    assert isinstance(outcome.answer.normalised, RemittancesListed)
    return {payment.trace: payment for payment in outcome.answer.normalised.payments}


def reason(outcome: Outcome, ending: Ending = Ending.NEEDS_STAFF) -> Reason:
    assert outcome.ending is ending
    assert outcome.reason is not None
    return outcome.reason


async def test_every_listed_payment_is_fetched_and_told_with_its_documents() -> None:
    found = payments(await remittances(QUESTION, portal_with(A, B, documents=of_rows(E1=[FILE_A], E2=[FILE_B]))))
    assert {trace: [d.sha256 for d in each.documents] for trace, each in found.items()} == {
        "E1": [FILE_A.sha256],
        "E2": [FILE_B.sha256],
    }
    assert (found["E2"].amount, found["E2"].paid_on) == (Decimal("250.00"), date(2026, 10, 9))


@pytest.mark.parametrize("after", [Followed(view="payments"), NONE])
async def test_no_payments_is_an_answer(after: Followed) -> None:
    outcome = await remittances(
        QUESTION, PlayedPortal(forms={"payment-search": [after]}, views={"payments": [listing()]})
    )
    assert outcome.ending is Ending.NEGATIVE
    assert outcome.answer is not None
    assert outcome.answer.normalised == NoRemittances()


async def test_two_payments_of_one_day_and_amount_are_two() -> None:
    same = listed("E2")
    files = of_rows(E1=[FILE_A], E2=[file_with(explained("E2"))])
    found = payments(await remittances(QUESTION, portal_with(A, same, documents=files)))
    assert [len(payment.documents) for payment in found.values()] == [1, 1]


async def test_a_payment_of_nothing_is_fetched_like_any_other() -> None:
    files = of_rows(N1=[file_with(explained("N1", "0.00"))])
    found = payments(await remittances(QUESTION, portal_with(listed("N1", "0.00"), documents=files)))
    assert found["N1"].documents


async def test_a_payment_without_a_document_is_told_as_it_is() -> None:
    portal = portal_with(A, listed("E2", era=None), listed("E3", era="none"), documents=of_rows(E1=[FILE_A]))
    found = payments(await remittances(QUESTION, portal))
    assert [len(payment.documents) for payment in found.values()] == [1, 0, 0]
    assert portal.collected == [("payments", "era", "E1")]


# A document must say what the list says


@pytest.mark.parametrize(
    "said",
    [
        explained("E1", "100.01"),
        explained("E1", day=8),
        explained("E9"),
        explained(""),
        explained("E1", payee="1999999992"),
    ],
)
async def test_a_document_that_differs_from_the_list_is_a_conflict_and_the_others_are_still_fetched(
    said: Remittance,
) -> None:
    portal = portal_with(A, B, documents=of_rows(E1=[file_with(said)], E2=[FILE_B]))
    why = reason(await remittances(QUESTION, portal))
    assert why.code is Code.DATA_CONFLICT
    assert [candidate.cells["trace"].text for candidate in why.candidates] == ["E1"]
    assert ("payments", "era", "E2") in portal.collected


async def test_a_payee_that_is_named_by_the_payers_own_number_is_no_conflict() -> None:
    files = of_rows(E1=[file_with(explained("E1", payee="PRV-0007"))])
    assert payments(await remittances(QUESTION, portal_with(A, documents=files)))


async def test_a_document_without_a_date_is_matched_by_trace_and_amount() -> None:
    files = of_rows(E1=[file_with(explained("E1", day=None))])
    assert payments(await remittances(QUESTION, portal_with(A, documents=files)))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({**listed("E1"), "paid_on": date(2026, 11, 1)}, Code.DATA_CONFLICT),
        (listed("E1", provider_npi="1999999992"), Code.DATA_CONFLICT),
        ({**listed("E1"), "amount": None}, Code.DATA_UNMAPPED),
    ],
)
async def test_a_row_of_other_days_or_another_provider_is_for_a_person(row: Fields, expected: Code) -> None:
    portal = portal_with(row, B, documents=of_rows(E1=[FILE_A], E2=[FILE_B]))
    assert reason(await remittances(QUESTION, portal)).code is expected
    assert portal.collected == [("payments", "era", "E2")]


async def test_a_word_in_the_list_that_nobody_mapped_is_for_a_person() -> None:
    page = listing(A)
    (row,) = page.tables["payments"]
    odd = row.model_copy(update={"cells": {**row.cells, "era": value("era", None, "Ask us", unmapped=True)}})
    portal = PlayedPortal(forms=FOUND, views={"payments": [page.model_copy(update={"tables": {"payments": (odd,)}})]})
    assert reason(await remittances(QUESTION, portal)).code is Code.DATA_UNMAPPED


# Downloads that break


async def test_a_broken_download_is_tried_twice_more() -> None:
    portal = portal_with(A, documents=of_rows(E1=[broken(), broken(), FILE_A]))
    assert payments(await remittances(QUESTION, portal))["E1"].documents
    assert len(portal.collected) == 3


async def test_a_download_that_keeps_breaking_is_tried_another_time_and_the_others_are_fetched() -> None:
    portal = portal_with(A, B, documents=of_rows(E1=[broken()], E2=[FILE_B]))
    why = reason(await remittances(QUESTION, portal), Ending.TRANSIENT)
    assert (why.code, len(portal.collected)) == (Code.TECH_DOWNLOAD, 4)


async def test_what_concerns_the_whole_session_ends_the_attempt() -> None:
    expired = stop(Ending.CREDENTIAL, Code.ACC_BADPW, "Signing in needs a person.")
    with pytest.raises(Stop) as stopped:
        await remittances(QUESTION, portal_with(A, documents=of_rows(E1=[expired])))
    assert stopped.value is expired


async def test_a_wrong_password_of_one_document_is_for_a_person_and_not_tried_again() -> None:
    locked = stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, "The document does not open with this password.")
    portal = portal_with(A, B, documents=of_rows(E1=[locked], E2=[FILE_B]))
    why = reason(await remittances(QUESTION, portal))
    assert why.code is Code.DATA_INPUT
    assert [candidate.cells["trace"].text for candidate in why.candidates] == ["E1"]
    assert [trace for _, _, trace in portal.collected] == ["E1", "E2"]


async def test_a_file_of_which_a_part_cannot_be_read_is_fetched_once_more_and_then_a_case() -> None:
    torn = file_with(unread=["Member 2 is not whole."], kind="zip")
    portal = portal_with(A, documents=of_rows(E1=[torn]))
    assert reason(await remittances(QUESTION, portal)).code is Code.TECH_DOWNLOAD
    assert len(portal.collected) == 2


async def test_a_torn_file_that_comes_whole_the_second_time_is_taken() -> None:
    portal = portal_with(A, documents=of_rows(E1=[file_with(unread=["Member 2 is not whole."]), FILE_A]))
    assert payments(await remittances(QUESTION, portal))["E1"].documents[0].sha256 == FILE_A.sha256


async def test_a_scanned_form_counts_as_fetched_though_only_a_person_can_read_it() -> None:
    scan = file_with(kind="eob", unread=["Page 1 has no text."])
    portal = portal_with(listed("E1", era=None, eob="View"), documents={("payments", "eob", "E1"): [scan]})
    assert payments(await remittances(QUESTION, portal))["E1"].documents[0].kind == "eob"
    assert len(portal.collected) == 1


# The page of one payment, and one document for the whole list


async def test_documents_of_a_payments_own_page_are_fetched_and_the_page_must_show_the_row() -> None:
    page = listing(A, view="payment")
    behind = page.model_copy(update={"fields": page.tables["payment"][0].cells, "tables": {}})
    portal = portal_with(listed("E1", era=None), documents={("payment", "era", "E1"): [FILE_A]})
    portal.picked = {"E1": (Followed(view="payment"), behind)}
    assert payments(await remittances(QUESTION, portal))["E1"].documents
    other = behind.model_copy(update={"fields": {**behind.fields, "amount": value("amount", Decimal("99.00"))}})
    portal.picked = {"E1": (Followed(view="payment"), other)}
    assert reason(await remittances(QUESTION, portal)).code is Code.DATA_CONFLICT


async def test_a_page_that_offers_none_leaves_the_payment_without() -> None:
    page = listing(A, view="payment")
    behind = page.model_copy(update={"fields": page.tables["payment"][0].cells, "tables": {}})
    portal = portal_with(listed("E1", era=None), documents={("payment", "era", "E1"): [NONE]})
    portal.picked = {"E1": (Followed(view="payment"), behind)}
    assert payments(await remittances(QUESTION, portal))["E1"].documents == ()


def without_links(*rows: Fields) -> list[Fields]:
    return [{name: normal for name, normal in row.items() if name != "era"} for row in rows]


async def test_one_document_for_the_whole_list_explains_each_payment_that_is_in_it() -> None:
    both = file_with(explained("E1"), explained("E2", "250.00", 9), kind="zip")
    rows = without_links(A, B, listed("E3"))
    portal = portal_with(*rows, documents={("payments", "bundle", ""): [both]})
    found = payments(await remittances(QUESTION, portal))
    assert [len(payment.documents) for payment in found.values()] == [1, 1, 0]


@pytest.mark.parametrize(
    ("said", "unread", "expected"),
    [
        (explained("E2", "250.01", 9), (), Code.DATA_CONFLICT),
        (explained("E7", "3.00", 9), (), Code.DATA_CONFLICT),
        (explained("E7", "3.00", day=None), ("Member 2 is not whole.",), Code.TECH_DOWNLOAD),
    ],
)
async def test_a_bundle_that_says_otherwise_or_more_than_the_list_is_for_a_person(
    said: Remittance, unread: Sequence[str], expected: Code
) -> None:
    bundle = file_with(explained("E1"), said, kind="zip", unread=unread)
    portal = portal_with(*without_links(A, B), documents={("payments", "bundle", ""): [bundle]})
    assert reason(await remittances(QUESTION, portal)).code is expected


# What is built later

REPORT: Fields = {"paid_from": date(2026, 10, 1), "paid_to": date(2026, 10, 31), "state": "ready", "ready_at": None}
WHOLE = file_with(explained("E1"), explained("E2", "250.00", 9), kind="zip")


def reporting(
    *looks: Sequence[Fields], requested: Followed = BUILDING, bundle: Sequence[Got] = (WHOLE,)
) -> PlayedPortal:
    """A portal without links in its list, and with reports: what its list shows at each look."""
    return PlayedPortal(
        forms={**FOUND, "report-list": [Followed(view="reports")], "report-request": [requested]},
        views={
            "payments": [listing(*without_links(A, B))],
            "reports": [listing(*look, view="reports") for look in looks],
        },
        documents={("reports", "bundle", "2026-10-01"): bundle},
    )


def asked(portal: PlayedPortal) -> list[str]:
    return [form for form, _ in portal.asked]


async def test_a_report_that_is_ready_is_fetched_and_none_is_asked_for() -> None:
    portal = reporting([REPORT])
    assert all(payment.documents for payment in payments(await remittances(QUESTION, portal)).values())
    assert asked(portal) == ["payment-search", "report-list"]


async def test_a_report_that_is_being_built_is_waited_for_and_none_is_asked_for() -> None:
    ready_at = datetime(2026, 11, 2, 5, 10, tzinfo=UTC)
    portal = reporting([{**REPORT, "state": "building", "ready_at": ready_at}])
    why = reason(await remittances(QUESTION, portal), Ending.TRANSIENT)
    assert (why.code, why.not_before) == (Code.TECH_BUILDING, ready_at)
    assert "report-request" not in asked(portal)


@pytest.mark.parametrize(
    "look",
    [
        [],
        [{**REPORT, "paid_from": date(2026, 9, 1)}],
        [{**REPORT, "state": "expired"}],
        [{**REPORT, "state": "failed"}],
    ],
)
async def test_where_there_is_no_report_of_these_days_one_is_asked_for_once(look: Sequence[Fields]) -> None:
    portal = reporting(look)
    portal.remittances = RemittanceRules(building_minutes=12)
    why = reason(await remittances(QUESTION, portal), Ending.TRANSIENT)
    assert (why.code, why.not_before) == (Code.TECH_BUILDING, TODAY + timedelta(minutes=12))
    assert asked(portal).count("report-request") == 1


async def test_a_report_that_is_ready_as_soon_as_it_is_asked_for_is_fetched() -> None:
    portal = reporting([], [REPORT], requested=Followed(view="reports"))
    assert all(payment.documents for payment in payments(await remittances(QUESTION, portal)).values())


async def test_a_report_whose_link_has_expired_is_asked_for_again_once() -> None:
    portal = reporting([REPORT], bundle=[NONE])
    assert reason(await remittances(QUESTION, portal), Ending.TRANSIENT).code is Code.TECH_BUILDING
    assert asked(portal).count("report-request") == 1


async def test_a_report_that_failed_twice_is_for_a_person() -> None:
    portal = reporting([{**REPORT, "state": "failed"}, {**REPORT, "state": "failed"}])
    assert reason(await remittances(QUESTION, portal)).code is Code.TECH_DOWNLOAD
    assert "report-request" not in asked(portal)


async def test_no_report_is_looked_for_when_every_payment_has_its_document() -> None:
    portal = reporting([REPORT])
    portal.views = {"payments": [listing(A)], "reports": [listing(view="reports")]}
    portal.documents = of_rows(E1=[FILE_A])
    assert payments(await remittances(QUESTION, portal))
    assert asked(portal) == ["payment-search"]


async def test_a_document_that_is_being_prepared_keeps_no_other_from_being_fetched_and_is_come_back_for() -> None:
    portal = portal_with(A, B, documents=of_rows(E1=[BUILDING], E2=[FILE_B]))
    why = reason(await remittances(QUESTION, portal), Ending.TRANSIENT)
    assert (why.code, why.not_before) == (Code.TECH_BUILDING, TODAY + timedelta(minutes=15))
    assert ("payments", "era", "E2") in portal.collected


# What was put away


def archived(*rows: Fields, in_archive: Sequence[Fields], days: int | None = None) -> PlayedPortal:
    return PlayedPortal(
        forms={**FOUND, "payment-archive": [Followed(view="archive")]},
        views={"payments": [listing(*rows)], "archive": [listing(*in_archive, view="archive")]},
        documents={("archive", "era", "E1"): [FILE_A], ("payments", "era", "E2"): [FILE_B]},
        remittances=RemittanceRules(archived_after_days=days),
    )


ONLY_TRACE: Fields = {"trace": "E1", "era": "Download"}


async def test_a_payment_that_was_put_away_is_fetched_from_the_archive() -> None:
    portal = archived(listed("E1", era="archived"), B, in_archive=[ONLY_TRACE, {"trace": "E5", "era": "Download"}])
    found = payments(await remittances(QUESTION, portal))
    assert [len(payment.documents) for payment in found.values()] == [1, 1]
    assert portal.collected == [("payments", "era", "E2"), ("archive", "era", "E1")]


@pytest.mark.parametrize(("days", "looks"), [(20, True), (60, False), (None, False)])
async def test_the_archive_is_looked_through_for_payments_that_are_too_old_for_the_list(
    days: int | None, looks: bool
) -> None:
    portal = archived(listed("E1", era=None), in_archive=[ONLY_TRACE], days=days)
    found = payments(await remittances(QUESTION, portal))
    assert bool(found["E1"].documents) is looks
    assert ("payment-archive" in asked(portal)) is looks


async def test_a_row_of_the_archive_with_another_amount_is_not_the_payment() -> None:
    portal = archived(listed("E1", era="archived"), in_archive=[listed("E1", "99.00")])
    assert payments(await remittances(QUESTION, portal))["E1"].documents == ()


# Long periods


async def test_a_long_period_is_asked_for_in_parts() -> None:
    portal = portal_with(A, documents=of_rows(E1=[FILE_A]))
    portal.views = {"payments": [listing(A), listing()]}
    portal.remittances = RemittanceRules(longest_days=16)
    assert list(payments(await remittances(QUESTION, portal))) == ["E1"]
    periods = [question.period for _, question in portal.asked if isinstance(question, Remittances)]
    assert [(p.paid_from.day, p.paid_to.day) for p in periods] == [(1, 16), (17, 31)]


async def test_too_many_payments_are_asked_for_in_halves_down_to_a_day() -> None:
    portal = PlayedPortal(forms={"payment-search": [Followed(means=Means.TOO_MANY), NONE]})
    assert (await remittances(QUESTION, portal)).ending is Ending.NEGATIVE
    assert len(portal.asked) == 3
    one_day = Period(paid_from=date(2026, 10, 1), paid_to=date(2026, 10, 1))
    portal = PlayedPortal(forms={"payment-search": [Followed(means=Means.TOO_MANY)]})
    outcome = await remittances(QUESTION.model_copy(update={"period": one_day}), portal)
    assert reason(outcome).code is Code.BUS_MULTI


@pytest.mark.parametrize("longest", [1, 7, 31, 400])
def test_the_parts_of_a_period_are_the_period_each_day_once(longest: int) -> None:
    period = Period(paid_from=date(2026, 1, 30), paid_to=date(2026, 4, 2))
    for found in (parts(period, longest), halves(period) or ()):
        assert found[0].paid_from == period.paid_from
        assert found[-1].paid_to == period.paid_to
        assert all(b.paid_from == a.paid_to + timedelta(days=1) for a, b in itertools.pairwise(found))


async def test_a_period_that_the_portal_does_not_take_is_for_a_person() -> None:
    portal = PlayedPortal(forms={"payment-search": [Followed(means=Means.REJECTED, rejected="62")]})
    assert reason(await remittances(QUESTION, portal)).code is Code.DATA_INPUT
