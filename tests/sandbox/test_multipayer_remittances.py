"""Practice Exchange's remittance viewer lists what was paid and gives whole documents, a file and a tab."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.portals.multipayer.payments_shown import ADJUSTMENT_TEXTS, CLAIM_TEXTS, METHOD_TEXTS
from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_visiting import NEAR_PAYER, PAYER, PORTAL, Exchange, us_date

TODAY = "2026-11-20"
BASE = "/remittance-viewer"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=7, claims=120, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[Exchange]:
    with Exchange(portal) as person:
        yield person.sign_in()


def payments(truth: dict[str, Any], first: str, last: str = TODAY, provider: int = 0) -> list[dict[str, Any]]:
    """What the site may list of these days for one of the practice's providers, newest first."""
    npi = truth["practice"]["providers"][provider]["npi"]
    return [
        one
        for one in reversed(truth["remittances"])
        if one["payee_npi"] == npi and one["deliveries"] and first <= one["paid_on"] <= last
    ]


def search(
    visitor: Exchange, option: str, fields: dict[str, str], *, provider: int = 0, payer: str = PAYER
) -> dict[str, Any]:
    npi = visitor.practice["providers"][provider]["npi"]
    return visitor.post(f"{BASE}/searches", payer=visitor.payer(payer), provider=npi, option=option, fields=fields)


def of_days(visitor: Exchange, first: str, last: str = TODAY, provider: int = 0) -> dict[str, Any]:
    return search(visitor, "dates", {"paid_from": us_date(first), "paid_to": us_date(last)}, provider=provider)


