"""Canary patients and canary secrets go through good and bad runs; then nothing outside the seals may hold one of them.

What `answers` and `cases` print is the office's own view and is not searched; all other output is. Every fault at every
practice portal, and every one of our own that is here a long test, is gone through by `make canary` (tests/canary).
"""

import base64
import csv
import io
import json
import random
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from portalwright.exit_codes import ExitCode
from sandbox.one_time_codes import STEP_SECONDS, step_at
from sandbox.process import PracticePortal
from tests.canary.forms import written_days
from tests.canary.own_faults import DEFECTS, readonly, search_readonly
from tests.canary.search import Search
from tests.whole.altered_portal import AlteredPortal
from tests.whole.cage import WRONG_PASSWORD, Cage, gone, lying_in, said_by
from tests.whole.office import PORTAL, PROFILE_ON_DISK, Commands, canary_rows, presses, seen

pytestmark = pytest.mark.browser


@pytest.fixture
def cage(portal: PracticePortal, office: Commands) -> Cage:
    people = tuple(csv.DictReader(io.StringIO(portal.worklist_csv() + canary_rows(portal))))
    return Cage(portal, office, datetime.now(UTC), people)


def test_a_good_night_and_a_night_with_nothing_to_do_show_nothing(cage: Cage) -> None:
    ended = cage.run(before=PROFILE_ON_DISK)
    assert ended.code == 0, ended.err
    assert seen(cage.portal, "detail") > 5
    cage.run("--json")
    cage.said += [cage.office("status"), cage.office("status", "--json"), cage.office("vault", "list")]
    # Newer ones of it are called after their main thread.
    assert any(name.startswith("node") for name in cage.said[0].watch.processes)
    assert cage.said[0].watch.files
    assert cage.hits() == []


def test_a_wrong_password_and_its_repetition_show_nothing(cage: Cage) -> None:
    secrets = f"{cage.portal.user_name}\n{WRONG_PASSWORD}\n{cage.portal.totp_seed}\n"
    cage.said.append(cage.office("vault", "add", PORTAL, "--from-stdin", stdin=secrets))
    for _ in range(2):
        assert cage.run().code == ExitCode.STOPPED
    assert presses(cage.portal) == ["rejected"]
    assert cage.hits() == []


@pytest.mark.parametrize("answer", [pytest.param("answer-500", marks=pytest.mark.long), "foreign-page"])
def test_an_unknown_page_after_the_press_shows_nothing(cage: Cage, answer: str) -> None:
    cage.portal.faults(password_press=answer)
    assert cage.run().code == ExitCode.STOPPED
    assert cage.run().code == ExitCode.STOPPED
    assert len(presses(cage.portal)) == 1
    assert cage.hits() == []


@pytest.mark.long
def test_unmapped_texts_and_a_hostile_script_show_nothing(cage: Cage) -> None:
    cage.portal.faults(unmapped_status=True, hostile_script=True)
    assert cage.run().code == ExitCode.FINE
    assert cage.office.standing()["parked"] > 5
    assert cage.hits() == []


@pytest.mark.long
def test_a_portal_that_fails_in_between_shows_nothing(cage: Cage) -> None:
    cage.portal.faults(http_500_every=5)
    assert cage.run().code in {ExitCode.FINE, ExitCode.LATER}
    assert seen(cage.portal, "http_500") > 0
    assert cage.hits() == []


@pytest.mark.long
def test_a_password_that_cannot_be_typed_shows_nothing(cage: Cage) -> None:
    with AlteredPortal(cage.portal.address, readonly) as altered:
        cage.office.leads_to(altered.address)
        ended = cage.run()
    assert ended.code == ExitCode.STOPPED, (ended.out, ended.err)
    assert presses(cage.portal) == []
    assert cage.hits() == []


@pytest.mark.long
def test_a_member_id_that_cannot_be_typed_shows_nothing(cage: Cage) -> None:
    with AlteredPortal(cage.portal.address, search_readonly) as altered:
        cage.office.leads_to(altered.address)
        ended = cage.run("--limit", "1")
    assert presses(cage.portal) == ["accepted"]
    assert seen(cage.portal, "search") == 0
    assert '"answered"' not in ended.out
    assert cage.hits() == []


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        pytest.param(*DEFECTS[where], id=where, marks=() if where == "in an item" else pytest.mark.long)
        for where in DEFECTS
    ],
)
def test_a_defect_whose_text_holds_everything_shows_nothing(cage: Cage, defect: str, code: ExitCode) -> None:
    ended = cage.run("--limit", "2", before=defect)
    assert ended.code == code, (ended.out, ended.err)
    logged = "".join(path.read_text() for path in (cage.office.folder / "data" / "logs").iterdir())
    assert '"errors"' in logged
    assert cage.hits() == []


