"""The Medicaid portal takes a page back only as it sent it: view state, event validation, changing control names."""

import base64
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_visiting import NAME, MedicaidVisitor, SharedPortal
from tests.sandbox.visiting import kinds


@pytest.fixture(scope="module")
def running() -> Iterator[SharedPortal]:
    with SharedPortal(NAME, seed=11, claims=60) as portal:
        yield portal


@pytest.fixture
def portal(running: SharedPortal) -> PracticePortal:
    return running.afresh()


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[MedicaidVisitor]:
    with MedicaidVisitor(portal) as person:
        yield person.sign_in()


REFUSED = "Page cannot be refreshed"


def reasons(portal: PracticePortal) -> list[str]:
    return [event["reason"] for event in portal.events() if event["kind"] == "view_state_refused"]


def test_fields_appear_only_after_a_way_to_search_was_chosen(visitor: MedicaidVisitor) -> None:
    words = visitor.get("/ClaimSearch.aspx")
    assert "Search By:" in words
    assert "Member ID:" not in words
    assert "btnSearch" not in visitor.page.text
    words = visitor.choose("ddlSearchBy", "member")
    assert "Member ID:" in words
    assert "ICN:" not in words
    words = visitor.choose("ddlSearchBy", "icn")
    assert "ICN:" in words
    assert "Member ID:" not in words


def test_a_page_is_taken_back_once(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.get("/ActingFor.aspx")
    chosen = visitor.page
    assert "Provider Home" in visitor.press("btnAct")
    visitor.page = chosen
    assert REFUSED in visitor.press("btnAct")
    assert reasons(portal) == ["view state of an older page"]


def test_the_browsers_way_back_to_an_older_page_ends_the_session(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    visitor.get("/ClaimSearch.aspx")
    older = visitor.page
    visitor.choose("ddlSearchBy", "member")
    visitor.page = older
    assert REFUSED in visitor.choose("ddlSearchBy", "icn")
    assert reasons(portal) == ["view state of an older page"]
    assert "User ID:" in visitor.get("/ClaimSearch.aspx")


def test_a_second_tab_ends_the_session(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.get("/ClaimSearch.aspx")
    first_tab = visitor.page
    visitor.get("/ClaimSearch.aspx")
    visitor.page = first_tab
    assert REFUSED in visitor.choose("ddlSearchBy", "member")
    assert "Claim Inquiry" not in visitor.get("/ClaimSearch.aspx")
    assert "session_expired" in kinds(portal)


def test_another_page_of_the_site_takes_nothing_from_this_one(visitor: MedicaidVisitor) -> None:
    visitor.get("/ClaimSearch.aspx")
    search = visitor.page
    visitor.get("/ActingFor.aspx")
    visitor.page = search
    assert "Member ID:" in visitor.choose("ddlSearchBy", "member")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"__VIEWSTATE": ""}, "no view state"),
        ({"__VIEWSTATE": "not base64!"}, "no view state"),
        ({"__VIEWSTATE": base64.b64encode(b"\xff\x01\x0f\x0f" + bytes(68)).decode()}, "view state not ours"),
        ({"__EVENTVALIDATION": base64.b64encode(bytes(24)).decode()}, "events not ours"),
        ({"__EVENTTARGET": "ctl00$cph$btnSearch"}, "control was not rendered"),
        ({"__EVENTTARGET": ""}, "control was not rendered"),
    ],
)
def test_what_was_not_on_the_page_is_refused_and_written_down(
    portal: PracticePortal, visitor: MedicaidVisitor, changes: dict[str, str], reason: str
) -> None:
    visitor.get("/ClaimSearch.aspx")
    name = visitor.name("ddlSearchBy")
    words = visitor.send({name: "member", "__EVENTTARGET": name, **changes})
    assert REFUSED in words
    assert "Validation of viewstate failed" in words
    assert reasons(portal) == [reason]
    assert "Claim Inquiry" in visitor.get("/ClaimSearch.aspx")


