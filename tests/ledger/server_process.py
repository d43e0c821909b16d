"""A process that opens a ledger on a PostgreSQL server, for tests that must not open it in their own.

python -m tests.ledger.server_process open ADDRESS [PASSWORD]        says what came of it, in a line
python -m tests.ledger.server_process stay ADDRESS                   works a step for each line it reads
python -m tests.ledger.server_process error ADDRESS                  fails with a patient's name in the statement
python -m tests.ledger.server_process move FILE ADDRESS OFFICE_TOML  moves a ledger, and names the address in a file
"""

import sys
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection

from ledger import accounts, audit, models
from ledger.errors import LedgerError
from ledger.move import move_to_server
from ledger.postgresql import base
from ledger.postgresql.address import read_address
from ledger.start import open_ledger, open_on_server
from tests.django_settings import database_key, no_password
from tests.ledger.office import NOW


def say(text: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def actor() -> accounts.Actor:
    """Somebody to act."""
    practice = accounts.ensure_practice("Canary Practice", "123456789")
    return accounts.ensure_account("dana", is_robot=False, practice=practice, now=NOW)


def stay() -> None:
    """Add to the audit log for each line that comes."""
    dana = actor()
    say("ready")
    for _ in sys.stdin:
        try:
            say(f"added {audit.append(dana, 'test.act', 'thing', 1, NOW)}")
        except LedgerError as error:
            say(f"{type(error).__name__} {error}")


def fail() -> None:
    """Fail in the middle of a statement that holds a patient's name."""
    dana = actor()
    patient = models.Patient(
        practice_id=dana.practice_id,
        reference="x",
        member_id="Quillfeather" * 20,
        last_name="Quillfeather",
        first_name="Ottoline",
        birth_date=NOW.date(),
    )
    try:
        patient.save()
    except DatabaseError:
        say("failed")


def settings() -> None:
    """Say what the session is set to."""
    for name in ("synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            say(f"{name}={cursor.fetchone()[0]}")


def main() -> None:
    """Do as told."""
    what, *rest = sys.argv[1:]
    try:
        if what == "move":
            file, address, office = rest
            open_ledger(Path(file), database_key)
            say("moving")
            moved = move_to_server(
                read_address(address), no_password, actor(), NOW,
                settle=lambda: name_in(Path(office), address),
                told=lambda table, rows: say(f"{rows} {table}"),
            )  # fmt: skip
            say(f"moved {sum(moved.rows.values())} {moved.audit_entries} {moved.kept_as.name}")
            return
        if what == "skewed":
            base.CLOCK_TOLERANCE = timedelta(seconds=-60)  # as if the server's clock were a minute away
        open_on_server(read_address(rest[0]), lambda: rest[1] if len(rest) > 1 else None)
        {"stay": stay, "error": fail, "settings": settings}.get(what, lambda: say("opened"))()
    except LedgerError as error:
        say(f"{type(error).__name__} {error}")


def name_in(office: Path, address: str) -> None:
    """Stands for office.toml."""
    temporary = office.with_suffix(".new")
    temporary.write_text(address)
    temporary.replace(office)


if __name__ == "__main__":
    main()