def all_rows(visitor: Exchange, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a list, over all its pages."""
    return [
        row
        for start in range(0, found["total"], 10)
        for row in visitor.get(f"{BASE}/searches/{found['reference']}/rows?from={start}")["rows"]
    ]


def row_of(visitor: Exchange, trace: str) -> dict[str, Any]:
    rows = all_rows(visitor, search(visitor, "check", {"trace": trace}))
    assert len(rows) == 1
    return rows[0]


def test_a_list_holds_every_payment_of_its_days_and_no_other(reader: Exchange, truth: dict[str, Any]) -> None:
    expected = payments(truth, "2026-09-01")
    found = of_days(reader, "2026-09-01")
    rows = all_rows(reader, found)
    assert found["total"] == len(expected) > 20
    assert [(row["trace"], row["issued"], row["method"], row["amount"]) for row in rows] == [
        (one["trace"], one["paid_on"], METHOD_TEXTS[one["method"]], f"{float(one['amount']):,.2f}") for one in expected
    ]
    assert [(row["era"], row["eob"]) for row in rows] == [("835" in one["deliveries"], True) for one in expected]


def test_a_payment_without_a_remittance_is_on_no_list(reader: Exchange, truth: dict[str, Any]) -> None:
    missing = next(one for one in truth["remittances"] if one["expect"] == "missing")
    assert search(reader, "check", {"trace": missing["trace"]})["total"] == 0
    assert missing["trace"] not in str(all_rows(reader, of_days(reader, missing["paid_on"], missing["paid_on"])))


def test_a_claim_leads_to_its_payments(reader: Exchange, truth: dict[str, Any]) -> None:
    one = next(one for one in payments(truth, "2026-09-01") if one["claims"])
    number = one["claims"][0]["payer_claim_number"]
    assert one["trace"] in [row["trace"] for row in all_rows(reader, search(reader, "claim", {"claim_number": number}))]


def test_both_documents_of_a_payment_come_whole_and_as_the_payer_made_them(
    portal: PracticePortal, reader: Exchange, truth: dict[str, Any]
) -> None:
    one = next(one for one in payments(truth, "2026-09-01") if one["stories"] == ["plain"])
    row = row_of(reader, one["trace"])
    reader.get(f"{BASE}/payments/{row['reference']}/era")
    assert reader.page.content == portal.document(one["trace"], "835")
    assert reader.page.headers["Content-Disposition"].startswith("attachment")
    tab = reader.post(f"{BASE}/payments/{row['reference']}/eob")["window"]
    assert one["trace"] not in tab
    paper = reader.http.get(tab)
    assert paper.content == portal.document(one["trace"], "eob")
    assert paper.content.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"].startswith("inline")
    with Exchange(portal) as other:
        assert "shell.js" in other.http.get(tab).text
    assert reader.http.get("/apps/remittance-viewer/file/other").status_code == 404


def test_a_payment_without_an_835_gives_none(reader: Exchange, truth: dict[str, Any]) -> None:
    one = next(one for one in payments(truth, "2026-07-01") if one["deliveries"] == ["eob"])
    row = row_of(reader, one["trace"])
    assert (row["era"], row["eob"]) == (False, True)
    reader.get(f"{BASE}/payments/{row['reference']}/era")
    assert reader.status == 404
    reader.get(f"{BASE}/payments/0123456789/era")
    assert reader.status == 404


def test_two_payments_of_one_day_and_amount_are_two(reader: Exchange, truth: dict[str, Any]) -> None:
    alike = [one for one in truth["remittances"] if "same amount" in one["stories"]][:2]
    assert alike[0]["amount"] == alike[1]["amount"]
    rows = all_rows(reader, of_days(reader, alike[0]["paid_on"], alike[0]["paid_on"]))
    assert {one["trace"] for one in alike} <= {row["trace"] for row in rows}


def test_a_payments_panel_shows_its_claims_and_adjustments(reader: Exchange, truth: dict[str, Any]) -> None:
    one = next(one for one in truth["remittances"] if "takeback" in one["stories"])
    panel = reader.get(f"{BASE}/payments/{row_of(reader, one['trace'])['reference']}")
    assert (panel["payment"]["trace"], panel["payment"]["issued"]) == (one["trace"], us_date(one["paid_on"]))
    assert [(claim["account"], claim["number"]) for claim in panel["claims"]] == [
        (claim["patient_account_number"], claim["payer_claim_number"]) for claim in one["claims"]
    ]
    taken = next(item for item in one["provider_adjustments"] if item["reason"] == "WO")
    assert {
        "reason": "Overpayment recovery",
        "reference": taken["reference"],
        "amount": f"{-float(taken['amount']):,.2f}",
    } in panel["adjustments"]


def test_every_way_of_paying_processing_and_adjusting_has_a_word(truth: dict[str, Any]) -> None:
    for one in truth["remittances"]:
        assert one["method"] in METHOD_TEXTS
        assert {claim["status"] for claim in one["claims"]} <= set(CLAIM_TEXTS)
        assert {item["reason"] for item in one["provider_adjustments"]} <= set(ADJUSTMENT_TEXTS)


def test_the_other_provider_sees_its_own_payments_only(reader: Exchange, truth: dict[str, Any]) -> None:
    own = row_of(reader, payments(truth, "2026-09-01")[0]["trace"])
    theirs = payments(truth, "2026-07-01", provider=1)
    assert theirs
    rows = all_rows(reader, of_days(reader, "2026-07-01", provider=1))
    assert [row["trace"] for row in rows] == [one["trace"] for one in theirs]
    reader.get(f"{BASE}/payments/{own['reference']}")
    assert reader.status == 404


def test_another_payer_of_nearly_this_name_has_paid_nothing(reader: Exchange) -> None:
    found = search(reader, "dates", {"paid_from": "01/01/2026", "paid_to": us_date(TODAY)}, payer=NEAR_PAYER)
    assert (found["total"], found["empty"]) == (0, "No remittances were found for your search.")


@pytest.mark.parametrize(
    ("option", "fields", "message"),
    [
        ("", {}, "Choose how you want to search."),
        ("dates", {}, "Fill in all fields of the search option."),
        ("check", {"trace": " "}, "Fill in all fields of the search option."),
        ("dates", {"paid_from": "10/01/2026"}, "Enter the first and the last issue date."),
        ("dates", {"paid_from": "10/02/2026", "paid_to": "10/01/2026"}, "The last issue date is before the first."),
        ("dates", {"paid_from": "2026-10-02", "paid_to": "10/03/2026"}, "Issued from: enter the date as MM/DD/YYYY."),
    ],
)
def test_the_form_says_what_it_lacks(reader: Exchange, option: str, fields: dict[str, str], message: str) -> None:
    assert message in search(reader, option, fields)["messages"]
    assert reader.status == 422


def test_rows_belong_to_the_last_search(reader: Exchange) -> None:
    before = of_days(reader, "2026-09-01")
    of_days(reader, "2026-10-01")
    reader.get(f"{BASE}/searches/{before['reference']}/rows?from=0")
    assert reader.status == 404


def test_quirks_filter_the_list_move_its_rows_and_open_a_tab(truth: dict[str, Any]) -> None:
    quirks = {"default-filter": 1.0, "unstable-sort": 1.0, "new-window": 1.0}
    expected = [one["trace"] for one in payments(truth, "2026-09-01")]
    portal = PracticePortal(PORTAL, seed=7, claims=120, appointments=1, today=TODAY, quirks=quirks)
    with portal, Exchange(portal) as visitor:
        visitor.sign_in()
        found = of_days(visitor, "2026-09-01")
        assert found["filter"] == "My submissions only"
        assert found["total"] < len(expected)
        whole = visitor.post(f"{BASE}/searches/{found['reference']}/clear")
        assert (whole["total"], whole["filter"]) == (len(expected), "")
        rows = all_rows(visitor, whole)
        assert len(rows) == len(expected)
        assert [row["trace"] for row in rows] != expected
        tab = visitor.get(f"{BASE}/payments/{rows[0]['reference']}")["window"]
        assert visitor.document(tab) == "remittances.js"
        panel = visitor.get(f"{BASE}/payments/{tab.rsplit('/', 1)[1]}?in=tab")
        assert panel["payment"]["trace"] == rows[0]["trace"]
