"""The command line, `portalwright`. Each group of commands has a module of its own."""

import sys
from collections.abc import Sequence

import typer
from typer.main import get_command

from portalwright.cli import (
    account,
    answers,
    appeal,
    appeal_file,
    appointment,
    audit,
    backup,
    browser,
    cases,
    claim,
    claims,
    code,
    console,
    demo,
    due,
    export,
    hold,
    import_documents,
    import_fees,
    init,
    ledger,
    logs,
    notify,
    options,
    patient,
    permit,
    plan,
    posting,
    practice,
    purge,
    remit,
    remit_show,
    remits,
    report,
    restore,
    run,
    sandbox,
    schedule,
    selectors,
    statement,
    status,
    terms,
    vault,
    vault_keys,
    vault_moving,
    vault_pending,
    work,
    worker,
)
from portalwright.exit_codes import ExitCode, table

app = typer.Typer(
    name="portalwright",
    help="A robot for payer portals that stops and asks instead of guessing, and a desk where people finish what it "
    "could not.\n\nExample:\n\n\b\n    portalwright init my-office\n    portalwright status --office my-office",
    epilog=f"Exit codes:\n\n\b\n{table()}",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.callback()(options.everywhere)
app.command("init")(init.init)
app.add_typer(practice.app, name="practice")
app.add_typer(account.app, name="account")
app.command("browser")(browser.browser)
app.add_typer(vault.app, name="vault")
vault.app.command("pending")(vault_pending.pending)
vault.app.command("rotate-secret")(vault_moving.rotate_secret)
vault.app.command("rotate-key")(vault_keys.rotate_key)
vault.app.command("export")(vault_moving.export_sign_ins)
vault.app.command("import")(vault_moving.import_sign_ins)
vault.app.add_typer(vault_keys.holders, name="holders")
app.command("permit")(permit.permit)
app.add_typer(claims.app, name="import")
claims.app.command("remits")(import_documents.import_remits)
claims.app.command("acknowledgements")(import_documents.import_acknowledgements)
claims.app.command("deposits")(import_documents.import_deposits)
claims.app.command("fees")(import_fees.import_fees)
claims.app.command("code-texts")(import_fees.import_code_texts)
app.command("run")(run.run)
app.command("worker")(worker.worker)
app.add_typer(schedule.app, name="schedule")
app.add_typer(console.app, name="console")
app.command("code")(code.code)
app.command("terms")(terms.terms)
app.command("status")(status.status)
app.command("logs")(logs.logs)
app.add_typer(notify.app, name="notify")
app.command("answers")(answers.answers)
app.command("export")(export.export)
app.command("claim")(claim.claim)
app.command("appointment")(appointment.appointment)
app.add_typer(appeal.app, name="appeal")
appeal.app.command("file")(appeal_file.file)
appeal.app.command("list")(appeal_file.list_appeals)
appeal.app.command("show")(appeal_file.show)
appeal.app.command("settle")(appeal_file.settle)
appeal.app.command("withdraw")(appeal_file.withdraw)
app.add_typer(remits.app, name="remits")
app.add_typer(remit.app, name="remit")
remit.app.command("show")(remit_show.show)
remit.app.command("document")(remit_show.document)
app.add_typer(posting.app, name="posting")
app.command("statement")(statement.statement)
app.add_typer(patient.app, name="patient")
app.add_typer(plan.app, name="plan")
app.command("report")(report.report)
app.add_typer(cases.app, name="cases")
app.add_typer(work.app, name="work")
app.add_typer(due.app, name="due")
app.add_typer(selectors.app, name="selectors")
app.add_typer(audit.app, name="audit")
app.add_typer(hold.app, name="hold")
app.command("purge")(purge.purge)
app.add_typer(ledger.app, name="ledger")
app.add_typer(backup.app, name="backup")
app.add_typer(restore.app, name="restore")
app.command("demo")(demo.demo)
app.add_typer(sandbox.app, name="sandbox")


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code. A refusal goes to standard error in a sentence or two."""
    try:
        get_command(app).main(args=list(arguments), prog_name="portalwright")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.FINE
    except Exception as error:
        from portalwright.cli.refusals import told

        code, sentences = told(error)
        sys.stderr.write(f"portalwright: {sentences}\n")
        return code
    return ExitCode.FINE


def main() -> None:
    """The console script."""
    from portalwright.logs import no_traces_on_the_terminal
    from portalwright.no_dumps import no_core_dump

    no_core_dump()
    no_traces_on_the_terminal()
    sys.exit(run_command(sys.argv[1:]))
