"""Quirks: the table is complete, levels are numbers from one table, and each quirk happens exactly when it is set."""

import io
import re
import zipfile
from collections.abc import Callable
from urllib.error import HTTPError

import pytest

from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.quirks import (
    EVERYWHERE,
    FIELD,
    HIGHEST,
    LEVELS,
    NATIONAL,
    QUIRKS,
    QuirkRefused,
    Quirks,
    checked,
    numbers,
)
from tests.practice_portal import PracticePortal
from tests.sandbox.test_claim_pages import row_of
from tests.sandbox.visiting import Visitor


def quirks(settings: dict[str, float], seed: int = 3) -> Quirks:
    return Quirks(seed, NATIONAL, settings, EventLog(Clock()))


def test_the_catalogue_has_fifty_two_rows_with_names_of_their_own() -> None:
    assert [quirk.number for quirk in QUIRKS] == list(range(1, 53))
    assert len({quirk.name for quirk in QUIRKS}) == 52
    for quirk in QUIRKS:
        assert set(quirk.always) <= set(quirk.where) <= set(EVERYWHERE)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", quirk.name)


def test_every_quirk_is_always_so_or_to_be_switched_at_each_of_its_portals() -> None:
    for quirk in QUIRKS:
        assert quirk.where
        assert all(quirk.switched_at(portal) != (portal in quirk.always) for portal in quirk.where), quirk


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_levels_come_from_one_table_and_leave_out_what_calls_a_person(portal: str) -> None:
    assert numbers("none", portal) == {}
    field, ten = numbers("field", portal), numbers("x10", portal)
    by_name = {quirk.name: quirk for quirk in QUIRKS}
    assert set(field) == set(ten) == {q.name for q in QUIRKS if q.switched_at(portal) and not q.person}
    for name, probability in field.items():
        assert probability == FIELD[by_name[name].per, by_name[name].bites]
        assert ten[name] == min(HIGHEST, probability * 10)
    for level in LEVELS:
        assert checked(portal, numbers(level, portal)) == numbers(level, portal)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"modall": 0.1}, "no quirk 'modall'"),
        ({"near-payer-names": 0.1}, "practice-national does not have"),
        ({"report-later": 0.1}, "always so"),
        ({"number-later": 0.1}, "practice-national does not have"),
        ({"wrong-default": 0.0}, "always so"),
        ({"modal": 1.1}, "between 0 and 1"),
    ],
)
def test_a_quirk_that_cannot_be_is_refused_by_name_and_changes_nothing(settings: dict[str, float], why: str) -> None:
    with pytest.raises(QuirkRefused, match=why):
        quirks(settings)
    die = quirks({"modal": 1.0})
    with pytest.raises(QuirkRefused, match=why):
        die.set(settings)
    assert die.settings == {"modal": 1.0}


def test_the_same_seed_throws_the_same_and_another_seed_does_not() -> None:
    runs = []
    for seed in (3, 3, 4):
        die = quirks({"modal": 0.5}, seed)
        runs.append([die.happens("modal") for _ in range(64)])
    assert runs[0] == runs[1] != runs[2]


def test_one_quirks_throws_never_shift_anothers() -> None:
    alone, beside = quirks({"modal": 0.5}), quirks({"modal": 0.5, "throttle": 0.5})
    seen = []
    for _ in range(64):
        beside.happens("throttle")
        beside.pick("throttle", (1, 2, 3))
        beside.pick("modal", (1, 2, 3))
        seen.append(beside.happens("modal"))
    assert seen == [alone.happens("modal") for _ in range(64)]
    both = quirks({"modal": 0.5, "throttle": 0.5})
    thrown = [[both.happens(name) for _ in range(64)] for name in ("modal", "throttle")]
    assert thrown[0] != thrown[1]


def test_a_quirk_happens_about_as_often_as_it_is_set() -> None:
    die = quirks({"modal": 0.2})
    assert 150 <= sum(die.happens("modal") for _ in range(1000)) <= 250


# The national portal


