"""Every command of the command line with canaries in it: a table, so that a new command is not passed over.

What a view shows is the office's own and is not searched; all other output is, and what lies on the disk afterwards.
What a person typed as an argument may be said again.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from typer.main import get_command

from portalwright.cli import app
from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.canary import values
from tests.canary.search import Search
from tests.canary.tally import Place, Tally
from tests.documents.remittance_files import claim, line, remittance, written
from tests.portalwright.conftest import Forks
from tests.whole.office import Commands


@dataclass(frozen=True)
class Use:
    """One use of a command. `{names}` in its words stand for what the office has; `view`: it shows patients."""

    command: str
    words: tuple[str, ...] = ()
    stdin: str = ""
    view: bool = False


def _use(command: str, *words: str, stdin: str = "", view: bool = False) -> Use:
    return Use(command, words, stdin, view)


_PASSWORD = f"{values.DESK_PASSWORD}\n"

USES: tuple[Use, ...] = (
    _use("practice list"),
    _use("account allow", "rae"),
    _use("account forbid", "rae"),
    _use("account list"),
    _use("permit", "{portal}", "--status", "simulator-only", "--basis", "own test system", "--document", "our own"),
    _use("permit"),
    _use("vault add", "{portal}", "--owner", values.OWNER, "--from-stdin", stdin="{user}\n{password}\n{seed}\n"),
    _use("vault answer", "{portal}", "--from-stdin", stdin=f"{values.SECURITY_QUESTION}\n{values.SECURITY_ANSWER}\n"),
    _use("vault list", view=True),
    _use("vault check"),
    _use("vault init", "--from-stdin", stdin=f"{values.PASSPHRASE}\n"),
    _use("vault pending", "{portal}"),
    _use("vault rotate-secret", "{portal}", "--from-stdin", stdin=f"{values.NEW_PASSWORD}\n"),
    _use("vault holders add", "deputy", "--key", "passphrase", "--from-stdin", stdin=f"{values.PASSPHRASE}\n"),
    _use("vault holders list"),
    _use("vault rotate-key", "--from-stdin", stdin=f"{values.PASSPHRASE}\n"),
    _use("vault export", "{out}/sign-ins.sealed", "--from-stdin", stdin=f"{values.PASSPHRASE}\n"),
    _use("vault import", "{out}/sign-ins.sealed", "--replace", "--from-stdin", stdin=f"{values.PASSPHRASE}\n"),
    _use("vault holders remove", "deputy"),
    _use("vault release", "{portal}", "--reason", values.CLEARED_WHY),
    _use("import claims", "{files}/claims.csv", "--rejected", "{out}/rejected.csv"),
    _use("import appointments", "{files}/visits.csv"),
    _use("import remits", "{files}/remits"),
    _use("import acknowledgements", "{files}/remits"),
    _use("import deposits", "{files}/deposits.csv"),
    _use("import fees", "{files}/fees.csv", "--portal", "{portal}"),
    _use("import code-texts", "{files}/texts.csv"),
    _use("status"),
    _use("status", "--json"),
    _use("status", "--check"),
    _use("logs", "--lines", "100000"),
    _use("logs", "--json"),
    _use("code", "{portal}", "--from-stdin", stdin="428190\n"),
    _use("terms", "{portal}"),
    _use("answers", "--names", "--json", view=True),
    _use("answers", "--out", "{out}/answers.csv", "--names"),
    _use("export", "{out}/claims.xlsx", "--names"),
    _use("claim", "{claim}", "--names", view=True),
    _use("claim", "nobody-has-this"),
    _use("appointment", "{visit}", "--names", view=True),
    _use("statement", "{claim}", view=True),
    _use("report", "all", view=True),
    _use("schedule list"),
    _use("schedule next"),
    _use("schedule pause", "--portal", "{portal}"),
    _use("schedule resume", "--portal", "{portal}"),
    _use("console adduser", "kim", "--role", "biller", "--from-stdin", stdin=_PASSWORD),
    _use("console password", "kim", "--from-stdin", stdin=f"{values.DESK_NEW_PASSWORD}\n"),
    _use("console role", "kim", "--give", "poster"),
    _use("console unlock", "kim"),
    _use("console reset-app", "kim"),
    _use("console list"),
    _use("notify add", "manager", "--from-stdin", stdin="{address}\n"),
    _use("notify list"),
    _use("notify test"),
    _use("notify send"),
    _use("notify remove", "manager"),
    _use("appeal draft", "{denied}", "--argument", "{files}/argument.txt", "--anyway", values.NOTE, view=True),
    _use("appeal list", view=True),
    _use("appeal show", "{appeal}", view=True),
    _use("appeal change", "{appeal}", "--argument", "{files}/argument.txt", view=True),
    _use("appeal preview", "{appeal}", view=True),
    _use("appeal approve", "{appeal}", "--yes", view=True),
    _use("appeal settle", "{appeal}", "--how", "filed", "--note", values.NOTE, stdin=f"{values.FILED_NUMBER}\n"),
    _use("appeal withdraw", "{appeal}", "--note", values.NOTE),
    _use("remits", view=True),
    _use("remits ask", "{portal}", "--from", "{today}", "--to", "{today}"),
    _use("remit inspect", "{files}/remits/one.835", view=True),
    _use("remit show", "{remit}", "--names", view=True),
    _use("remit document", "{remit}", "{out}/one.835"),
    _use("posting export", "--out", "{out}/posting.csv"),
    _use("patient paid", "{claim}", "1.00", "--on", "{today}"),
    _use("patient payments", "{claim}", view=True),
    _use("patient take-back", "1"),
    _use("plan make", "{claim}", "--instalments", "3", "--first", "2027-01-15", view=True),
    _use("plan list", view=True),
    _use("plan show", "1", view=True),
    _use("plan end", "1"),
    _use("cases", view=True),
    _use("cases list", view=True),
    _use("cases show", "{case}", view=True),
    _use("cases close", "{case}", "--how", "done-by-hand", "--note", values.NOTE),
    _use("work refresh"),
    _use("work", view=True),
    _use("work queues"),
    _use("work show", "{task}", view=True),
    _use("work assign", "{task}", "--to", "dana"),
    _use("work export", "{out}/work.csv"),
    _use("work close", "{task}", "--how", "done", "--note", values.NOTE),
    _use("due hold", "{claim}", "--why", "legal", "--note", values.NOTE),
    _use("due", view=True),
    _use("due release", "{claim}"),
    _use("selectors list"),
    _use("selectors check", "{portal}"),
    _use("selectors show", "{portal}"),
    _use("selectors schema"),
    _use("hold add", "claim", "{claim}", "--reason", values.HOLD_REASON),
    _use("hold list", view=True),
    _use("hold release", "1", "--reason", values.HOLD_RELEASE),
    _use("purge", "--dry-run"),
    _use("purge", "--yes"),
    _use("audit verify"),
    _use("audit export", "{out}/audit.jsonl"),
    _use("audit verify", "--file", "{out}/audit.jsonl"),
    _use("ledger password", "--from-stdin", stdin=f"{values.DATABASE_PASSWORD}\n"),
    _use("backup make", "{backups}/one.backup"),
    _use("backup verify", "{backups}/one.backup"),
    _use("restore from", "{backups}/one.backup", "--into", "{backups}/restored", "--key-file", "{key}"),
    _use("restore confirm", "--yes"),
    _use("sandbox files", "{portal}", "{out}/practice", "--seed", "3"),
    _use("sandbox quirks"),
    _use("vault remove", "{portal}"),
    # Last: from then on each command wants to be told which practice is meant.
    _use("practice add", "--name", "Kestrel Clinic", "--tin", "987654321", "--npi", "1999999984"),
)  # fmt: skip
"""In this order, in one office."""

_MOST_REFUSED = 0.3
"""Of the uses, no more may be refused: a refusal shows little of what a command holds."""

ELSEWHERE: Mapping[str, str] = {
    "init": "makes the office of every run here",
    "browser": "knows no office",
    "run": "tests.canary.night",
    "appeal file": "tests.canary.night",
    "worker": "tests.canary.fleet",
    **dict.fromkeys(
        ("ledger move", "ledger share", "ledger publish", "ledger fetch", "ledger join"), "tests.canary.fleet"
    ),
    "console": "tests.canary.desk, and tests.whole.test_canary_desk for what is typed there",
    "selectors probe": "tests.whole.test_probe: it signs in and asks nothing",
    "sandbox serve": "the practice portals themselves, the other side of the wire",
    "demo": "the same jobs in an office that it throws away",
}
"""Commands that are used in another part, and where."""


def commands(group: Any = None, path: str = "") -> Iterator[str]:
    """Every command that there is, without the program's name."""
    group = get_command(app) if group is None else group
    for name, one in group.commands.items():
        called = f"{path} {name}".strip()
        if getattr(one, "commands", None):
            yield from commands(one, called)
            if one.invoke_without_command:
                yield called
        else:
            yield called


