"""What a tester wants to know about appeals: which can be filed, what will come of them, and what was pressed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sandbox.appeal_values import FiledAppeal
from sandbox.side import PortalSide
from sandbox.truth.appeal_rights import AppealRight
from sandbox.truth.model import Claim

Fact = str | int | bool | None | list[int] | dict[str, str]
Facts = dict[str, Fact]


def appealable_claims(side: PortalSide) -> list[Facts]:
    """One entry for each claim with a denied line and each level, in the order of the claims; dollars as text.

    `payer_claim_number`, `patient_account_number`, `billing_npi`, `list` ("worklist", "denials" or None: the office has
    no row of it, or none that is answered by this claim), `scenario`, `level`, `lines` (those that may be contested),
    `amount` (what was billed for them), `amount_by_line`, `carcs`, `offered` (on the claim's page), `refused` (what the
    form says today to an appeal of these lines; None: it is taken), `closes_on`, and what will come of it: `decision`,
    `decision_days`, `recovered` (for all the lines), `recovered_by_line`, `information` (what is wanted in between).
    """
    claims = {claim.payer_claim_number: claim for claim in side.truth.claims}
    asked = {
        ask.payer_claim_number: (name, ask.scenario)
        for name, asks in (("worklist", side.truth.asks), ("denials", side.truth.denial_asks))
        for ask in asks
        if ask.payer_claim_number is not None
    }
    found: list[Facts] = []
    for right in side.truth.appeal_rights:
        claim = claims[right.payer_claim_number]
        name, scenario = asked.get(right.payer_claim_number, (None, None))
        found.append({"list": name, "scenario": scenario, **_expected(side, claim, right)})
    return found


def _expected(side: PortalSide, claim: Claim, right: AppealRight) -> Facts:
    contested = [line for line in claim.lines if line.number in right.lines]
    closes_on = side.appeals.closes_on(claim.payer_claim_number, right.level)
    refused = side.appeals.refusal(claim.payer_claim_number, right.level, right.lines, claim.billing_npi)
    information = right.ruling.information
    return {
        "payer_claim_number": claim.payer_claim_number,
        "patient_account_number": claim.patient_account_number,
        "billing_npi": claim.billing_npi,
        "level": right.level,
        "lines": list(right.lines),
        "amount": str(sum((line.billed for line in contested), Decimal("0.00"))),
        "amount_by_line": {str(line.number): str(line.billed) for line in contested},
        "carcs": " ".join(sorted({item.carc for line in contested for item in line.adjustments})),
        "offered": side.appeals.offered(claim),
        "refused": refused,
        "closes_on": None if closes_on is None else closes_on.isoformat(),
        "decision": right.ruling.decision,
        "decision_days": right.ruling.days,
        "recovered": str(right.ruling.recovered(right.lines)),
        "recovered_by_line": {str(one.number): str(one.amount) for one in right.ruling.payments},
        "information": None if information is None else information.what,
    }


def pressed_appeals(side: PortalSide) -> list[Facts]:
    """One entry for each appeal that was pressed or that the payer has, by claim, level and lines; dollars as text.

    `payer_claim_number`, `level`, `lines`; `presses` (that arrived) and `filings` (that were taken) since the portal
    was started; `begun` (how often its form was opened, for any level and lines of the claim); and of the newest
    filing, else None: `by_hand`, `channel`, `number`, `number_shown` (None while pending), `filed_at`, `listed_at`,
    `amount`, `reference`, `sha256s`, `filenames`, `standing`, `decision`, `decided_on`, `recovered`, `next_level_due`
    as the portal shows them now, and `decision_to_come`, `decides_at`, `recovered_to_come`.
    """
    filed: dict[tuple[str, str, str], FiledAppeal | None] = {}
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    begun: dict[str, int] = {}
    for event in side.events.since():
        details = dict(event.details)
        number = str(details.get("payer_claim_number"))
        if event.kind == "appeal_begun":
            begun[number] = begun.get(number, 0) + 1
        if event.kind in ("appeal_pressed", "appeal_filed"):
            key = (number, str(details["level"]), str(details["lines"]))
            filed.setdefault(key, None)
            count = counts.setdefault(key, {"appeal_pressed": 0, "appeal_filed": 0})
            count[event.kind] += 1
    for appeal in side.appeals.book.everything():
        filed[appeal.payer_claim_number, appeal.level, " ".join(str(line) for line in appeal.lines)] = appeal
    found: list[Facts] = []
    for key, newest in filed.items():
        pressed = counts.get(key, {})
        facts: Facts = {
            "payer_claim_number": key[0],
            "level": key[1],
            "lines": [int(line) for line in key[2].split()],
            "presses": pressed.get("appeal_pressed", 0),
            "filings": pressed.get("appeal_filed", 0),
            "begun": begun.get(key[0], 0),
        }
        found.append({**facts, **(_standing(side, newest) if newest is not None else dict.fromkeys(STANDING))})
    return found


STANDING: Sequence[str] = (
    *("by_hand", "channel", "number", "number_shown", "filed_at", "listed_at", "amount", "reference", "sha256s"),
    *("filenames", "standing", "decision", "decided_on", "recovered", "next_level_due"),
    *("decision_to_come", "decides_at", "recovered_to_come"),
)
"""What is said of an appeal that was filed."""


def _standing(side: PortalSide, appeal: FiledAppeal) -> Mapping[str, Fact]:
    state = side.appeals.book.state(appeal)
    return {
        "by_hand": appeal.by_hand,
        "channel": appeal.channel,
        "number": appeal.number,
        "number_shown": state.number,
        "filed_at": appeal.filed_at.isoformat(),
        "listed_at": appeal.listed_at.isoformat(),
        "amount": str(appeal.amount),
        "reference": appeal.reference,
        "sha256s": " ".join(sorted(appeal.sha256s)),
        "filenames": " ".join(appeal.filenames),
        "standing": state.standing,
        "decision": state.decision,
        "decided_on": None if state.decided_on is None else state.decided_on.isoformat(),
        "recovered": None if state.recovered is None else str(state.recovered),
        "next_level_due": None if state.next_level_due is None else state.next_level_due.isoformat(),
        "decision_to_come": appeal.ruling.decision,
        "decides_at": appeal.decided_at.isoformat(),
        "recovered_to_come": str(appeal.ruling.recovered(appeal.lines)),
    }
