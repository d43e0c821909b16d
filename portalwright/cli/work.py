"""`portalwright work`: what people have to do because of what the payers said."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption, day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.not_found import Step
    from flows.work_entry import WorkEntry
    from ledger.tasks_listed import Wanted
    from portalwright.office import Desk

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

TaskNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="The task's number, from the list.")]
QueueOption = Annotated[str | None, typer.Option("--queue", metavar="QUEUE", help="Only this queue, such as denials.")]
RoleOption = Annotated[
    str | None, typer.Option("--role", metavar="ROLE", help="Only what this role does, such as coder.")
]
DueBeforeOption = Annotated[
    datetime | None,
    typer.Option("--due-before", parser=day, metavar="YYYY-MM-DD", help="Only what is due before this day."),
]


@app.callback()
def work(
    context: typer.Context,
    *,
    queue: QueueOption = None,
    role: RoleOption = None,
    due_before: DueBeforeOption = None,
    portal: PortalOption = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """What people have to do: tasks that follow from answers and payments, and open cases, the nearest day first.

    Each has a queue, a role, a day and the dollars in it. Tasks come and go by themselves with what the payers say;
    the rules stand in docs/work.md, and your own in routing.toml of the office. Every look is recorded.

    Example:

    \b
        portalwright work
        portalwright work --queue denials --due-before 2026-12-01
        portalwright work show 12
    """
    if context.invoked_subcommand is not None:
        return
    from ledger.tasks_listed import list_open
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    with at_desk(Command.WORK, office, account) as desk:
        wanted = _wanted(desk, queue, role, due_before, portal)
        listed = list(list_open(desk.practice.id, utc_now().date(), wanted))
        record_look(desk, "work.view", len(listed), names=False, portal=portal, about="work")
    if as_json:
        for one in listed:
            typer.echo(one.model_dump_json())
        return
    print_table(
        ("what", "kind", "queue", "role", "due", "until", "money", "portal", "number", "codes", "lines", "owner"),
        [
            (
                f"{one.what} {one.id}",
                one.kind,
                one.queue,
                one.role,
                one.due,
                one.limit,
                one.money,
                one.portal,
                one.number,
                " ".join(one.codes),
                " ".join(map(str, one.lines)),
                one.owner,
            )
            for one in listed
        ],
        empty="There is nothing to do.",
    )


@app.command("show")
def show(
    number: TaskNumber, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """One task whole: why it is there, what its codes mean, and what only a person may decide. Cases: `cases show`.

    Example:

    \b
        portalwright work show 12
    """
    from ledger.tasks_ladder import ladder_of
    from ledger.tasks_listed import get
    from portalwright.cli.opening import at_desk
    from portalwright.code_words import code_words
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    with at_desk(Command.WORK, office, account) as desk:
        today = utc_now().date()
        task = get(desk.practice.id, number, today)
        codes = code_words(desk.practice.id, task.codes)
        steps = ladder_of(desk.practice.id, number, today)
        record_look(desk, "work.view", 1, names=False, portal=task.portal, about="work")
    if as_json:
        typer.echo(task.model_dump_json())
        return
    for line in _lines(task, codes, steps):
        typer.echo(line)


@app.command("close")
def close(
    number: TaskNumber,
    how: Annotated[
        str, typer.Option("--how", help="done: it was done. not-needed: nothing has to be done, or no more.")
    ],
    note: Annotated[str, typer.Option("--note", help="What you did; kept with the task.")] = "",
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """End a task. It comes back only when the payer says something new about it.

    Example:

    \b
        portalwright work close 12 --how done --note "records sent"
    """
    from flows.tasks import TaskOutcome
    from ledger.tasks import close as close_task
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    outcome = choice(TaskOutcome, how, "--how")
    with at_desk(Command.WORK, office, account) as desk:
        close_task(number, desk.actor, outcome, utc_now(), note=note)
    typer.echo(f"Task {number} is closed: {outcome}.")


@app.command("assign")
def assign(
    number: TaskNumber,
    owner: Annotated[
        str | None, typer.Option("--to", metavar="NAME", help="The person's account; nobody when left out.")
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Give a task to a person of the office, or back to everybody.

    Example:

    \b
        portalwright work assign 12 --to dana
    """
    from ledger.tasks import assign as assign_task
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.WORK, office, account) as desk:
        assign_task(number, owner, desk.actor, utc_now())
    typer.echo(f"Task {number} is {owner}'s." if owner else f"Task {number} is nobody's own.")


@app.command("queues")
def queues(as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None) -> None:
    """How much waits in each queue: how many tasks and cases, how many past their day, how many dollars.

    Example:

    \b
        portalwright work queues
    """
    from ledger.tasks_listed import summary
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.WORK, office, account) as desk:
        counted = summary(desk.practice.id, utc_now().date())
    if as_json:
        for one in counted:
            typer.echo(one.model_dump_json())
        return
    print_table(
        ("queue", "tasks and cases", "past their day", "money"),
        [(one.queue, one.entries, one.overdue, one.money) for one in counted],
        empty="There is nothing to do.",
    )


