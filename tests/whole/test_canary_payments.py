"""Canaries go through coverage and payments: asked, fetched, killed in mid-download, imported, shown, exported.

One office and one portal for all of it. What lists and the posting file say is the office's own and is not searched;
everything else is: output, logs, database, process arguments, temporary files, the browser's profile.
"""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from flows.remittance import Party, RemitPerson
from portalwright.exit_codes import ExitCode
from tests.canary.search import Search
from tests.documents.remittance_files import claim, line, remittance, written
from tests.practice_portal import PracticePortal
from tests.whole.cage import Cage, gone
from tests.whole.office import CANARIES, CLAIMS, PORTAL, SEED, Commands, seen
from tests.whole.test_killed import SHORT_LEASE

pytestmark = [pytest.mark.browser, pytest.mark.long]

APPOINTMENTS = 6
DAYS = 62
"""All payments of this seed, those among them that the portal has moved into its archive too."""

HELD = {"plan_name": "Nestflüchter Gold", "group_number": "GRP77KANARI", "other_payer": "Volierenkasse & Söhne"}
"""What the office holds of each patient's coverage; the payer says otherwise, which becomes work."""

TRACE, REFERENCE = "TRC77KANARI1", "BKREF77KANARI"
"""Of a payment that came by import, and of its deposit."""

DEFECT_AT_FIRST = """
import bots.asking
real, broken = bots.asking.eligibility, []
async def eligibility(question, portal):
    if not broken:
        broken.append(question)
        raise RuntimeError(f"{question!r} {question.patient.last_name} {question.held!r}")
    return await real(question, portal)
bots.asking.eligibility = eligibility
"""
"""A fault of our own in the first question; its text holds the whole of it."""

DEFECT_IN_INTAKE = """
import portalwright.intake
real, broken = portalwright.intake.read_remittance_file, []
def read(content, *, password=None):
    if not broken:
        broken.append(content)
        raise RuntimeError(f"{content!r} {password!r} {content.hex()}")
    return real(content, password=password)
portalwright.intake.read_remittance_file = read
"""
"""A fault of our own where the first document is opened; its text holds the document and its password."""