def test_a_kill_in_mid_run_leaves_nothing_readable_behind_even_before_the_sweep(cage: Cage) -> None:
    running = cage.office.begin("run", PORTAL, before=PROFILE_ON_DISK)
    running.wait_until(lambda: seen(cage.portal, "detail") >= 3)
    cage.said.append(gone(running))
    left = [path.name for path in (cage.office.folder / "data" / "tmp").iterdir()]
    assert left
    assert cage.hits() == []

    again = cage.office.begin("run", PORTAL)
    again.wait_until(lambda: not set(left) & {path.name for path in (cage.office.folder / "data" / "tmp").iterdir()})
    cage.said.append(gone(again))
    assert cage.hits() == []


PATIENT = "O'Papageiensteiß"
LEAKS = {
    "plain": PATIENT.encode(),
    "lower case": PATIENT.lower().encode(),
    "upper case": b"PNH7091827301 ... " + "Kanarienvogelhaus".upper().encode(),
    "utf-16": PATIENT.encode("utf-16"),
    "utf-16, other order": PATIENT.encode("utf-16-be"),
    "base64": base64.b64encode(PATIENT.encode()),
    "base64 with something before": base64.b64encode(b"name=" + PATIENT.encode() + b"&more=1"),
    "base64 with something else before": base64.urlsafe_b64encode(b"user:" + b"xy" + PATIENT.encode()),
    "hex": PATIENT.encode().hex().upper().encode(),
    "url": quote(PATIENT).encode(),
    "json": json.dumps({"name": PATIENT}).encode(),
    "html": b"<td>O&#x27;Papageienstei\xc3\x9f</td>",
    "birth date as typed": b"07/18/1931",
    "birth date in one": b"19310718",
    "one-time code": b"code 428190.",
    "one-time code in utf-16": "code 428190.".encode("utf-16-le"),
    "one-time code in base64": b'"' + base64.b64encode(b"428190") + b'"',
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_that_was_planted_is_found(tmp_path: Path, leak: bytes) -> None:
    values = {PATIENT, "Kanarienvogelhaus", *written_days("1931-07-18")}
    search = Search(values, {"428190"})
    (tmp_path / "innocent.log").write_bytes(b"\x00\x01 a line of counts: 1428190 42819 4281905\n" * 20)
    assert lying_in(tmp_path, search) == []
    (tmp_path / "log.jsonl").write_bytes(b"\x00\xffsomething before " + leak + b" and after")
    assert lying_in(tmp_path, search)


FORM = b"%PDF-1.7\n" + random.Random(1).randbytes(4000)
"""A paper form as a byte search sees it: packed, without a readable name."""
PAPER = b"ISA*00*          *00*          *ZZ*PAYER          *ZZ*OFFICE         *261101*1200*^*00501*000000001*0*P*:~"
DOCUMENT_LEAKS = {
    "form": FORM,
    "part of a form": FORM[700:1700],
    "part of a form in base64": base64.b64encode(FORM[701:1700]),
    "part of a form in hex": FORM[700:1700].hex().encode(),
    "the same form sealed anew": b"%PDF-1.7\n" + random.Random(2).randbytes(4000),
    "another 835": PAPER.replace(b"000000001", b"000000002"),
    "an 835 with other letters": PAPER.replace(b"*", b"|"),
    "archive": b"PK\x03\x04\x14\x00" + random.Random(3).randbytes(4000),
}


@pytest.mark.parametrize("leak", DOCUMENT_LEAKS.values(), ids=DOCUMENT_LEAKS.keys())
def test_a_leak_of_a_document_that_was_planted_is_found(tmp_path: Path, leak: bytes) -> None:
    search = Search((), (), [FORM])
    (tmp_path / "innocent").write_bytes(random.Random(4).randbytes(100_000) + b"a visa 00 and pdf-1.7, isa*0")
    assert lying_in(tmp_path, search) == []
    (tmp_path / "sealed").write_bytes(random.Random(5).randbytes(999) + leak + random.Random(6).randbytes(999))
    assert {hit.value for hit in lying_in(tmp_path, search)} == {"document"}


def test_a_leak_in_a_name_an_argument_an_environment_or_a_passing_file_is_found(tmp_path: Path) -> None:
    search = Search({"Kanarienvogelhaus"})
    (tmp_path / "evidence-of-KANARIENVOGELHAUS.png").touch()
    assert lying_in(tmp_path, search)
    home, passing = tmp_path / "home", tmp_path / "passing"
    home.mkdir()
    passing.mkdir()
    script = f"import os, time; open({str(passing / 'page')!r}, 'w').write('Kanarienvogelhaus'); time.sleep(1)"
    office = Commands(tmp_path / "office", home, passing)
    ended = office("status", before=f"{script}\nos.remove({str(passing / 'page')!r})")
    places = {hit.where for hit in said_by(ended, search)}
    assert places >= {"process arguments and environment", str(passing / "page")}
    assert re.search("Kanarienvogelhaus", "".join(map(str, ended.watch.shown)))


def test_the_codes_that_are_searched_for_are_those_of_the_time_of_the_run() -> None:
    assert STEP_SECONDS == 30
    assert step_at(datetime.fromtimestamp(time.time(), UTC)) == int(time.time()) // STEP_SECONDS