@app.command("refresh")
def refresh(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Work out all tasks anew from what the ledger holds: after a change of the rules, or an import of prices.

    Tasks that you have closed stay closed while nothing about them is new. Doing it twice changes nothing.

    Example:

    \b
        portalwright work refresh
    """
    from ledger.tasks import refresh as refresh_tasks
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command, Event
    from portalwright.office import utc_now
    from portalwright.work_rules import bring_rules, packs_in_use

    with at_desk(Command.WORK, office, account) as desk:
        bring_rules(desk, packs_in_use(desk))
        done = refresh_tasks(desk.actor, utc_now())
        desk.log.log(Event.WORK_REFRESHED, created=done.opened, changed=done.changed, count=done.open)
    typer.echo(
        f"{done.opened} tasks opened, {done.changed} changed, {done.settled} settled by themselves; "
        f"{done.open} are open."
    )


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; an older one is replaced.")],
    *,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="KIND", help="csv, xlsx or json; the file's ending when left out."),
    ] = None,
    queue: QueueOption = None,
    role: RoleOption = None,
    due_before: DueBeforeOption = None,
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write the list into a file: CSV, XLSX or JSON (columns: docs/work.md). It holds your claim numbers, no names.

    The export is recorded: who, how many rows, which kind of file. It is written whole or not at all.

    Example:

    \b
        portalwright work export denials.xlsx --queue denials
    """
    import io

    from documents.work_out import write_work
    from documents.written_whole import write_whole
    from ledger.tasks_listed import list_open
    from portalwright.cli.export import format_of
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_export

    file_format = format_of(file, form)
    with at_desk(Command.WORK, office, account) as desk:
        out = io.BytesIO()
        wanted = _wanted(desk, queue, role, due_before, portal)
        listed = list_open(desk.practice.id, utc_now().date(), wanted)
        count = write_work(listed, out, file_format)
        record_export(desk, file_format, f"{count} rows", names=False, portal=portal, about="work")
        write_whole(file, out.getvalue())
    typer.echo(f"{count} rows written.")


def _wanted(
    desk: "Desk", queue: str | None, role: str | None, due_before: datetime | None, portal: str | None
) -> "Wanted":
    """Raises a usage error for a queue, role or portal that there is not: an empty list would say that all is done."""
    from ledger.portals_in_use import portals_in_use
    from ledger.tasks_listed import Wanted, queues_and_roles
    from ledger.work_rules import in_force

    rules, held = in_force(desk.practice.id).routing, queues_and_roles(desk.practice.id)
    queues, roles = rules.queues | {name for name, _ in held}, rules.roles | {name for _, name in held}
    portals = set[str]() if portal is None else portals_in_use(desk.practice.id) | {*desk.office.portals()}
    for name, value, there in (("queue", queue, queues), ("role", role, roles), ("portal", portal, portals)):
        if value is not None and value not in there:
            raise typer.BadParameter(
                f"there is no {name} {value!r}; there are: {', '.join(sorted(there))}", param_hint=f"--{name}"
            )
    return Wanted(queue=queue, role=role, due_before=due_before.date() if due_before else None, portal=portal)


def _lines(task: "WorkEntry", codes: "tuple[tuple[str, str, str], ...]", steps: "tuple[Step, ...]") -> "Iterator[str]":
    from portalwright.cli.tables import printable

    yield f"Task {task.id}: {task.kind}, {task.state}"
    frequency = None
    if task.frequency is not None:
        frequency = task.frequency + (
            f", with the payer's claim number {task.replaces} in REF*F8" if task.replaces else ""
        )
    facts = (
        ("why", task.why),
        ("only you decide", task.decision),
        ("queue", f"{task.queue} ({task.role})"),
        ("owner", task.owner),
        ("due", str(task.due)),
        ("helps until", task.limit and str(task.limit)),
        ("money", f"{task.money:,.2f}"),
        ("portal", task.portal),
        ("number", task.number),
        ("lines", ", ".join(map(str, task.lines))),
        ("claim frequency", frequency),
        ("opened", f"{task.opened_at:%Y-%m-%d %H:%M} UTC"),
        (
            "closed",
            task.closed_at
            and f"{task.closed_at:%Y-%m-%d %H:%M} UTC by {task.closed_by or 'what is known now'}: {task.outcome}",
        ),
        ("note", task.note),
    )
    for name, fact in facts:
        if fact:
            yield f"  {name}: {printable(fact)}"
    if codes:
        yield "  the codes:"
    for code, words, licensed in codes:
        yield f"    {printable(code)}: {words or 'no words of ours'}" + (
            f" [{printable(licensed)}]" if licensed else ""
        )
    if steps:
        yield "  where the search for it stands:"
    for step in steps:
        yield f"    {step.number}. {step.what} {step.stand}: {step.known}"
