"""`portalwright statement`: what a patient owes, and why, as text, PDF or JSON."""

from pathlib import Path
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption
from portalwright.exit_codes import ExitCode


def statement(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The claim's patient account number, in full.")],
    *,
    patient: Annotated[bool, typer.Option("--patient", help="All claims of this claim's patient.")] = False,
    portal: PortalOption = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write a PDF; an older file is replaced.")
    ] = None,
    agree: Annotated[
        bool,
        typer.Option(
            "--agree", help="You agree to bill what needs a person's word, such as a denial left to the patient."
        ),
    ] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """What a patient owes for a claim, and why: billed, allowed, insurer paid, adjusted, owed, paid, left to pay.

    From the payment that decided about the claim, else from what the payer's portal shows. No statement is made while
    an appeal, a case or another insurer is open, and none that does not add up to the cent. A PDF is patients' data in
    the clear, by your own wish. Every statement is recorded.

    Example:

    \b
        portalwright statement ACCT-1001
        portalwright statement ACCT-1001 --patient --pdf statement.pdf
    """
    from functools import partial

    from documents.statement_pdf import statement_pdf
    from documents.statement_text import statement_text
    from documents.statement_words import balance
    from documents.written_whole import write_whole
    from flows.codes import CodeSet, words
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.statements import state

    carc_words = partial(words, CodeSet.CARC)
    with at_desk(Command.STATEMENT, office, account) as desk:
        stated = state(desk, number, portal=portal, whole_patient=patient, agreed=agree)
        made = stated.statement
        if made is not None and pdf is not None:
            write_whole(pdf, statement_pdf(made, carc_words))
    if as_json:
        typer.echo(made.model_dump_json(indent=2) if made is not None else "null")
    elif made is not None and pdf is None:
        typer.echo(statement_text(made, carc_words), nl=False)
    elif made is not None:
        count = len(made.claims)
        typer.echo(f"{count} {'claim' if count == 1 else 'claims'}, {balance(made.due)}; written.")
    for claim in stated.held:
        typer.echo(f"Claim {claim.number} is held: {' '.join(claim.why)}", err=True)
    if stated.held:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
