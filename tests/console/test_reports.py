"""Reports at the desk: made once beside the pages, shown as they were made, without any patient."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.application import Application
from console.charts import Bar, Bars, Columns, Lines, Series
from console.reports.every import REPORTS
from console.reports.needs import Minutes
from console.reports.pieces import Asked
from console.reports.shape import Report, Table
from console.reports.stored import as_stored, from_stored
from documents.columns import Column, Kind
from ledger import models, reports_made
from ledger.accounts import Practice
from ledger.remittances import keep
from ledger.reports import Range
from ledger.roles import Role
from portalwright.desk.reports import Reports
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.ledger.office import NOW, bring_in
from tests.ledger.payments import by_import, decided, payment, sealed


@dataclass(frozen=True)
class AtOnce:
    """Makes reports while the button is pressed; for tests, whose rows no other thread sees."""

    minutes: Minutes
    instead: Callable[[], None] | None = None

    @property
    def savings(self) -> Minutes:
        return self.minutes

    def beside(self, work: Callable[[], None], gone_wrong: Callable[[], None]) -> None:
        (self.instead or work)()


@pytest.fixture
def at_once(application: Application, settings: LazySettings) -> Application:
    """The desk whose reports are made at once."""
    made = replace(application, reports=AtOnce(application.reports.savings))
    settings.CONSOLE_APPLICATION = made
    return made


@pytest.fixture
def denied(desk: Desk) -> Desk:
    """Three claims, of which a payment denied one (CO-97, 120.50)."""
    bring_in(range(1, 4), desk.robot)
    said = decided(1, paid="0.00", status="4")
    line = said.lines[0]
    carc = line.adjustments[0].model_copy(update={"carc": "97"})
    lines = (line.model_copy(update={"adjustments": (carc,)}),)
    keep(sealed(payment(said.model_copy(update={"lines": lines}))), by_import(desk.actor))
    return desk


def test_a_report_is_made_by_its_button_and_shown_with_tables_charts_and_a_file(
    at_once: Application, denied: Desk, signed_in: SignedIn
) -> None:
    client = signed_in(Role.BILLER)
    assert "It has not been made yet" in client.get("/reports/denials/").content.decode()
    answer = client.post("/reports/denials/make/", {"portal": "", "since": "2026-01-01"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reports/denials/?since=2026-01-01")
    page = client.get("/reports/denials/?since=2026-01-01").content.decode()
    assert "CO-97" in page
    assert "120.50" in page
    assert "<svg" in page
    assert "It has not been made yet" in client.get("/reports/denials/").content.decode(), "of all days it is another"
    (address,) = set(re.findall(r"/reports/made/\d+/1\.csv", page))
    file = client.get(address)
    assert re.fullmatch(r'attachment; filename="denials-1.csv"', file.headers["Content-Disposition"])
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert (row["code"], row["claims"], row["amount"]) == ("CO-97", "1", "120.50")
    earlier = address.removesuffix("1.csv")
    assert "CO-97" in client.get(earlier).content.decode()
    looks = models.AuditEntry.objects.filter(action__startswith="report.").order_by("sequence")
    assert {look.action for look in looks} == {"report.make", "report.view", "report.export"}


def test_every_report_is_made_from_a_small_ledger_and_names_no_patient(
    at_once: Application, denied: Desk, signed_in: SignedIn
) -> None:
    client = signed_in(Role.AUDITOR)
    index = client.get("/reports/").content.decode()
    for name, kind in REPORTS.items():
        assert kind.title in index
        client.post(f"/reports/{name}/make/")
        page = client.get(f"/reports/{name}/").content.decode()
        assert "asked for by" in page, name
        assert not re.search("QUILLFEATHER|Quillfeather|OTTOLINE|ACCT-|MBR000", page), name
    assert "Not made yet" not in client.get("/reports/").content.decode()
    kept = "".join(models.ReportMade.objects.values_list("content", flat=True))
    assert not re.search("QUILLFEATHER|Quillfeather|ACCT-", kept)


def test_a_report_that_is_being_made_is_told_and_not_begun_again(
    at_once: Application, signed_in: SignedIn, settings: LazySettings
) -> None:
    begun: list[int] = []
    never = AtOnce(at_once.reports.savings, instead=lambda: begun.append(1))
    settings.CONSOLE_APPLICATION = replace(at_once, reports=never)
    first, second = signed_in(Role.BILLER), signed_in(Role.POSTER)
    first.post("/reports/denials/make/")
    second.post("/reports/denials/make/")
    assert begun == [1]
    page = second.get("/reports/denials/").content.decode()
    assert "biller asked for it" in page
    assert 'data-waits="/reports/denials/state/"' in page
    assert second.get("/reports/denials/state/").json() == {"waits": True}
    assert second.get("/reports/money/state/").json() == {"waits": False}


def test_what_could_not_be_made_is_told_and_the_page_does_not_wait(
    at_once: Application, signed_in: SignedIn, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    monkeypatch.setattr("portalwright.desk.reports.close_connection", lambda: None)
    real = Reports(desk)

    class Failing(AtOnce):
        def beside(self, work: Callable[[], None], gone_wrong: Callable[[], None]) -> None:
            def fails() -> None:
                raise ArithmeticError

            real.in_turn(fails, gone_wrong)

    settings.CONSOLE_APPLICATION = replace(at_once, reports=Failing(at_once.reports.savings))
    client = signed_in(Role.BILLER)
    client.post("/reports/denials/make/")
    page = client.get("/reports/denials/").content.decode()
    assert "It could not be made" in page
    assert client.get("/reports/denials/state/").json() == {"waits": False}


def test_days_out_of_order_and_reports_that_are_not_there(at_once: Application, signed_in: SignedIn) -> None:
    client = signed_in(Role.BILLER)
    page = client.get("/reports/denials/?since=2026-02-02&until=2026-02-01").content.decode()
    assert "This is before the first day." in page
    assert 'value="2026-02-02"' in page, "what was typed stays"
    assert client.post("/reports/denials/make/", {"since": "x"}).status_code == 404
    assert client.get("/reports/weather/").status_code == 404
    assert client.get("/reports/made/4711/").status_code == 404
    assert not models.ReportMade.objects.exists()


def test_a_page_asks_the_same_of_the_ledger_however_much_is_in_it(
    at_once: Application, denied: Desk, signed_in: SignedIn
) -> None:
    client = signed_in(Role.BILLER)
    client.post("/reports/denials/make/")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    addresses = ("/reports/", "/reports/denials/", "/remittances/")
    client.get("/")
    few = [queries(address) for address in addresses]
    for number in range(2, 12):
        keep(sealed(payment(decided(number), trace=f"T{number}")), by_import(denied.actor))
    for _ in range(2):
        client.post("/reports/denials/make/")
    assert [queries(address) for address in addresses] == few


def test_a_report_is_the_same_after_it_was_kept() -> None:
    made = Report(
        name="denials",
        title="Denials",
        tables=(
            Table(
                "Denials",
                (Column("a", Kind.TEXT), Column("b", Kind.DOLLARS), Column("c", Kind.DATE), Column("d", Kind.NUMBER)),
                (("x", Decimal("1.10"), datetime(2026, 3, 2, tzinfo=UTC).date(), 3), (None, None, None, None)),
                "none",
            ),
            Table("Of patients", (Column("number", Kind.TEXT),), (("ACCT-000001",),), "none", of_patients=True),
        ),
        charts=(
            Bars("b", (Bar("x", 1.5, "1.50"),)),
            Columns("c", ("w",), (Series("s", (1.0,), ("1",)),), unit="$"),
            Lines("l", ("w",), (Series("s", (None,), ("not known",)),), percent=True, highest=1.0),
        ),
        notes=("said",),
    )
    again = from_stored(as_stored(made))
    assert as_stored(again) == as_stored(made)
    assert [type(chart) for chart in again.charts] == [Bars, Columns, Lines]
    assert again.tables == made.tables[:1], "what names claims is not kept"
    assert (again.name, again.title, again.notes) == (made.name, made.title, made.notes)


def test_the_weeks_of_a_report_are_those_of_its_days() -> None:
    def weeks(within: Range) -> tuple[str, ...]:
        asked = Asked(Practice(1, "p", "1", ()), within, None, NOW, None)  # type: ignore[arg-type]  # no savings here
        return tuple(f"{week:%m-%d}" for week in asked.weeks)

    quarter = weeks(Range())
    assert (len(quarter), quarter[0], quarter[-1]) == (13, "12-08", "03-02")
    feb = Range(since=datetime(2026, 2, 4, tzinfo=UTC).date(), until=datetime(2026, 2, 10, tzinfo=UTC).date())
    assert weeks(feb) == ("02-02", "02-09")
    assert len(weeks(Range(since=datetime(2020, 1, 1, tzinfo=UTC).date()))) == 53


def test_reports_of_one_practice_are_not_anothers(at_once: Application, signed_in: SignedIn) -> None:
    client: Client = signed_in(Role.BILLER)
    client.post("/reports/denials/make/")
    row = models.ReportMade.objects.get()
    other = models.Practice.objects.create(name="Another", tin="987654321")
    models.ReportMade.objects.update(practice=other)
    assert client.get(f"/reports/made/{row.pk}/").status_code == 404
    assert client.get(f"/reports/made/{row.pk}/1.csv").status_code == 404
    assert "It has not been made yet" in client.get("/reports/denials/").content.decode()
    assert reports_made.get(other.pk, row.pk).row.id == row.pk