def code_already_used(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.press_password()
    return "already been used" in visitor.press_code()


def late_code(portal: PracticePortal, visitor: Visitor) -> bool:
    portal.profile(second_factor="mailed")
    visitor.press_password()
    before = len(portal.mailbox())
    visitor.post("/verify/method", via="EML")
    visitor.advance(6)
    return len(portal.mailbox()) == before


def device_forgotten(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.press_password()
    visitor.post("/verify", otp=visitor.code(), remember="Y")
    visitor.get("/signout")
    return "Verify your identity" in visitor.press_password()


def method_retired(portal: PracticePortal, visitor: Visitor) -> bool:
    return "A passkey is now required" in visitor.press_password()


def new_terms(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.press_password()
    return "Our terms of use have changed" in visitor.press_code()


def modal(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.sign_in()
    visitor.get("/claims/search")
    return 'role="dialog"' in visitor.page.text


def entitlement_missing(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.sign_in()
    missing = 'href="/claims/search"' not in visitor.page.text
    assert missing == ("You do not have access" in visitor.get("/claims/search"))
    return missing


def kicked_out(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.sign_in()
    return any("used to sign in on another device" in visitor.get("/home") for _ in range(61))


def new_window(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.sign_in().search_row(row_of(portal.truth(), "paid"))
    return 'target="_blank"' in visitor.page.text


def date_formats(portal: PracticePortal, visitor: Visitor) -> bool:
    row = row_of(portal.truth(), "paid")
    visitor.sign_in().search_row(row)
    words = visitor.open(row["answer"])
    assert ("$" in words) == (row["birth_date"] not in words)
    return row["birth_date"] in words


def load_delay(portal: PracticePortal, visitor: Visitor) -> bool:
    row = row_of(portal.truth(), "paid")
    words = visitor.sign_in().search_row(row)
    if "No claims match" not in words:
        return False
    assert row["patient_account_number"] in portal.delayed_rows()
    assert row["answer"] in [event.get("payer_claim_number") for event in portal.events()]
    visitor.advance(3 * 86_400)
    visitor.sign_in().search_row(row)
    assert visitor.claim_numbers() == [row["answer"]]
    return True


def unstable_sort(portal: PracticePortal, visitor: Visitor) -> bool:
    row = row_of(portal.truth(), "more than one page of claims")
    words = visitor.sign_in().search_row(row, days=12)
    seen = visitor.claim_numbers()
    assert "of 23" in words
    for page in (2, 3):
        visitor.get(f"/claims/results?page={page}")
        seen += visitor.claim_numbers()
    once = len(set(seen))
    # Who goes round again, because the portal's own total is not reached, has them all.
    for page in (1, 2, 3):
        visitor.get(f"/claims/results?page={page}")
        seen += visitor.claim_numbers()
    assert len(set(seen)) == 23
    return once < 23


def captcha(portal: PracticePortal, visitor: Visitor) -> bool:
    words = visitor.get("/signin")
    stopped = "Are you a person?" in words or "Unusual activity" in words
    if stopped:
        # It stays, whatever is pressed, until a person has been there.
        assert "Verify" not in visitor.press_password()
        assert not [event for event in portal.events() if event["kind"] == "password_press"]
        portal.quirks()
        portal.clear_captcha()
        assert "Verify your identity" in visitor.press_password()
    return stopped


def maintenance(portal: PracticePortal, visitor: Visitor) -> bool:
    if "Scheduled maintenance" not in visitor.get("/signin"):
        return False
    assert re.search(r"again on \d\d/\d\d/\d{4} at \d{1,2}:\d\d [AP]M Eastern Time", visitor.words)
    portal.quirks()
    visitor.advance(91 * 60)
    assert "Password" in visitor.get("/signin")
    return True


def layout_change(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.get("/signin")
    return "portal-1.css" not in visitor.page.text


def throttle(portal: PracticePortal, visitor: Visitor) -> bool:
    row = row_of(portal.truth(), "paid")
    visitor.sign_in().search_row(row)
    if visitor.page.status_code != 429:
        return False
    seconds = int(visitor.page.headers["retry-after"])
    assert f"Try again in {seconds} seconds" in visitor.words
    portal.quirks()
    visitor.advance(seconds - 3)
    visitor.search_row(row)
    assert visitor.page.status_code == 429
    visitor.advance(4)
    visitor.search_row(row)
    assert visitor.claim_numbers() == [row["answer"]]
    assert [event["early"] for event in portal.events() if event["kind"] == "throttled"][:2] == [False, True]
    return True


def bot_notice(portal: PracticePortal, visitor: Visitor) -> bool:
    visitor.press_password()
    words = visitor.press_code()
    if "Automated access to your account" not in words:
        return False
    assert "Welcome" not in visitor.get("/home")
    # Who signs in again meets it again, until somebody has confirmed it.
    visitor.advance(60)
    visitor.press_password()
    assert "Automated access" in visitor.press_code()
    assert "Select provider" in visitor.post("/notice")
    return True


def many_files(portal: PracticePortal, visitor: Visitor) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(portal.archive("2000-01-01", "2999-12-31")))
    names = archive.namelist()
    doubled = len(set(names)) < len(names)
    return doubled or archive.testzip() is not None or any(not entry.file_size for entry in archive.infolist())


def pdf_only(portal: PracticePortal, visitor: Visitor) -> bool:
    trace = next(one["trace"] for one in portal.truth()["remittances"] if one["deliveries"] == ["835", "eob"])
    assert portal.document(trace, "eob").startswith(b"%PDF")
    try:
        return not portal.document(trace, "835").startswith(b"ISA")
    except HTTPError:
        return True


EFFECTS: dict[str, Callable[[PracticePortal, Visitor], bool]] = {
    "code-already-used": code_already_used,
    "late-code": late_code,
    "device-forgotten": device_forgotten,
    "method-retired": method_retired,
    "new-terms": new_terms,
    "modal": modal,
    "entitlement-missing": entitlement_missing,
    "kicked-out": kicked_out,
    "new-window": new_window,
    "date-formats": date_formats,
    "load-delay": load_delay,
    "unstable-sort": unstable_sort,
    "many-files": many_files,
    "pdf-only": pdf_only,
    "captcha": captcha,
    "maintenance": maintenance,
    "layout-change": layout_change,
    "throttle": throttle,
    "bot-notice": bot_notice,
}


OF_APPEALS = {"appeal-refused", "upload-rules", "lost-receipt"}
"""These are tried in test_appeals_core."""


def test_every_quirk_that_the_national_portal_can_be_given_is_tried_below() -> None:
    assert set(EFFECTS) | OF_APPEALS == {quirk.name for quirk in QUIRKS if quirk.switched_at(NATIONAL)}


@pytest.mark.parametrize("probability", [0.0, 1.0])
@pytest.mark.parametrize("name", EFFECTS)
def test_a_quirk_happens_at_one_and_not_at_nought(name: str, probability: float) -> None:
    with PracticePortal(seed=11, claims=60, quirks={name: probability}) as portal, Visitor(portal) as visitor:
        assert EFFECTS[name](portal, visitor) == bool(probability)
        happened = {event["name"] for event in portal.events() if event["kind"] == "quirk"}
        assert happened == ({name} if probability else set())