def test_a_choice_that_was_not_offered_is_refused(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.get("/ClaimSearch.aspx")
    assert REFUSED in visitor.choose("ddlSearchBy", "everything")
    assert reasons(portal) == ["choice was not offered"]


def test_another_sessions_view_state_is_refused(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    visitor.get("/ClaimSearch.aspx")
    stolen = visitor.form()["__VIEWSTATE"]
    with MedicaidVisitor(portal) as other:
        other.sign_in()
        other.get("/ClaimSearch.aspx")
        name = other.name("ddlSearchBy")
        assert REFUSED in other.send({"__VIEWSTATE": stolen, "__EVENTTARGET": name, name: "icn"})
    assert reasons(portal) == ["view state not ours"]


def test_the_view_state_holds_nothing_that_a_visitor_typed(portal: PracticePortal, visitor: MedicaidVisitor) -> None:
    row = portal.truth()["rows"][0]
    visitor.search_row(row)
    for hidden in ("__VIEWSTATE", "__EVENTVALIDATION"):
        assert row["member_id"].encode() not in base64.b64decode(visitor.form()[hidden])


# Nothing in the mark-up was planted for robots


def ids(page: httpx.Response) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', page.text))


def names(page: httpx.Response) -> set[str]:
    return {name for name in re.findall(r'\sname="([^"]+)"', page.text) if not name.startswith("__") and "$" in name}


def classes(page: httpx.Response) -> set[str]:
    return {name for found in re.findall(r'class="([^"]+)"', page.text) for name in found.split()}


PAGES = ("/Home.aspx", "/ClaimSearch.aspx", "/ActingFor.aspx")


def test_ids_and_names_change_with_every_load_and_classes_with_every_start(
    portal: PracticePortal, visitor: MedicaidVisitor
) -> None:
    seen: set[str] = set()
    for path in PAGES:
        visitor.get(path)
        before_ids, before_names = ids(visitor.page), names(visitor.page)
        seen |= classes(visitor.page)
        visitor.get(path)
        assert before_ids
        assert not before_ids & ids(visitor.page)
        assert not before_names & names(visitor.page)
        assert "data-" not in visitor.page.text
    with PracticePortal(NAME, seed=11, claims=60) as again, MedicaidVisitor(again) as other:
        other.sign_in()
        for path in PAGES:
            other.get(path)
            assert not seen & classes(other.page)


def test_the_same_row_has_another_control_name_after_each_post_back(visitor: MedicaidVisitor) -> None:
    row = visitor.portal.truth()["rows"][0]
    found = {
        visitor.post_backs("lnkIcn")[0][0] for _ in range(6) if visitor.search_row(row) and visitor.claim_numbers()
    }
    assert all(re.fullmatch(r"ctl\d\d\$cph[0-9a-f]{4}\$grdClaims\$ctl\d\d\$lnkIcn", name) for name in found)
    if found:
        assert len(found) == 6


def test_fields_have_no_labels_tied_to_them_as_on_such_portals(visitor: MedicaidVisitor) -> None:
    visitor.get("/ClaimSearch.aspx")
    visitor.choose("ddlSearchBy", "member")
    assert "<label" not in visitor.page.text


def test_style_sheet_and_script_are_served_under_the_builds_address(visitor: MedicaidVisitor) -> None:
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', visitor.page.text)
    assert len(found) == 2
    for address in found:
        asset = visitor.http.get(address)
        assert asset.status_code == 200
        assert "cls(" not in asset.text
        assert len(asset.text) > 500


def test_pages_are_never_cached_and_the_cookie_is_not_for_scripts(visitor: MedicaidVisitor) -> None:
    assert "no-store" in visitor.page.headers["cache-control"]
    cookie = httpx.get(f"{visitor.portal.address}/Default.aspx", trust_env=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
