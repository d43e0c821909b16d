"""An office that may file appeals at the practice portal, its denied claims, and appeals that a person approved."""

import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.questions import AppealLevel, AppealReason
from ledger import appeals
from ledger.appeals import AppealDraft, AppealKind
from portalwright.office import Desk, Office, utc_now
from sandbox.process import PracticePortal
from tests.whole.office import PORTAL, Commands, make_office
from vault.secret import Secret

CLAIMS = 60
"""Fewer rows have no denied claims beside them."""

ARGUMENT = "Der Kanarienvogel sang: the records of the aviary show that the perch was needed."
"""What stands in every appeal, and in no program."""


def first_rights(portal: PracticePortal) -> list[dict[str, Any]]:
    """The first-level appeals of claims of the office that the payer takes."""
    return [
        right
        for right in portal.appealable()
        if right["level"] == "first" and right["list"] == "denials" and right["refused"] is None
    ]


def disputing_office(root: Path, portal: PracticePortal, work_list: str | None = None) -> Commands:
    """An office with the payer's denied claims on its work list, or with this one, and leave to file appeals."""
    # Nobody waits for the code of the next window: presses and codes have tests of their own.
    portal.profile(second_factor="none")
    office = make_office(root, portal, work_list=portal.denials_csv() if work_list is None else work_list)
    office.done(
        "permit", PORTAL, "--flow", "appeal", "--flow", "appeal-status", "--status", "simulator-only",
        "--basis", "own test system", "--document", "our own",
    )  # fmt: skip
    return office


def approved(office: Commands, rights: list[dict[str, Any]]) -> None:
    """Draft and approve an appeal of each of these claims, in this order, in a process of its own."""
    before = f"from tests.whole.disputes import approve_here\napprove_here({json.dumps(rights)!r})"
    ended = office("appeal", "list", before=before)
    assert ended.code == 0, ended.err


def approve_here(rights: str) -> None:
    """For the process of a command in the office of PORTALWRIGHT_OFFICE: what `approved` asks for."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        approve(desk, PORTAL, json.loads(rights))


def approve(desk: Desk, portal: str, rights: Sequence[Mapping[str, Any]]) -> None:
    """Draft and approve an appeal of each of these claims of a portal, in this order, at this desk.

    Of several lines the first, where a payer takes one line with each appeal.
    """
    for right in rights:
        rules = desk.office.pack(portal).appeals
        lines = [str(line) for line in right["lines"]][: 1 if rules.one_line else None]
        wanted = AppealDraft(
            portal=portal,
            patient_account_number=right["patient_account_number"],
            payer_claim_number=right["payer_claim_number"],
            level=AppealLevel(right["level"]),
            reason=AppealReason.MEDICAL_NECESSITY,
            kind=AppealKind.CLINICAL,
            lines=tuple(lines),
            amount=sum((Decimal(right["amount_by_line"][line]) for line in lines), Decimal("0.00")),
            argument=ARGUMENT,
            carcs=tuple(right["carcs"]),
            rules=rules,
        )
        number = appeals.draft(wanted, desk.actor, utc_now())
        seen = appeals.get(desk.practice.id, number).digest
        appeals.approve(number, desk.actor, utc_now(), rules=rules, seen=seen)


def seen_of(portal: PracticePortal, kind: str, right: dict[str, Any]) -> int:
    """How many events of this kind the portal saw about the claim."""
    return sum(event["payer_claim_number"] == right["payer_claim_number"] for event in portal.events(kind=kind))
