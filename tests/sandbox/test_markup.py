"""Nothing in the portal's mark-up was planted for robots: no test ids, no id or class that stays."""

import re

import httpx

from tests.practice_portal import PracticePortal
from tests.sandbox.visiting import Visitor


def ids(page: httpx.Response) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', page.text))


def classes(page: httpx.Response) -> set[str]:
    return {name for names in re.findall(r'class="([^"]+)"', page.text) for name in names.split()}


PAGES = ("/home", "/claims/search", "/claims/results", "/provider", "/signin")


def test_no_id_stays_from_load_to_load_and_no_class_from_start_to_start() -> None:
    first_ids: dict[str, set[str]] = {}
    first_classes: set[str] = set()
    with PracticePortal(seed=11, claims=3) as portal, Visitor(portal) as visitor:
        visitor.sign_in()
        for path in PAGES:
            visitor.get(path)
            first_ids[path] = ids(visitor.page)
            first_classes |= classes(visitor.page)
            visitor.get(path)
            assert first_ids[path]
            assert not first_ids[path] & ids(visitor.page)
            assert "data-testid" not in visitor.page.text
    with PracticePortal(seed=11, claims=3) as portal, Visitor(portal) as visitor:
        visitor.sign_in()
        for path in PAGES:
            visitor.get(path)
            assert not first_ids[path] & ids(visitor.page)
            assert not first_classes & classes(visitor.page)


def test_every_input_a_person_fills_has_a_label_of_its_own(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.get("/claims/search")
    fields = [tag for tag in re.findall(r"<input [^>]+>", visitor.page.text) if 'type="hidden"' not in tag]
    labels = set(re.findall(r'<label for="([^"]+)"', visitor.page.text))
    assert len(fields) == 7
    assert {re.findall(r'id="([^"]+)"', tag)[0] for tag in fields} == labels


def test_style_sheet_and_script_are_served_under_the_builds_address(visitor: Visitor) -> None:
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', visitor.page.text):
        asset = visitor.http.get(address)
        assert asset.status_code == 200
        assert "cls(" not in asset.text
        assert len(asset.text) > 500
