"""`portalwright appeal`: contest a denial: draft it, look at it, change it, approve it, and have it filed once."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.choices import choice
from portalwright.cli.options import AccountOption, OfficeOption, PortalOption, day

if TYPE_CHECKING:
    from portalwright.drafting import Drafted, Paper, Wanted
    from portalwright.office import Desk

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Contest a denied claim: draft it, look at it, change it, approve it, and have it filed once.\n\n"
    "Example:\n\n\b\n    portalwright appeal draft ACCT-1001 --attach records.pdf:medical-records\n"
    "    portalwright appeal approve 12 --account dana\n    portalwright appeal file",
)

AppealNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="The appeal's number, from the list.")]
LevelOption = Annotated[
    str | None, typer.Option("--level", metavar="LEVEL", help="reopening, first (when left out), second, external.")
]
LinesOption = Annotated[
    str | None,
    typer.Option("--lines", metavar="1,3", help="The lines to contest; those that were denied when left out."),
]
ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="REASON",
        help="medical-necessity, authorization, timely-filing, coding, underpayment, eligibility, other; by the reason "
        "of the denial when left out.",
    ),
]
AttachOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attach",
        metavar="FILE:KIND",
        help="A document that goes with it, and what it is: medical-records, authorization, proof-of-timely-filing, "
        "remittance, letter, other. May be given several times.",
    ),
]
ArgumentOption = Annotated[
    Path | None,
    typer.Option("--argument", metavar="FILE", help="The argument, as a text file, in the place of the template's."),
]
NoticeOption = Annotated[
    datetime | None,
    typer.Option(
        "--notice",
        parser=day,
        metavar="YYYY-MM-DD",
        help="The day on the payer's notice, which the deadline counts from.",
    ),
]
AnywayOption = Annotated[
    str,
    typer.Option("--anyway", metavar="REASON", help="Why it is appealed although something else should come first."),
]


@app.command("draft")
def draft(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="The patient account number, in full.")],
    *,
    portal: PortalOption = None,
    lines: LinesOption = None,
    level: LevelOption = None,
    reason: ReasonOption = None,
    attach: AttachOption = None,
    argument: ArgumentOption = None,
    notice: NoticeOption = None,
    anyway: AnywayOption = "",
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Draft an appeal of a denied claim from its newest answer: lines, amount, reason, last day, argument, documents.

    Nothing is filed. Where there is nothing to appeal, or something else comes first, it is said and no draft is made.

    Example:

    \b
        portalwright appeal draft ACCT-1001
        portalwright appeal draft ACCT-1001 --lines 2 --attach notes.pdf:medical-records --argument letter.txt
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    wanted = _wanted(
        lines=lines, level=level, reason=reason, attach=attach, argument=argument, notice=notice, anyway=anyway
    )
    with at_desk(Command.APPEAL, office, account) as desk:
        from portalwright import drafting
        from portalwright.office import utc_now

        made = drafting.draft(desk, claim, portal, wanted, utc_now())
        _show(desk, made)


@app.command("change")
def change(
    number: AppealNumber,
    *,
    lines: LinesOption = None,
    level: LevelOption = None,
    reason: ReasonOption = None,
    attach: AttachOption = None,
    detach: Annotated[
        list[str] | None,
        typer.Option("--detach", metavar="NAME", help="A document that no longer goes with it, by its name there."),
    ] = None,
    argument: ArgumentOption = None,
    notice: NoticeOption = None,
    anyway: AnywayOption = "",
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Change a draft. An approved appeal becomes a draft again; one that was pressed cannot be changed.

    Other lines or another level are judged anew. The argument is filled again, from the template or from your own text;
    where yours does not follow by its placeholders, it waits for you to read it again.

    Example:

    \b
        portalwright appeal change 12 --argument letter.txt
        portalwright appeal change 12 --detach records-1.pdf --attach notes.pdf:medical-records
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    wanted = _wanted(
        lines=lines,
        level=level,
        reason=reason,
        attach=attach,
        argument=argument,
        notice=notice,
        anyway=anyway,
        detach=detach,
    )
    with at_desk(Command.APPEAL, office, account) as desk:
        from portalwright import drafting
        from portalwright.office import utc_now

        changed = drafting.change(desk, number, wanted, utc_now())
        _show(desk, changed)


@app.command("preview")
def preview(number: AppealNumber, *, office: OfficeOption = None, account: AccountOption = None) -> None:
    """What the robot would type, tick, upload and press to file this appeal, form by form. Nothing is opened.

    Example:

    \b
        portalwright appeal preview 12
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.APPEAL, office, account) as desk:
        from ledger.appeals import get
        from portalwright.appeal_preview import preview as stages_of
        from portalwright.cli.appeal_shown import print_stages
        from portalwright.viewing import record_look

        record = get(desk.actor.practice_id, number)
        stages = stages_of(record.question, desk.office.pack(record.portal))
        record_look(desk, "appeal.preview", 1, names=True, portal=record.portal, about="appeal")
        if not stages:
            typer.echo(f"The pack of {record.portal} does not say how appeals are filed there; file it by hand.")
        print_stages(stages)


