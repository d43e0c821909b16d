"""The versions of the national portal's pages differ in what they say they change, and show the same facts."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from sandbox.portals.national.layouts import FIRST_NAMES, FORM, LINES, RESULTS, SECOND_WORDS, SECTIONS, THIRD_NAMES
from tests.practice_portal import PracticePortal
from tests.sandbox.test_claim_pages import claim_of, row_of
from tests.sandbox.visiting import Visitor, us_date

LAYOUTS = (1, 2, 3, 4)


class Reader:
    """Somebody who finds the way in every version, and the pages seen on it."""

    def __init__(self, portal: PracticePortal, layout: int) -> None:
        self.portal, self.layout = portal, layout
        self.visitor = Visitor(portal)
        self.pages: dict[str, str] = {}
        self.claims: dict[str, str] = {}

    def names(self, **fields: str) -> dict[str, str]:
        called = THIRD_NAMES if self.layout == 3 else FIRST_NAMES
        return {called[name]: value for name, value in fields.items()}

    def keep(self, name: str) -> None:
        self.pages[name] = self.visitor.page.text

    def read(self, truth: dict[str, Any]) -> "Reader":
        visitor, portal = self.visitor, self.portal
        visitor.get("/signin")
        self.keep("sign-in")
        visitor.post("/signin", **self.names(user_name=portal.user_name, password=portal.password))
        visitor.post("/verify", **self.names(code=visitor.code()))
        visitor.post("/provider", actAs=truth["practice"]["providers"][0]["npi"])
        visitor.get("/claims/search")
        self.keep("search")
        for scenario in ("paid", "denied", "replaced", "pending", "records requested", "voided"):
            row = row_of(truth, scenario)
            visitor.get("/claims/search")
            asked = self.names(
                member_id=row["member_id"],
                service_from=us_date(row["service_from"]),
                service_to=us_date(row["service_to"]),
            )
            visitor.post("/claims/search", **asked)
            self.keep(f"{scenario}: results")
            for link in dict.fromkeys(re.findall(r'href="(/claims/detail\?ref=\w+)"', visitor.page.text)):
                visitor.get(link)
                if row["answer"] in visitor.words:
                    self.claims[row["answer"]] = visitor.page.text
                if scenario == "paid":
                    self.keep("detail")
        visitor.get("/claims/search")
        visitor.post("/claims/search", **self.names(claim_number="nothing"))
        self.keep("nothing")
        return self


@pytest.fixture(scope="module")
def truth_and_readers() -> Iterator[tuple[dict[str, Any], dict[int, Reader]]]:
    readers = {}
    truth: dict[str, Any] = {}
    for layout in LAYOUTS:
        with PracticePortal(seed=7, claims=60, layout=layout, today="2026-11-20") as portal:
            truth = portal.truth()
            readers[layout] = Reader(portal, layout).read(truth)
            readers[layout].visitor.http.close()
    yield truth, readers


def headings(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", page)]


def facts(page: str) -> set[str]:
    """Everything that is a date, an amount, a number or a code in the main part of a page."""
    main = unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0].partition(">")[2]))
    return set(re.findall(r"\d\d/\d\d/\d{4}|\(?\$[\d,.]+\)?|\b[A-Z]{2,3}\d{5,}\b|\b\d{10,13}\b|\b[A-Z]{2}-\w+\b", main))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_version_shows_the_truth(truth_and_readers: Any, layout: int) -> None:
    truth, readers = truth_and_readers
    assert len(readers[layout].claims) == 6
    for number, page in readers[layout].claims.items():
        claim = claim_of(truth, number)
        assert facts(page) == facts(readers[1].claims[number])
        assert number in facts(page)
        billed = Decimal(claim["billed"])
        assert (f"${billed:,.2f}" if billed >= 0 else f"(${-billed:,.2f})") in facts(page)


def test_version_two_says_the_same_in_other_words(truth_and_readers: Any) -> None:
    _, readers = truth_and_readers
    first, second = readers[1].pages, readers[2].pages
    for page in ("sign-in", "search", "paid: results", "detail", "nothing"):
        old = re.findall(r"<(?:h1|h2|label|dt|th|legend)[^>]*>([^<]+)</", first[page].split("<main", 1)[1])
        new = re.findall(r"<(?:h1|h2|label|dt|th|legend)[^>]*>([^<]+)</", second[page].split("<main", 1)[1])
        renamed = [text for text in old if SECOND_WORDS.get(unescape(text), text) != text]
        assert len(old) == len(new)
        assert renamed
        assert not {text for text in renamed if text not in SECOND_WORDS.values()} & set(new)
    assert "No claims match your search." not in second["nothing"]
    assert len(set(SECOND_WORDS.values())) >= len(SECOND_WORDS) - 8


def test_version_three_moves_columns_sections_and_fields_and_changes_names(truth_and_readers: Any) -> None:
    _, readers = truth_and_readers
    first, third = readers[1].pages, readers[3].pages
    for page in ("paid: results", "detail"):
        assert sorted(headings(first[page])) == sorted(headings(third[page]))
        assert headings(first[page]) != headings(third[page])
    order = [re.findall(r"<h2>([^<]+)</h2>", pages["detail"]) for pages in (first, third)]
    assert sorted(order[0]) == sorted(order[1])
    assert order[0] != order[1]
    names = [set(re.findall(r'<input id="\w+" name="(\w+)"', pages["search"])) for pages in (first, third)]
    assert len(names[0]) == len(names[1]) == 7
    assert not names[0] & names[1]
    for pattern in (r'\sid="([^"]+)"', r'class="([^"]+)"'):
        assert {name[0] for name in re.findall(pattern, first["detail"])} != {
            name[0] for name in re.findall(pattern, third["detail"])
        }


def test_version_four_has_another_structure_a_moved_button_and_a_new_pop_up(truth_and_readers: Any) -> None:
    _, readers = truth_and_readers
    first, fourth = readers[1].pages, readers[4].pages
    assert "<dl" in first["detail"]
    assert "<dl" not in fourth["detail"]
    assert re.search(r"<form.*Search</button>.*</form>", first["search"], re.DOTALL)
    form = fourth["search"].split("<form")[1].split("</form>")[0]
    assert ">Search</button>" not in form
    assert ">Search</button>" in fourth["search"]
    assert "Welcome to our new look" in fourth["search"]
    assert 'role="dialog"' not in first["search"]
    assert headings(fourth["paid: results"])[-1] == "Open"
    assert "<label" not in fourth["sign-in"]


def test_every_version_has_every_column_section_and_field() -> None:
    for kinds in (RESULTS, LINES, SECTIONS):
        for order in kinds.values():
            assert set(kinds[1]) <= set(order)
    fields = [{field for _, names in order for field in names} for order in FORM.values()]
    assert fields[0] == fields[1]
    assert set(FIRST_NAMES) == set(THIRD_NAMES)