def numbers_of(portal: PracticePortal, root: Path) -> dict[str, str]:
    """What only the payer and the office's folder know: rows to import, numbers, what to sign in with."""
    denied = next(iter(portal.appealable()), None)
    asked = next(csv.DictReader(io.StringIO(portal.worklist_csv())))
    visit = next(csv.DictReader(io.StringIO(portal.appointments_csv())))
    return {
        "claims_csv": values.claim_rows(portal),
        "visits_csv": values.visit_rows(portal),
        "claim": asked["patient_account_number"],
        "denied": denied["patient_account_number"] if denied else asked["patient_account_number"],
        "visit": visit["appointment_number"],
        "npi": portal.truth()["practice"]["providers"][0]["npi"],
        "user": portal.user_name,
        "password": portal.password,
        "seed": portal.totp_seed,
        "key": str(next(root.rglob("*.key"))),
        "today": str(datetime.now(UTC).date()),
        "address": f"jsons://{values.ADDRESS_PERSON.replace('@', '%40')}:{values.ADDRESS_PASSWORD}@127.0.0.1:9/x",
    }


def walk(office: Commands, numbers: Mapping[str, str], search: Search, tally: Tally, root: Path) -> None:
    """Use every command of the table in this office; search what it prints, and in the end what lies there.

    `numbers` are the `{names}` that only the caller knows.
    """
    files, out, backups = (root / name for name in ("files", "out", "backups"))
    for folder in (files, out, backups):
        folder.mkdir()
    _write(files, numbers)
    known = {"portal": office.portal, "files": str(files), "out": str(out), "backups": str(backups), **numbers}
    forks, refused = Forks(), []
    try:
        for use in USES:
            meant = known | _there(office, forks, use)
            words = [word.format_map(meant) for word in use.words]
            stdin = use.stdin.format_map(known)
            ended = forks.run([*use.command.split(), *words], stdin, office.home, office.environment())
            tally.output(search, ended.err if use.view else ended.out + ended.err, words)
            if ended.code not in {ExitCode.FINE, ExitCode.NEEDS_PERSON}:
                refused.append(use.command)
            if ended.code in {ExitCode.USAGE, ExitCode.DEFECT} or "Traceback" in ended.err:
                tally.wrong.append(f"portalwright {use.command}: exit code {ended.code}")
    finally:
        forks.end()
    if len(refused) > _MOST_REFUSED * len(USES):
        tally.wrong.append(f"too many commands were refused: {', '.join(refused)}")
    tally.office(search, office)
    # A restored office is one more. Files that a person asked for hold what they are to hold, but these two nothing:
    # the one is sealed, and the other names patients by references alone.
    tally.folder(search, backups, Place.BACKUPS)
    for name in ("sign-ins.sealed", "audit.jsonl"):
        if not tally.file(search, out / name, Place.BACKUPS):
            tally.wrong.append(f"no {name} was made")


