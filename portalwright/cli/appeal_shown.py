"""How an appeal is shown to whoever drafts and approves it: all that would be filed, and what is still missing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from portalwright.cli.tables import printable

if TYPE_CHECKING:
    from flows.appealable import Finding
    from flows.deadlines import Deadline
    from ledger.appeals import AppealRecord
    from portalwright.appeal_preview import Stage


_RESTS_ON = {
    "medical-necessity": ", and an appeal about medical necessity rests on the records",
    "authorization": ", and an appeal about an authorization rests on it",
    "timely-filing": ", and an appeal about timely filing rests on the proof",
}


def print_draft(record: "AppealRecord", missing: Sequence[str], today: date) -> None:
    """The appeal whole, and what keeps it from being approved."""
    typer.echo(f"Appeal {record.number} ({record.stage})")
    for name, fact in _facts(record, today):
        typer.echo(f"  {name}: {printable(fact)}")
    for attachment in record.attachments:
        pages = (
            "" if attachment.pages is None else f", {attachment.pages} {'page' if attachment.pages == 1 else 'pages'}"
        )
        typer.echo(f"  document: {attachment.filename} ({attachment.kind}, {attachment.size:,} bytes{pages})")
    if not record.attachments:
        typer.echo(f"  documents: nothing is enclosed{_RESTS_ON.get(record.reason, '')}")
    typer.echo("  argument:" if record.argument else "  argument: none")
    for line in record.argument.splitlines():
        typer.echo(f"    {printable(line)}".rstrip())
    for what in missing:
        typer.echo(f"  still missing: {printable(what)}")


def _facts(record: "AppealRecord", today: date) -> Iterator[tuple[str, str]]:
    claim, patient = record.question.claim, record.question.patient
    yield "portal", record.portal
    yield "claim", f"{record.patient_account_number}, the payer's number {record.payer_claim_number}"
    yield "patient", f"{patient.last_name}, {patient.first_name}, member {patient.member_id}"
    service = f"{claim.service_from}" if claim.service_from == claim.service_to else ""
    yield "service", service or f"{claim.service_from} to {claim.service_to}"
    yield "level", record.level
    yield "reason", record.reason
    yield "contested lines", ", ".join(record.lines) or "the claim as a whole"
    yield "contested amount", f"{record.amount:,.2f}"
    yield "denied with", ", ".join((*record.carcs, *record.rarcs)) or "no reason that is known"
    if (kept := record.deadline) is None:
        yield "last day", "not known"
    else:
        yield "last day", f"{kept.day} ({_left(kept.day, today)})"
        verified = f"verified on {kept.verified_on}" if kept.verified_on else "not verified: the earliest that may hold"
        yield "by the rule", f"{kept.rule}, from {kept.anchor} {kept.anchor_date}, {verified}"
        yield "as said by", kept.source


def _left(last_day: date, today: date) -> str:
    from flows.deadlines import Warned, warned

    left = (last_day - today).days
    match warned(last_day, today):
        case None:
            return f"{left} days left"
        case Warned.OVER:
            return "over"
        case step:
            return f"{left} days left: within the last {step.value}"


def print_findings(findings: "Iterable[Finding]") -> None:
    """What speaks against the appeal, or should be known."""
    for finding in findings:
        typer.echo(f"  note: {printable(finding.what)}")


def print_others(last_day: "Deadline") -> None:
    """Later days that other rules give for the same."""
    for other in last_day.others:
        product = f" ({other.product})" if other.product else ""
        typer.echo(f"  another rule: {other.day}, {other.rule_id}{product}")


def print_stages(stages: "Iterable[Stage]") -> None:
    """What the robot will do, form by form."""
    for place, stage in enumerate(stages, start=1):
        typer.echo(f"{place}. {stage.form}")
        for entered in stage.entered:
            first, *more = (entered.text or "nothing: this is not known, or the portal has no word for it").splitlines()
            typer.echo(f"     {entered.field}: {printable(first)}")
            for line in more:
                typer.echo(f"       {printable(line)}".rstrip())
        if stage.ticked:
            typer.echo(f"     ticks line {', '.join(stage.ticked)}, one by one, and no other")
        once = ", once: this files the appeal" if stage.files else ""
        typer.echo(f"     presses {stage.button}{once}")
