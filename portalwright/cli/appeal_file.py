"""`portalwright appeal`, from the approval on: filed once by the robot, looked at, and settled by a person's word."""

import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption, day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.appeals import AppealEventRecord, AppealRecord
    from portalwright.office import Desk

AppealNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="The appeal's number, from the list.")]
AppealNote = Annotated[str, typer.Option("--note", help="How you know; kept with the appeal.")]


class _How(StrEnum):
    """What a person can have found out about an appeal that was pressed."""

    FILED = "filed"
    NOT_FILED = "not-filed"


def file(
    numbers: Annotated[
        list[int] | None,
        typer.Argument(metavar="[NUMBER]...", help="Only these appeals; all that are approved when left out."),
    ] = None,
    *,
    portal: PortalOption = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """File the approved appeals, each once; look on the portal's own list for those whose end nobody saw.

    Nothing is filed that is not exactly what a person approved. Ends with exit code 0 when each of them is filed or
    refused, 1 when one waits for a person, 9 when one has to be looked for again later.

    Example:

    \b
        portalwright appeal file
        portalwright appeal file 12 13
    """
    from ledger.appeals import list_all, waiting
    from portalwright.cli.opening import at_desk
    from portalwright.exit_codes import ExitCode
    from portalwright.logs import Command

    with at_desk(Command.APPEAL, office, account, unattended=True) as desk:
        practice, wanted = desk.practice.id, frozenset(numbers or ())
        due = waiting(practice, portal=portal, numbers=wanted)
        of_items = frozenset().union(*due.values())
        before = [record for record in list_all(practice, portal=portal, numbers=wanted) if _is_due(record)]
        codes = [_run(desk, name, due[name], headed=headed) for name in sorted(due)] if of_items else []
        shown = wanted or frozenset(record.number for record in before)
        after = list(list_all(practice, numbers=shown)) if shown else []
    missing = wanted - {record.number for record in after}
    if as_json:
        for record in after:
            typer.echo(record.model_dump_json(include=_TOLD))
    else:
        for record in after:
            typer.echo(f"Appeal {record.number}: {_now_is(record)}")
        if not after and not missing:
            typer.echo("No appeal is approved and not filed yet.")
    for number in sorted(missing):
        typer.echo(f"There is no appeal {number} here.", err=True)
    codes += [ExitCode.LEDGER for _ in missing] + [_code(record) for record in after]
    worst = next((code for code in codes if code not in {ExitCode.FINE, ExitCode.LATER}), None)
    if (code := worst or max(codes, default=ExitCode.FINE)) is not ExitCode.FINE:
        raise typer.Exit(code)


def list_appeals(
    *,
    portal: PortalOption = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            "--stage",
            metavar="STAGE",
            help="Only those that have come so far: draft, approved, pressing, uncertain, filed, decided, refused, "
            "not-filed, withdrawn. May be given several times.",
        ),
    ] = None,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="NUMBER", help="Only those of this patient account number.")
    ] = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """The appeals and where each stands, the first deadline first. Every look is recorded.

    Example:

    \b
        portalwright appeal list
        portalwright appeal list --stage uncertain --stage filed
    """
    from ledger.appeals import AppealStage, list_all
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    stages = [choice(AppealStage, one, "--stage") for one in stage or ()]
    with at_desk(Command.APPEAL, office, account) as desk:
        found = list(list_all(desk.practice.id, portal=portal, stages=stages, patient_account_number=claim))
        record_look(desk, "appeals.view", len(found), names=as_json, portal=portal, about="appeal")
    if as_json:
        for record in found:
            typer.echo(record.model_dump_json())
        return
    columns = (
        "appeal", "portal", "account number", "level", "lines", "amount", "stage", "last day", "the payer's number",
        "expected by", "decision", "recovered", "next look", "case",
    )  # fmt: skip
    print_table(
        columns,
        [
            (
                record.number,
                record.portal,
                record.patient_account_number,
                record.level,
                ", ".join(record.lines) or "all",
                record.amount,
                f"{record.stage}: {record.refusal}" if record.refusal else record.stage,
                record.deadline.day if record.deadline else None,
                record.confirmation,
                record.expected_by,
                record.decision or record.standing,
                record.recovered,
                record.next_look,
                record.case_id,
            )
            for record in found
        ],
        empty="There are no appeals.",
    )