@app.command("approve")
def approve(
    number: AppealNumber,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it was looked at before.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Approve an appeal as it stands, in a person's name. The robot files exactly this, once; a change ends it.

    It is shown whole first, and then asked about; where nobody is at a terminal to answer, nothing is approved without
    --yes. One that lacks something is refused, with the list of what it lacks.

    Example:

    \b
        portalwright appeal approve 12 --account dana
        portalwright appeal approve 12 --account dana --yes
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.APPEAL, office, account, known_account=True) as desk:
        from flows.drafting import DraftRefused
        from ledger.appeals import AppealStage, get
        from ledger.appeals import approve as approve_appeal
        from ledger.errors import AppealFixed
        from portalwright.cli.appeal_shown import print_draft
        from portalwright.drafting import missing
        from portalwright.office import utc_now
        from portalwright.viewing import record_look

        record = get(desk.actor.practice_id, number)
        if record.stage is not AppealStage.DRAFT:
            raise AppealFixed(number, record.stage)
        pack, now = desk.office.pack(record.portal), utc_now()
        lacks = missing(record, pack, now.date())
        record_look(desk, "appeal.view", 1, names=True, portal=record.portal, about="appeal")
        print_draft(record, lacks, now.date())
        if lacks:
            raise DraftRefused(
                f"Appeal {number} was not approved; {len(lacks)} {'thing is' if len(lacks) == 1 else 'things are'} "
                f"missing, as listed. `portalwright appeal change {number}` adds them."
            )
        if not yes:
            if not _a_person_is_there():
                raise DraftRefused(
                    f"Appeal {number} was not approved: there is no terminal at which anybody could be asked. Say "
                    "--yes when you have looked at it as it is shown."
                )
            typer.confirm("File exactly this?", abort=True)
        approve_appeal(number, desk.actor, utc_now(), rules=pack.appeals, seen=record.digest)
        credential = desk.usual_credential(record.portal)
        typer.echo(
            f"Appeal {number} is approved by {desk.actor.name}. The robot, signed in at {record.portal} with the "
            f"credential {credential}, presses the filing button once, at the next `portalwright appeal file`; a "
            "change before that ends the approval."
        )
        _tell_permission(desk, record.portal)


_TOLD_BY = {"claim-status": "the claim's page at the portal", "remittance": "the remittance"}


def _tell_permission(desk: "Desk", portal: str) -> None:
    from flows.questions import Flow
    from ledger.errors import NotPermitted
    from ledger.permissions import check
    from portalwright.office import utc_now

    try:
        check(portal, Flow.APPEAL, desk.actor.practice_id, utc_now(), attended=True)
    except NotPermitted as refused:
        typer.echo(f"But it stays where it is for now: {refused}")


def _a_person_is_there() -> bool:
    import sys

    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(desk: "Desk", drafted: "Drafted") -> None:
    from portalwright.cli.appeal_shown import print_draft, print_findings, print_others
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    record_look(desk, "appeal.view", 1, names=True, portal=drafted.record.portal, about="appeal")
    print_draft(drafted.record, drafted.missing, utc_now().date())
    typer.echo(f"  decision as told by: {_TOLD_BY[drafted.told_by]}")
    if drafted.template is not None:
        typer.echo(f"  argument made from: {drafted.template}")
    if drafted.deadline is not None:
        print_others(drafted.deadline)
    print_findings(drafted.findings)


def _wanted(
    *,
    lines: str | None,
    level: str | None,
    reason: str | None,
    attach: list[str] | None,
    argument: Path | None,
    notice: datetime | None,
    anyway: str,
    detach: list[str] | None = None,
) -> "Wanted":
    from flows.questions import AppealLevel, AppealReason
    from portalwright.drafting import Wanted

    chosen_level: AppealLevel | None = None if level is None else choice(AppealLevel, level, "--level")
    chosen_reason: AppealReason | None = None if reason is None else choice(AppealReason, reason, "--reason")
    notice_day: date | None = None if notice is None else notice.date()
    if notice_day is not None and notice_day > date.today():  # noqa: DTZ011 - the calendar on the person's desk
        raise typer.BadParameter("is in the future", param_hint="--notice")
    return Wanted(
        level=chosen_level,
        lines=None if lines is None else _line_numbers(lines),
        reason=chosen_reason,
        argument=argument,
        notice=notice_day,
        attach=tuple(map(_paper, attach or ())),
        detach=tuple(detach or ()),
        anyway=anyway,
    )


def _line_numbers(text: str) -> tuple[str, ...]:
    numbers = tuple(one.strip() for one in text.split(","))
    if not all(one.isascii() and one.isdecimal() for one in numbers):
        raise typer.BadParameter("must be line numbers with commas between them, such as 1,3", param_hint="--lines")
    return tuple(dict.fromkeys(str(int(one)) for one in numbers))


def _paper(text: str) -> "Paper":
    from flows.questions import AttachmentKind
    from portalwright.drafting import Paper

    path, colon, kind = text.rpartition(":")
    if not colon or not path:
        raise typer.BadParameter("must be FILE:KIND, such as records.pdf:medical-records", param_hint="--attach")
    return Paper(Path(path), choice(AttachmentKind, kind, "--attach"))
