"""Every quirk of the contractor's portal happens when it is certain and never when it is off; layouts; faults."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.portals.contractor.layouts import LAYOUTS
from sandbox.portals.contractor.texts import UNMAPPED
from sandbox.quirks import CONTRACTOR, QUIRKS
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import ContractorVisitor, as_new, claim_of, hyphen_date, row_of

SWITCHED = [quirk.name for quirk in QUIRKS if quirk.switched_at(CONTRACTOR)]


@pytest.fixture(scope="module")
def running() -> Iterator[PracticePortal]:
    with PracticePortal(CONTRACTOR, seed=7, claims=60) as portal:
        yield portal


@pytest.fixture(scope="module")
def truth(running: PracticePortal) -> dict[str, Any]:
    return running.truth()


@pytest.fixture
def portal(running: PracticePortal) -> Iterator[PracticePortal]:
    """The portal without quirks and faults, whatever the test before did to it."""
    yield running
    as_new(running)


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[ContractorVisitor]:
    with ContractorVisitor(portal) as person:
        yield person


def to_code(visitor: ContractorVisitor) -> None:
    visitor.press_password()
    visitor.press("terms", agree="Y")
    visitor.press("mfaMethod", channel="text")


def past_code(visitor: ContractorVisitor) -> str:
    to_code(visitor)
    visitor.press("mfaCode", task="verify", passcode=visitor.code())
    return visitor.heading


def wide(row: dict[str, Any]) -> dict[str, str]:
    """The change of dates with which a row's inquiry finds more than a page."""
    start = date.fromisoformat(row["service_from"]) - timedelta(days=12)
    return {"service_from": hyphen_date(start.isoformat())}