_LISTS = {"appeal": ("appeal", "list"), "case": ("cases", "list"), "task": ("work",), "remit": ("remits",)}


def _there(office: Commands, forks: Forks, use: Use) -> dict[str, str]:
    """The number of the first one that the office has of what this command is about; 1 where it has none."""
    found = {}
    for name, words in _LISTS.items():
        if any(f"{{{name}}}" in word for word in use.words):
            listed = forks.run([*words, "--json"], "", office.home, office.environment())
            rows = [json.loads(text) for text in listed.out.splitlines() if text.startswith("{")]
            found[name] = str(rows[0].get("id") or rows[0].get("number") or 1) if rows else "1"
    return found


def _write(files: Path, numbers: Mapping[str, str]) -> None:
    """What an office would import, with a row in each that is wrong."""
    (files / "claims.csv").write_text(numbers["claims_csv"], newline="", encoding="utf-8")
    (files / "visits.csv").write_text(numbers["visits_csv"], newline="", encoding="utf-8")
    (files / "argument.txt").write_text(f"The {values.ARGUMENT} shows that {{lines}} was needed: {{amount}}.")
    _table(files / "fees.csv", {"procedure": "99213", "amount": "12,3x", "from": "2026-01-01"})
    _table(files / "texts.csv", {"list": "carc", "code": "45", "text": f"{values.NOTE} text"})
    deposit = {"deposited_on": "2026-11-02", "amount": "75.00", "trace": values.TRACE, "payer": values.OTHER_PAYER}
    _table(files / "deposits.csv", deposit | {"reference": values.BANK_REFERENCE}, deposit | {"amount": "12.3x"})
    remits = files / "remits"
    remits.mkdir()
    content = canary_835(numbers["npi"])
    (remits / "one.835").write_bytes(content)
    (remits / "broken.835").write_bytes(content[:-80])


def _table(path: Path, *rows: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def canary_835(npi: str) -> bytes:
    """An 835 of two canary patients, made to the provider with this NPI."""
    from flows.remittance import Party, RemitPerson

    claims = [
        claim(place, "37.50", "37.50", line(1, "37.50", "37.50")).model_copy(
            update={
                "patient_account_number": values.account_number(place),
                "patient": RemitPerson(
                    last_name=values.LAST_NAMES[place],
                    first_name=values.FIRST_NAMES[place],
                    identifier=values.member_id(place),
                ),
            }
        )
        for place in range(2)
    ]
    paid = remittance("75.00", claims)
    parties = {"payer": Party(name=values.OTHER_PAYER), "payee": Party(identifier=npi)}
    return written([paid.model_copy(update={"trace": values.TRACE, "paid_on": date(2026, 11, 2), **parties})])