def show(
    number: AppealNumber, *, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """One appeal whole: what is contested and why, who approved it, and all that happened to it. Looks are recorded.

    Example:

    \b
        portalwright appeal show 12
    """
    from ledger.appeals import events, get
    from portalwright.cli.appeal_shown import print_draft
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    with at_desk(Command.APPEAL, office, account) as desk:
        record = get(desk.practice.id, number)
        happened = events(desk.practice.id, number=number)
        record_look(desk, "appeal.view", 1, names=True, portal=record.portal, about="appeal")
    if as_json:
        typer.echo(record.model_dump_json())
        return
    print_draft(record, (), utc_now().date())
    for line in _afterwards(record, happened):
        typer.echo(line)


def settle(
    number: AppealNumber,
    *,
    how: Annotated[
        str,
        typer.Option(
            "--how",
            help="filed: the payer has it; its number is asked for. not-filed: the payer does not have it, and a new "
            "draft may be made.",
        ),
    ],
    filed_on: Annotated[
        datetime | None,
        typer.Option(
            "--filed-on", parser=day, metavar="YYYY-MM-DD", help="The payer's day; that of the press when left out."
        ),
    ] = None,
    note: AppealNote = "",
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Say what came of an appeal that was pressed and whose end nobody saw: you looked, or asked the payer.

    The payer's number is asked for, or is the next line of standard input; an empty line when there is none, and then
    --note says how you know. A word that was wrong is corrected by another, with a number or a note.

    Example:

    \b
        portalwright appeal settle 12 --how filed --note "on the payer's list"
    """
    from ledger.appeals import get
    from ledger.appeals import settle as settle_appeal
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    filed = choice(_How, how, "--how") is _How.FILED
    if not filed and filed_on is not None:
        raise typer.BadParameter("goes with --how filed", param_hint="--filed-on")
    with at_desk(Command.APPEAL, office, account) as desk:
        _tell_of_looks(get(desk.practice.id, number))
        confirmation = _payers_number() if filed else ""
        if filed and not confirmation and not note.strip():
            raise typer.BadParameter("is needed where the payer gave no number: how do you know?", param_hint="--note")
        settle_appeal(
            number,
            desk.actor,
            utc_now(),
            filed=filed,
            confirmation=confirmation,
            filed_on=filed_on.date() if filed_on else None,
            note=note,
        )
    if filed:
        typer.echo(f"Appeal {number} is filed, by your word, and is asked about until the payer decides.")
    else:
        typer.echo(f"Appeal {number} is over: the payer does not have it. A new draft needs a new approval.")
    typer.echo("If that turns out wrong, settle it again, and say how you know.")


def withdraw(
    number: AppealNumber, *, note: AppealNote = "", office: OfficeOption = None, account: AccountOption = None
) -> None:
    """Give up an appeal that was not pressed: the robot does not file it. One that was filed is the payer's.

    Example:

    \b
        portalwright appeal withdraw 12 --note "the payer paid it"
    """
    from ledger.appeals import withdraw as withdraw_appeal
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.APPEAL, office, account) as desk:
        withdraw_appeal(number, desk.actor, utc_now(), note=note)
    typer.echo(f"Appeal {number} is withdrawn; nothing was filed.")


_TOLD = {"number", "portal", "stage", "refusal", "confirmation", "filed_on", "expected_by", "next_look", "case_id"}


def _run(desk: "Desk", portal: str, items: "frozenset[int]", *, headed: bool) -> int:
    """One session of one portal. What keeps one portal from being asked does not keep the others."""
    from flows.questions import Flow
    from portalwright.cli.refusals import told
    from portalwright.progress import counts_text, shown_progress
    from portalwright.running import exit_code, run_portal

    try:
        with shown_progress() as progress:
            report = run_portal(desk, portal, Flow.APPEAL, progress, headed=headed, only=items)
    except Exception as error:  # told in a sentence, as any command's, and the other portals' turn comes
        code, sentences = told(error)
        typer.echo(sentences, err=True)
        return code
    typer.echo(f"{portal}, run {report.run_id}: {report.why}; {counts_text(report.by_ending) or 'nothing asked'}.")
    return exit_code(report)


def _is_due(record: "AppealRecord") -> bool:
    from ledger.appeals import AppealStage

    return record.stage in {AppealStage.APPROVED, AppealStage.PRESSING, AppealStage.UNCERTAIN}


def _code(record: "AppealRecord") -> int:
    """What is left to do about an appeal that was to be filed."""
    from ledger.appeals import AppealStage
    from portalwright.exit_codes import ExitCode

    match record.stage:
        case AppealStage.FILED | AppealStage.DECIDED | AppealStage.REFUSED:
            return ExitCode.FINE
        case AppealStage.APPROVED | AppealStage.PRESSING | AppealStage.UNCERTAIN if record.case_id is None:
            return ExitCode.LATER
        case _:
            return ExitCode.NEEDS_PERSON


def _now_is(record: "AppealRecord") -> str:
    from ledger.appeals import AppealStage
    from portalwright.office import utc_now
    from portalwright.words import full_minute

    waits = f"; case {record.case_id} waits for a person" if record.case_id is not None else ""
    again = f"; looked for again after {full_minute(record.next_look)} UTC" if record.next_look else ""
    match record.stage:
        case AppealStage.FILED | AppealStage.DECIDED:
            by = f", decision expected by {record.expected_by}" if record.expected_by else ""
            return f"filed, {f'number {record.confirmation}' if record.confirmation else 'no number yet'}{by}"
        case AppealStage.REFUSED:
            return f"refused by the portal ({record.refusal}); nothing was filed"
        case AppealStage.PRESSING | AppealStage.UNCERTAIN:
            return f"pressed, and nobody saw what came of it{waits or again}"
        case AppealStage.APPROVED:
            is_later = record.next_look is not None and record.next_look > utc_now()
            later = f"; not before {full_minute(record.next_look)} UTC" if record.next_look and is_later else ""
            return f"approved, not filed yet{waits or later}"
        case AppealStage.DRAFT:
            return f"a draft; `portalwright appeal approve {record.number}` comes first"
        case AppealStage.NOT_FILED | AppealStage.WITHDRAWN:
            return f"{record.stage}; nothing is filed"


def _afterwards(record: "AppealRecord", happened: "Iterable[AppealEventRecord]") -> "Iterator[str]":
    from portalwright.cli.tables import printable

    facts = (
        ("approved by", record.approved_by),
        ("refused", record.refusal),
        ("the payer's number", record.confirmation),
        ("filed on", record.filed_on),
        ("decision expected by", record.expected_by),
        ("stands", record.standing),
        ("decision", record.decision),
        ("decided on", record.decided_on),
        ("recovered", record.recovered if record.recovered is None else f"{record.recovered:,.2f}"),
        ("last day for the next level", record.next_level_due),
        ("waits for case", record.case_id),
        ("next look", record.next_look and f"{record.next_look:%Y-%m-%d %H:%M} UTC"),
    )
    yield from (f"  {name}: {printable(str(fact))}" for name, fact in facts if fact is not None)
    yield "  what happened:"
    for event in happened:
        note = f": {event.note}" if event.note else ""
        yield f"    {event.at:%Y-%m-%d %H:%M} {event.what} by {event.by}{printable(note)}"


def _tell_of_looks(record: "AppealRecord") -> None:
    """The payer's own list is better than anybody's memory: say when the robot reads it next."""
    from ledger.appeals import AppealStage
    from portalwright.words import full_minute

    if record.stage in {AppealStage.PRESSING, AppealStage.UNCERTAIN} and record.next_look is not None:
        typer.echo(
            f"The robot still looks for it itself: at the next `portalwright appeal file` after "
            f"{full_minute(record.next_look)} UTC. Your word ends that.",
            err=True,
        )


def _payers_number() -> str:
    """The number that the payer gave, never from the command's arguments; "" when there is none."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    asked: str = typer.prompt("The payer's number (empty when there is none)", default="", show_default=False, err=True)
    return asked.strip()