def late_code(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    before = len(visitor.portal.mailbox())
    to_code(visitor)
    visitor.portal.advance(60)
    late = len(visitor.portal.mailbox()) == before
    visitor.portal.advance(9 * 60)
    assert len(visitor.portal.mailbox()) == before + 1
    return late


def same_code(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    to_code(visitor)
    first = visitor.code()
    visitor.press("mfaCode", task="verify", passcode=first)
    visitor.get("/pcs/logoff.do")
    visitor.get("/pcs/login.do")
    assert past_code(visitor) == "Account Selection"
    return visitor.portal.mailbox()[-1]["code"] == first


def password_expiring(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    return past_code(visitor) == "Your Password Is About To Expire"


def locked_out(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    return "Call the Portal Help Desk" in visitor.press_password()


def idle_disabled(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    return "User ID Disabled" in visitor.press_password()


def new_terms(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    before = visitor.portal.terms()["version"]
    words = visitor.press_password()
    assert "Terms of Use" in words
    return "Amendment" in words and visitor.portal.terms()["version"] != before


def recertify(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    return past_code(visitor) in ("Annual Recertification", "Security Awareness Training")


def bot_notice(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    return past_code(visitor) == "Notice of Automated Activity"


def kicked_out(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    visitor.sign_in()
    shown = [visitor.go("home") for _ in range(61)]
    return any("used to log in from another location" in words for words in shown)


def maintenance(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    visitor.http.cookies.clear()
    visitor.portal.advance(120)
    visitor.get("/pcs/login.do")
    return "closed for scheduled system maintenance" in visitor.press_password()


def layout_change(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    visitor.http.cookies.clear()
    first = visitor.get("/pcs/login.do")
    markup = visitor.page.text
    # Another visitor without the quirk sees the pages as they were.
    visitor.portal.quirks()
    visitor.http.cookies.clear()
    visitor.get("/pcs/login.do")

    def without_keys(text: str) -> str:
        return re.sub(r'value="\w{24}"', "", text)

    assert "Provider Portal Log In" in first
    return without_keys(markup) != without_keys(visitor.page.text)


def throttle(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    visitor.sign_in().inquire_row(row_of(truth, "paid"))
    if visitor.page.status_code != 429:
        return False
    seconds = visitor.page.headers["retry-after"]
    return f"Wait {seconds} seconds" in visitor.words and "Main Menu" not in visitor.words


def unstable_sort(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    row = row_of(truth, "more than one page of claims")
    words = visitor.sign_in().inquire_row(row, **wide(row))
    assert "of 23" in words
    seen = list(visitor.openers())
    while "Next" in visitor.page.text and "start=" in visitor.page.text.split("Page ")[-1]:
        visitor.get(visitor.link("Next"))
        seen += visitor.openers()
    assert len(seen) == 23
    return len(set(seen)) < 23


def default_filter(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    row = row_of(truth, "more than one page of claims")
    words = visitor.sign_in().inquire_row(row, **wide(row))
    if "Filter: " not in words:
        return False
    assert "of 23" not in words
    assert "of 23" in visitor.get(visitor.link("Show all claims"))
    return True


def popup_blank_first(visitor: ContractorVisitor, truth: dict[str, Any]) -> bool:
    visitor.sign_in().inquire_row(row_of(truth, "paid"))
    waits = {int(number) for number in re.findall(r"viewClaim\('\w+', '\w+', (\d+)\)", visitor.page.text)}
    assert len(waits) == 1
    return waits.pop() > 0


EFFECTS: dict[str, Callable[[ContractorVisitor, dict[str, Any]], bool]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        late_code,
        same_code,
        password_expiring,
        locked_out,
        idle_disabled,
        new_terms,
        recertify,
        bot_notice,
        kicked_out,
        maintenance,
        layout_change,
        throttle,
        unstable_sort,
        default_filter,
        popup_blank_first,
    )
}


OF_APPEALS = {"appeal-refused", "upload-rules", "lost-receipt", "number-later"}
"""These are tested with the appeals."""


def test_every_quirk_that_this_portal_has_is_tested() -> None:
    assert {*EFFECTS, "load-delay"} | OF_APPEALS == set(SWITCHED)


@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
@pytest.mark.parametrize("name", EFFECTS)
def test_a_quirk_happens_when_it_is_certain_and_never_when_it_is_off(
    portal: PracticePortal, visitor: ContractorVisitor, truth: dict[str, Any], name: str, on: bool
) -> None:
    before = len(portal.events())
    portal.quirks(**{name.replace("-", "_"): float(on)})
    assert EFFECTS[name](visitor, truth) is on
    noted = [event["name"] for event in portal.events(before) if event["kind"] == "quirk"]
    assert (name in noted) is on
    assert set(noted) <= {name}


def test_claims_that_are_not_loaded_yet_are_found_three_days_later(
    portal: PracticePortal, visitor: ContractorVisitor, truth: dict[str, Any]
) -> None:
    before = len(portal.events())
    assert "1 of 1" in visitor.sign_in().inquire_row(row_of(truth, "denied"))
    portal.quirks(load_delay=1.0)
    row = row_of(truth, "zero-pay deductible")
    assert "No claims were found" in visitor.inquire_row(row)
    noted = [event for event in portal.events(before) if event["kind"] == "quirk"]
    assert {event["payer_claim_number"] for event in noted} == {row["answer"]}
    portal.advance(3 * 86_400)
    with ContractorVisitor(portal) as later:
        assert "1 of 1" in later.sign_in().inquire_row(row)


# Layouts


def in_layout(portal: PracticePortal, truth: dict[str, Any], layout: int) -> dict[str, Any]:
    """What a visitor sees of one claim, and the mark-up around it."""
    portal.faults(layout=layout)
    with ContractorVisitor(portal, layout=layout) as visitor:
        seen = {"sign in": visitor.page.text}
        visitor.sign_in().go("claims")
        seen["search"] = visitor.page.text
        row = row_of(truth, "paid")
        visitor.inquire_row(row)
        seen["list"] = visitor.page.text
        found = re.search(r"viewClaim\('(\w+)', '(\w+)'", visitor.page.text)
        assert found
        visitor.get(f"/pcs/claimDetail.do?claim={found[1]}&wk={found[2]}")
        seen["detail"] = visitor.page.text
        labels = LAYOUTS[layout].labels
        claim = claim_of(truth, row["answer"])
        for label, text in (
            ("icn", row["answer"]),
            ("mbi", row["member_id"]),
            ("billed", f"${float(claim['billed']):,.2f}"),
            ("paid", f"${float(claim['paid']):,.2f}"),
            ("account", row["patient_account_number"]),
        ):
            assert re.search(rf"{re.escape(labels[label])}:? {re.escape(text)}", visitor.words), label
        visitor.get("/pcs/logoff.do")
    return seen


def headings(page: str) -> list[str]:
    return re.findall(r"<th>(.*?)</th>", page)


def classes(page: str) -> set[str]:
    return set(re.findall(r'class="(\w+)"', page))


def test_layouts_change_what_they_say_and_show_the_same_facts(portal: PracticePortal, truth: dict[str, Any]) -> None:
    first, renamed, moved, rebuilt = (in_layout(portal, truth, layout) for layout in (1, 2, 3, 4))
    for page in ("sign in", "search", "list", "detail"):
        assert classes(first[page]) == classes(renamed[page])
        assert not classes(first[page]) & classes(moved[page])
    assert "Portal User Name" in renamed["sign in"]
    assert "User ID:" not in renamed["sign in"]
    assert len(headings(first["list"])) == len(headings(renamed["list"])) == 8
    assert headings(first["list"]) != headings(renamed["list"])
    assert headings(first["list"]) != headings(moved["list"])
    assert sorted(headings(first["list"])) == sorted(headings(moved["list"]))
    assert sorted(headings(first["detail"])) == sorted(headings(moved["detail"]))
    assert headings(first["detail"]) != headings(moved["detail"])
    assert 'name="hicNumber"' in first["search"]
    assert 'name="hicNumber"' not in moved["search"]
    assert "Portal News" in rebuilt["search"]
    assert "Portal News" not in first["search"]
    assert 'value="View Claim"' in rebuilt["list"]
    assert "<td>ICN/DCN:</td>" not in rebuilt["detail"]


# Mark-up and faults


def test_no_page_has_a_hook_for_robots_and_classes_change_with_every_start(visitor: ContractorVisitor) -> None:
    visitor.sign_in()
    pages = []
    for place in ("home", "claims", "messages"):
        visitor.go(place)
        pages.append(visitor.page.text)
    text = "".join(pages)
    assert "data-" not in text
    assert " id=" not in text
    assert "<label" not in text
    with PracticePortal(CONTRACTOR, seed=7, claims=3) as other, ContractorVisitor(other) as person:
        assert classes(person.page.text)
        assert not classes(person.page.text) & classes(text)


def test_style_sheet_script_and_pictures_are_served_under_the_builds_address(visitor: ContractorVisitor) -> None:
    visitor.sign_in().go("claims")
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', visitor.page.text)
    assert len(addresses) == 3
    for address in addresses:
        asset = visitor.http.get(address)
        assert asset.status_code == 200
        assert "cls(" not in asset.text
        assert len(asset.text) > 400
    assert "Submit Inquiry" in visitor.http.get(addresses[-1]).text


def test_every_nth_page_answers_with_an_error_and_the_menu_still_works(
    portal: PracticePortal, visitor: ContractorVisitor
) -> None:
    visitor.sign_in()
    portal.faults(http_500_every=2)
    seen = []
    for _ in range(6):
        visitor.go("home")
        seen.append(visitor.page.status_code)
    assert sorted(seen) == [200, 200, 200, 500, 500, 500]


def test_a_session_ends_after_the_given_number_of_pages(portal: PracticePortal, visitor: ContractorVisitor) -> None:
    visitor.sign_in()
    portal.faults(expire_session_after=2)
    ended = ["Your session has expired" in visitor.go("home") for _ in range(3)]
    assert ended == [False, False, True]


def test_new_words_replace_every_disposition(
    portal: PracticePortal, visitor: ContractorVisitor, truth: dict[str, Any]
) -> None:
    portal.faults(unmapped_status=True)
    row = row_of(truth, "paid")
    visitor.sign_in().inquire_row(row)
    shown = visitor.open(row["answer"])
    assert any(text in shown for text in UNMAPPED)


def test_pages_can_come_late_and_lie_to_scripts(portal: PracticePortal, visitor: ContractorVisitor) -> None:
    honest = visitor.get("/pcs/login.do")
    portal.faults(delay_ms=300, hostile_script=True)
    started = time.monotonic()
    assert visitor.get("/pcs/login.do") == honest
    assert time.monotonic() - started >= 0.3
    assert visitor.page.text.index("querySelector") < visitor.page.text.index("<title>")
