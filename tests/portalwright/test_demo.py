"""The demonstration and a run, in a real browser: right, in order, and clean however they end."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.portalwright.conftest import CommandLine

pytestmark = pytest.mark.browser

CLAIMS = 6


@dataclass(frozen=True)
class AtWork:
    """An office with a work list for a running practice portal."""

    folder: Path
    portal: PracticePortal

    def events(self, kind: str) -> list[dict[str, object]]:
        return [event for event in self.portal.events() if event["kind"] == kind]


@pytest.fixture
def at_work(portalwright: CommandLine, tmp_path: Path) -> Iterator[AtWork]:
    folder = tmp_path / "office"
    with PracticePortal(claims=CLAIMS) as portal:
        practice = portal.truth()["practice"]
        npis = ",".join(provider["npi"] for provider in practice["providers"])
        made = portalwright(
            "init", folder, "--practice", practice["name"], "--tin", practice["tin"], "--npi", npis,
            "--key-file", folder / "office.key",
        )  # fmt: skip
        assert made.code == 0, made.err
        with (folder / "office.toml").open("a") as settings:
            settings.write(f'[portals.practice-national]\naddress = "{portal.address}"\n')
        work_list = tmp_path / "work.csv"
        work_list.write_text(portal.worklist_csv(), newline="")
        secrets = f"{portal.user_name}\n{portal.password}\n{portal.totp_seed}\n"
        for command, stdin in (
            (("vault", "add", "practice-national", "--from-stdin"), secrets),
            (("import", "claims", str(work_list)), ""),
        ):
            done = portalwright(*command, "--office", folder, stdin=stdin)
            assert done.code == 0, done.err
        yield AtWork(folder, portal)


def permit(portalwright: CommandLine, folder: Path) -> None:
    granted = portalwright(
        "permit", "practice-national", "--status", "simulator-only", "--basis", "own test system",
        "--document", "ours", "--office", folder,
    )  # fmt: skip
    assert granted.code == 0, granted.err


FIGURES = ["questions", "answered", "negative", "cases", "wrong"]


def test_the_demo_does_four_jobs_and_ends_with_its_figures_and_no_wrong_answer(
    portalwright: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "demo-office"
    # This seed has a payment that moves money in every thirty days, and a denied claim that may be appealed.
    small = ("--portal", "practice-national", "--claims", "8", "--appointments", "4", "--seed", "20")
    done = portalwright("demo", "--office", folder, *small)
    assert done.code == 0, (done.out, done.err)
    figures = json.loads(done.out.splitlines()[-1])
    assert list(figures) == [*FIGURES, "seconds", "flows"]
    flows = figures["flows"]
    assert list(flows) == ["eligibility", "claim-status", "remittances", "appeal"]
    for name in FIGURES:
        assert figures[name] == sum(job[name] for job in flows.values()), name
    assert [(job["wrong"], job["answered"] > 0) for job in flows.values()] == [(0, True)] * 4
    assert (flows["eligibility"]["questions"], flows["claim-status"]["questions"]) == (4, 8)
    claims = flows["claim-status"]
    assert claims["questions"] == claims["answered"] + claims["negative"] + claims["cases"]
    assert "8 of 8" in done.err
    assert f"--office {folder}" in done.out

    payments = _listed(portalwright, folder, "remits")
    paid = sum((Decimal(payment["amount"]) for payment in payments), Decimal("0.00"))
    assert flows["remittances"]["payments"] == len(payments) > 0
    assert Decimal(flows["remittances"]["paid"]) == paid

    appeals = _listed(portalwright, folder, "appeal", "list")
    (filed,) = (one for one in appeals if one["stage"] in {"filed", "decided"})
    assert (flows["appeal"]["filed"], filed["approved_by"], bool(filed["confirmation"])) == (1, "demo", True)

    covered = _listed(portalwright, folder, "answers", "--flow", "eligibility")
    assert len(covered) == flows["eligibility"]["answered"] + flows["eligibility"]["negative"]
    listed = _listed(portalwright, folder, "answers")
    assert len(listed) == claims["answered"] + claims["negative"]
    number = listed[0]["question"]["claim"]["patient_account_number"]
    assert "billed: " in portalwright("answers", "--office", folder, "--claim", number).out
    table = portalwright("answers", "--office", folder).out
    name = listed[0]["question"]["patient"]["last_name"]
    assert (number in table, name in table) == (True, False)
    assert name in portalwright("answers", "--office", folder, "--names").out
    assert portalwright("audit", "verify", "--office", folder).code == 0

    words = {word for one in (*covered, *listed) for word in _protected(one["question"])}
    words |= {payment["trace"] for payment in payments} | {filed["confirmation"], filed["argument"]}
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [word for word in words if word.encode() in content], path


def _listed(portalwright: CommandLine, folder: Path, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in portalwright(*words, "--office", folder, "--json").out.splitlines()]


def _protected(question: dict[str, dict[str, str]]) -> list[str]:
    """What must not lie anywhere in the clear; short words would be found in sealed bytes by chance."""
    patient = question["patient"]
    values = [patient["member_id"], patient["last_name"], patient["birth_date"]]
    values += [question["claim"]["patient_account_number"]] if "claim" in question else []
    return [value for value in values if len(value) > 5]


def test_the_demo_wipes_its_own_offices_only(portalwright: CommandLine, office: Path) -> None:
    told = portalwright("demo", "--office", office, "--claims", "1")
    assert told.code == ExitCode.OFFICE
    assert (office / "office.toml").exists()


def test_a_run_without_permission_does_not_touch_the_portal(portalwright: CommandLine, at_work: AtWork) -> None:
    told = portalwright("run", "practice-national", "--office", at_work.folder)
    assert told.code == ExitCode.NOT_PERMITTED
    assert "portalwright permit" in told.err
    assert at_work.portal.events() == []


@pytest.mark.long  # a worker that is killed does it each time: tests/whole/test_chaos_short.py
def test_a_run_goes_on_where_the_last_one_stopped(portalwright: CommandLine, at_work: AtWork) -> None:
    permit(portalwright, at_work.folder)
    first = portalwright("run", "practice-national", "--office", at_work.folder, "--limit", "2", "--json")
    assert first.code == 0, first.err
    ended = json.loads(first.out)
    assert (ended["why"], sum(ended["by_ending"].values()), ended["signed_out"]) == ("limit reached", 2, True)
    second = portalwright("run", "practice-national", "--office", at_work.folder)
    assert second.code == 0, second.err
    assert re.match(r"Run 2: finished; ", second.out)
    third = json.loads(portalwright("run", "practice-national", "--office", at_work.folder, "--json").out)
    assert (third["why"], third["by_ending"]) == ("nothing due", {})


@pytest.mark.long  # tests/whole/test_killed.py presses one too
def test_a_wrong_password_is_pressed_once_until_a_person_releases_it(
    portalwright: CommandLine, at_work: AtWork
) -> None:
    permit(portalwright, at_work.folder)
    at_work.portal.set_password("another-password-9")
    first = portalwright("run", "practice-national", "--office", at_work.folder)
    assert first.code == ExitCode.STOPPED, first.err
    again = portalwright("run", "practice-national", "--office", at_work.folder)
    assert again.code == ExitCode.STOPPED, again.err
    presses = [event for event in at_work.portal.events() if "password" in str(event["kind"])]
    assert len(presses) == 1
    (case,) = [
        json.loads(line)
        for line in portalwright("cases", "list", "--office", at_work.folder, "--json").out.splitlines()
    ]
    assert (case["code"], case["stops"]) == ("ACC-BADPW", "credential")
    assert "blocked" in portalwright("status", "--office", at_work.folder).out
    shown = portalwright("cases", "show", str(case["id"]), "--office", at_work.folder)
    assert "ACC-BADPW" in shown.out

    portalwright(
        "vault", "add", "practice-national", "--from-stdin", "--office", at_work.folder,
        stdin=f"{at_work.portal.user_name}\nanother-password-9\n{at_work.portal.totp_seed}\n",
    )  # fmt: skip
    released = portalwright(
        "vault", "release", "practice-national", "--reason", "new password", "--office", at_work.folder
    )
    assert released.code == 0, released.err
    last = portalwright("run", "practice-national", "--office", at_work.folder, "--limit", "1")
    assert last.code == 0, last.err


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM], ids=["ctrl-c", "terminate"]
)
def test_a_run_that_is_told_to_end_signs_out_and_gives_the_lane_back(
    portalwright: CommandLine, at_work: AtWork, number: signal.Signals
) -> None:
    permit(portalwright, at_work.folder)
    at_work.portal.faults(delay_ms=400)  # or all is done before anybody can tell it to end
    # In the background of a script Ctrl-C's signal is ignored.
    background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"] if number == signal.SIGTERM else []
    process = subprocess.Popen(
        [*background, *portalwright.command("run", "practice-national", "--office", at_work.folder)],
        env=portalwright.environment(),
        cwd=portalwright.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any("search" in str(event["kind"]) for event in at_work.portal.events()):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "Traceback" not in said
    assert at_work.portal.events()[-1]["kind"] == "sign_out", at_work.portal.events()
    (standing,) = json.loads(
        portalwright("status", "--portal", "practice-national", "--json", "--office", at_work.folder).out
    )
    assert standing["running"] == 0
    assert "interrupted" in standing["last_run"]
    assert list((at_work.folder / "data" / "tmp").iterdir()) == []
