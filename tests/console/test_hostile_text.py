"""What a portal or a payer writes is shown as text, whatever it is: no page of the desk runs it, no sheet counts it."""

import io
from html.parser import HTMLParser

import pytest
from django.test import Client
from markupsafe import escape

from documents.columns import Column, Kind
from documents.table_out import write_csv
from flows.answers import Answer, ClaimState
from flows.outcomes import Ending, Outcome
from flows.remittance import Party
from ledger import models
from ledger.remittances import keep
from ledger.roles import Role
from portalwright.cli.tables import print_table
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.console.test_claims import answer, claim_id
from tests.ledger.office import bring_in, paid
from tests.ledger.payments import by_import, decided, payment, sealed

HOSTILE = (
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=steal()>",
    '"><svg onload=steal()>',
    "' autofocus onfocus=steal() x='",
    "javascript:steal()",
    "{{ 7 * 191 }}{% raw %}",
    "</textarea></title></style><b data-escaped>out</b>",
    "&lt;script&gt;steal()&lt;/script&gt;",
)


class Tags(HTMLParser):
    """The elements of a page that our own templates never make, or with an attribute that runs something."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        runs = any(name.startswith("on") or name in ("autofocus", "data-escaped") for name in said)
        inline = tag == "script" and "src" not in said
        leads = any("javascript:" in value for name, value in said.items() if name in ("href", "src", "action"))
        if runs or inline or leads or "steal" in said.get("src", ""):
            self.foreign.append(self.get_starttag_text() or tag)


def assert_shown_as_text(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert tags.foreign == []
    assert str(7 * 191) not in page


def visited(client: Client, address: str) -> str:
    said = client.get(address)
    assert said.status_code == 200
    return said.content.decode()


def test_a_portals_words_and_a_payers_are_text_on_every_page_of_the_desk(desk: Desk, signed_in: SignedIn) -> None:
    hostile = " ".join(HOSTILE)
    bring_in([1], desk.actor)
    good = paid().answer
    assert good is not None
    assert isinstance(good.normalised, ClaimState)
    state = good.normalised.model_copy(update={"portal_text": hostile, "payer_claim_number": HOSTILE[0]})
    said = Answer.model_validate(good.model_copy(update={"normalised": state}))
    answer(desk, Outcome(ending=Ending.ANSWERED, answer=said))
    told = payment(decided(1), trace=HOSTILE[1]).model_copy(update={"payer": Party(name=hostile, identifier="87726")})
    keep(sealed(told, unread=[hostile]), by_import(desk.actor))
    number = models.Remittance.objects.get().pk
    client = signed_in(Role.POSTER)
    pages = [
        visited(client, address) for address in (f"/claims/{claim_id()}/", "/remittances/", f"/remittances/{number}/")
    ]
    for page in pages:
        assert_shown_as_text(page)
    for each in HOSTILE:
        assert any(str(escape(each)) in page for page in pages), each


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_of_a_sheet_is_a_formula(cell: str) -> None:
    file = io.BytesIO()
    write_csv([Column("text", Kind.TEXT)], [[cell]], file)
    assert file.getvalue().decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith("'")


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x1b]0;owned\x07", "a\x9b31mb", "a\rb", "a\x08b", "name\u202egpj.exe", "a\nb", "a\tb\x00"]
)
def test_nothing_that_is_printed_steers_the_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [(text,)], empty="none")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
