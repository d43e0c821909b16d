"""The permission register at the command line: limits are kept, what ends is marked, what is published is said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.positions import published
from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine

GRANT = ("--status", "permitted", "--basis", "written permission", "--document", "letter of 2026-03-02")
TODAY = datetime.now(UTC).date()


def test_limits_hours_and_review_are_recorded_and_what_ends_soon_is_marked(
    portalwright: CommandLine, office: Path
) -> None:
    def permit(*more: str) -> str:
        done = portalwright("permit", *more, "--office", office)
        assert done.code == ExitCode.FINE, done.err
        return done.out

    permit("practice-national", *GRANT)
    permit(
        "practice-national", *GRANT, "--look-ups", "10", "--sessions", "1", "--reviewer", "Dana Doe",
        "--review", f"{TODAY}", "--until", f"{TODAY + timedelta(days=20)}", "--window", "mon 18:00-06:00 UTC",
    )  # fmt: skip
    heading, newest, older = [line.split("\t") for line in permit("list").splitlines()]
    shown = dict(zip(heading, newest, strict=True))
    # Midnight may pass between the days that are given and the one on which they are shown.
    assert shown["notice"] in {"ends in 20 days, review is due", "ends in 19 days, review is due"}
    assert (shown["look-ups a minute"], shown["sessions"], shown["reviewer"]) == ("10", "1", "Dana Doe")
    assert shown["hours"] == "mon 18:00-24:00 UTC; tue 00:00-06:00 UTC"
    assert "replaced" in older
    assert permit("list") == permit()


def test_hours_that_cannot_be_meant_are_told_before_anything_is_recorded(
    portalwright: CommandLine, office: Path
) -> None:
    told = portalwright("permit", "practice-national", *GRANT, "--window", "at night", "--office", office)
    assert told.code == ExitCode.USAGE
    assert "mon-fri 18:00-06:00" in told.err
    wrong = portalwright("permit", "practice-national", *GRANT, "--window", "mon 9:00-17:00 Mars", "--office", office)
    assert wrong.code == ExitCode.USAGE
    assert "no time zone" in wrong.err


def test_what_a_payer_has_published_stands_against_a_permission_until_a_person_says_so(
    portalwright: CommandLine, office: Path
) -> None:
    with (office / "office.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[portals.practice-national]\naddress = "https://portal.palmettogba.com"\n')
    told = portalwright("permit", "practice-national", *GRANT, "--office", office)
    assert told.code == ExitCode.NOT_PERMITTED
    assert "automated tool" in told.err
    assert "--despite-published" in told.err
    assert "nothing is allowed" in portalwright("permit", "--office", office).out
    done = portalwright("permit", "practice-national", *GRANT, "--despite-published", "--office", office)
    assert done.code == ExitCode.FINE, done.err
    listed = portalwright("permit", "positions", "--office", office).out.splitlines()[1:]
    assert [line.split("\t")[0] for line in listed] == [one.id for one in published().positions]
    assert "\tpractice-national\t" in listed[0]
    assert "Safeguarding eServices" in listed[0]


def test_an_office_has_what_is_published_in_its_register_from_the_start_and_once(
    portalwright: CommandLine, office: Path
) -> None:
    for _ in range(2):
        shown = portalwright("permit", "--office", office, before="tests.portalwright.before:show_audit")
        entries = [json.loads(line) for line in shown.out.splitlines() if line.startswith("{")]
        brought = [(one["actor"], one["result"]) for one in entries if one["action"] == "permission.publish"]
        assert brought == [("robot", f"published positions of {published().edition}")]