@dataclass
class Payments:
    """The practice payer's payments, and those that came to the office another way."""

    portal: PracticePortal
    truth: dict[str, Any]
    folder: Path

    @property
    def npis(self) -> list[str]:
        return [provider["npi"] for provider in self.truth["practice"]["providers"]]

    def documents(self) -> list[bytes]:
        """All files, as the portal gives them and as they were imported."""
        found = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        for one in self.truth["remittances"]:
            for kind in ("835", "eob"):
                try:
                    found.append(self.portal.document(one["trace"], kind))
                except HTTPError as missing:
                    assert missing.code == 404
        return found

    def write(self) -> None:
        """Put what came another way into folders: 835, protected EOB, ZIP, deposits, acknowledgements."""
        made = {name: self.folder / name for name in ("remits", "protected", "acks")}
        for folder in made.values():
            folder.mkdir(parents=True)
        (made["remits"] / "one.835").write_bytes(canary_835(self.npis[0]))
        (made["remits"] / "broken.835").write_bytes(canary_835(self.npis[0])[:-80])
        (made["acks"] / "batch.999").write_bytes(self.portal.acknowledgement("999"))
        (made["acks"] / "claims.277").write_bytes(self.portal.acknowledgement("277CA"))
        eobs = [(one["trace"], self.portal.document(one["trace"], "eob")) for one in self.truth["remittances"]]
        locked = [content for _, content in eobs if b"/Encrypt" in content]
        assert locked
        for place, content in enumerate(locked):
            (made["protected"] / f"{place}.pdf").write_bytes(content)
        with zipfile.ZipFile(made["remits"] / "forms.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("form.pdf", next(content for _, content in eobs if b"/Encrypt" not in content))
        rows = self.portal.deposits_csv() + f"2026-11-02,75.00,{TRACE},{HELD['other_payer']},{REFERENCE}\r\n"
        rows += f"2026-11-31,12.34x,{TRACE}-2,{CANARIES[0]},{REFERENCE}-2\r\n"
        (self.folder / "deposits.csv").write_text(rows, newline="")


def canary_835(npi: str) -> bytes:
    """An 835 of two patients whom no payer knows, made to the provider with this NPI."""
    claims = [
        claim(place, "37.50", "37.50", line(1, "37.50", "37.50")).model_copy(
            update={
                "patient_account_number": f"PA77{place}615243",
                "patient": RemitPerson(last_name=name, first_name="Wellensittichia", identifier=f"PNH7{place}91827301"),
            }
        )
        for place, name in enumerate(CANARIES[:2])
    ]
    paid = remittance("75.00", claims)
    parties = {"payer": Party(name=HELD["other_payer"]), "payee": Party(identifier=npi)}
    return written([paid.model_copy(update={"trace": TRACE, "paid_on": date(2026, 11, 2), **parties})])


def canary_appointments(portal: PracticePortal) -> str:
    """The portal's appointments with what the office holds of coverage, canary patients, and a row that is wrong."""
    rows = [row | HELD for row in csv.DictReader(io.StringIO(portal.appointments_csv()))]
    columns = list(rows[0])
    for place, name in enumerate(CANARIES):
        person = {"last_name": name, "first_name": f"Wellensittichia{place}", "member_id": f"PNH7{place}91827301"}
        known = {"appointment_number": f"APKANARI{place}", "birth_date": f"1931-07-{17 + place}"}
        rows.append(rows[0] | person | known)
    rows.append(rows[-1] | {"appointment_number": "APKANARI99", "service_from": CANARIES[0]})
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_coverage_and_payments_show_nothing_not_even_killed_in_mid_download(
    office_made_once: Commands, tmp_path: Path
) -> None:
    quirks = {"pdf-only": 0.7}
    with PracticePortal(PORTAL, seed=SEED, claims=CLAIMS, appointments=APPOINTMENTS, quirks=quirks) as portal:
        office = office_made_once.copy_to(tmp_path)
        office.leads_to(portal.address)
        payments = Payments(portal, portal.truth(), tmp_path / "incoming")
        visits = tmp_path / "visits.csv"
        visits.write_text(canary_appointments(portal), newline="")
        people = tuple(csv.DictReader(io.StringIO(visits.read_text())))
        traces = {one["trace"] for one in payments.truth["remittances"]}
        groups = {row["group_number"] for row in csv.DictReader(io.StringIO(portal.appointments_csv()))}
        cage = Cage(
            portal,
            office,
            datetime.now(UTC),
            people,
            more=frozenset({*HELD.values(), TRACE, REFERENCE, *traces, *groups}),
        )
        basis = ("--status", "simulator-only", "--basis", "own test system", "--document", "our own")
        office.done("permit", PORTAL, "--flow", "eligibility", "--flow", "remittances", *basis)

        asks_about_coverage(cage, visits)
        is_killed_while_a_document_comes(cage)
        assert cage.hits(payments.documents()) == []

        fetches_the_rest(cage, payments)
        takes_what_came_another_way(cage, payments)
        gives_to_the_practice_system(cage, tmp_path / "posting.csv")

        assert cage.hits(payments.documents()) == []
        # The office's own settings name its providers; anywhere else the number is the key to a payer's files.
        elsewhere = [hit for hit in cage.hits_of(Search(payments.npis)) if Path(hit.where).name != "office.toml"]
        assert elsewhere == []


def asks_about_coverage(cage: Cage, visits: Path) -> None:
    """Members whom the payer knows under another plan, members whom it does not know, and a defect in the first."""
    imported = cage.office("import", "appointments", visits)
    assert "service_from: is not a date" in imported.err
    asked = cage.office("run", PORTAL, "--flow", "eligibility", "--json", before=DEFECT_AT_FIRST)
    assert asked.code == 0, asked
    endings = json.loads(asked.out)["by_ending"]
    assert endings["defect"] == 1
    assert endings["answered"] >= 2, endings
    assert endings["negative"] >= 2, endings
    cage.said += [imported, asked]
    # One sign-in has shown a code; nobody waits for the code of the next window.
    cage.portal.profile(second_factor="none")


def is_killed_while_a_document_comes(cage: Cage) -> None:
    """Two documents lie in the robot's memory and the third is on its way when everything ends at once."""
    office, portal = cage.office, cage.portal
    today = datetime.now(UTC).date()
    for days in (DAYS, DAYS - 1):
        days_asked = ("--from", str(today - timedelta(days)), "--to", str(today))
        cage.said.append(office("remits", "ask", PORTAL, *days_asked))
    portal.faults(line=[{"kind": "delay", "path": "/payments/file", "after": 3, "every": 1, "seconds": 60}])
    running = office.begin("run", PORTAL, "--flow", "remittances", before=f"{SHORT_LEASE}\n{DEFECT_IN_INTAKE}")
    running.wait_until(lambda: seen(portal, "fault") > 0)
    cage.said.append(gone(running))
    portal.faults()
    logged = "".join(path.read_text() for path in (office.folder / "data" / "logs").iterdir())
    assert logged.count('"errors"') == 2
    assert list((office.folder / "data" / "tmp").iterdir())


def fetches_the_rest(cage: Cage, payments: Payments) -> None:
    """The next run fetches every payment, protected and scanned forms among them."""
    ended = cage.office("run", PORTAL, "--flow", "remittances")
    assert ended.code == 0, ended
    shapes = {event["shape"] for event in payments.portal.events() if event.get("name") == "pdf-only"}
    assert "protected" in shapes
    cage.said.append(ended)


def takes_what_came_another_way(cage: Cage, payments: Payments) -> None:
    """Imports of all kinds, with one broken file, one protected and one wrong row."""
    office = cage.office
    payments.write()
    folder = payments.folder
    taken = [
        office("import", "remits", folder / "remits"),
        office("import", "remits", folder / "protected", "--protected", "--from-stdin", stdin=f"{payments.npis[0]}\n"),
        office("import", "deposits", folder / "deposits.csv"),
        office("import", "acknowledgements", folder / "acks"),
    ]
    # What is broken, wrong or rejected needs a person; the rest was taken.
    assert {ended.code for ended in taken} <= {ExitCode.FINE, ExitCode.NEEDS_PERSON}, taken
    assert "Traceback" not in "".join(ended.err for ended in taken)
    cage.said += taken


def gives_to_the_practice_system(cage: Cage, out: Path) -> None:
    """The lists show what they must, and the posting file holds it; no more is searched than what stands beside."""
    office = cage.office
    listed = office("remits", "--json")
    records = [json.loads(text) for text in listed.out.splitlines()]
    (imported,) = [record for record in records if record["trace"] == TRACE]
    assert Decimal(imported["amount"]) == Decimal("75.00")
    shown = office("remit", "show", str(imported["id"]), "--names")
    assert CANARIES[1] in shown.out
    exported = office("posting", "export", "--out", out)
    # What a case holds is left out, and told.
    assert exported.code in {ExitCode.FINE, ExitCode.NEEDS_PERSON}, exported
    assert TRACE in out.read_text(encoding="utf-8-sig")
    for ended in (listed, shown):
        cage.said.append(type(ended)(ended.code, "", ended.err, ended.watch))
    cage.said.append(exported)
