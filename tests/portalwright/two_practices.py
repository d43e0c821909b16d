"""Called in the process of a command: fills one of two practices, and runs every command in the name of each."""

import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from ledger import lanes, membership
from ledger.accounts import ensure_account
from portalwright.cli import run_command
from portalwright.office import ROBOT, Office
from tests.ledger.office import NOW, PORTAL
from tests.ledger.two_practices import Desk, filled
from vault.secret import Secret

HILLSIDE = "987654321"
FIRST, SECOND = ("dana", "123456789"), ("lee", HILLSIDE)

# Each command with its options: `{case}` and the like are numbers of rows of the other practice.
WALKED: Mapping[str, str] = {
    "account allow": "somebody",
    "account forbid": "colleague",
    "account list": "",
    "console list": "",
    "console reset-app": "colleague",
    "console role": "colleague --give biller",
    "console unlock": "colleague",
    "answers": "--names --lines --format csv",
    "appeal approve": "{draft} --yes",
    "appeal change": "{draft} --argument {text}",
    "appeal draft": "ACCT-000002",
    "appeal file": "",
    "appeal list": "",
    "appeal preview": "{draft}",
    "appeal settle": "{uncertain} --how not-filed --note x",
    "appeal show": "{draft}",
    "appeal withdraw": "{draft}",
    "appointment": "VISIT-0001 --names",
    "audit verify": "",
    "hold list": "",
    "purge": "--dry-run",
    "cases": "",
    "cases close": "{case} --how ask-again",
    "cases list": "--json",
    "cases show": "{case}",
    "claim": "ACCT-000001 --names",
    "code": PORTAL,
    "due": "--list",
    "due hold": "ACCT-000001 --why legal --note x",
    "due release": "ACCT-000001",
    "export": "{folder}/answers.csv --names",
    "import acknowledgements": "{empty}",
    "import appointments": "{empty}",
    "import claims": "{rows}",
    "import code-texts": "{empty}",
    "import deposits": "{empty}",
    "import fees": "{empty} --portal " + PORTAL,
    "import remits": "{empty}",
    "logs": "--since 2026-01-01",
    "notify list": "",
    "notify send": "",
    "patient paid": "ACCT-000001 1.00 --on 2026-03-01",
    "patient payments": "ACCT-000001",
    "patient take-back": "{patient_payment}",
    "permit": "",
    "plan end": "{plan}",
    "plan list": "--ended",
    "plan make": "ACCT-000002 --first 2026-12-01 --instalments 2",
    "plan show": "{plan}",
    "posting export": "--out {folder}/posting.csv",
    "practice add": "--name Another --tin 111111111 --npi 1234567893",
    "practice list": "",
    "remit document": "{document} {folder}/document",
    "remit show": "{payment} --names",
    "remits": "",
    "remits ask": PORTAL + " --from 2026-10-01 --to 2026-10-31",
    "report": "denials",
    "run": PORTAL,
    "schedule list": "",
    "schedule next": "",
    "statement": "ACCT-000001 --agree",
    "status": "",
    "terms": PORTAL,
    "vault add": PORTAL + " --credential {alias} --from-stdin",
    "vault answer": PORTAL + " --credential {alias} --from-stdin",
    "vault check": "",
    "vault list": "",
    "vault release": PORTAL + " --credential {alias} --reason x",
    "vault remove": PORTAL + " --credential {alias}",
    "work": "",
    "work assign": "{not_found} --to {owner}",
    "work close": "{not_found} --how done",
    "work export": "{folder}/work.csv",
    "work queues": "",
    "work refresh": "",
    "work show": "{not_found}",
}
"""What shows an office's rows comes first for the owner, too: it must show them, or the walk proves nothing."""

SHOW = tuple(
    """answers|appeal list|appeal preview|appeal show|appointment|cases list|cases show|claim|export
    |plan list|plan show|remit document|remit show|vault list|work|work export|work show|posting export
    |account list|console list""".replace("\n    ", "").split("|")
)


def walk() -> None:
    """Fill the first practice, run the commands for both, and write down what they showed: PORTALWRIGHT_WALK."""
    place = Path(os.environ["PORTALWRIGHT_WALK"])
    words = _fill(*FIRST) | {"owner": FIRST[0]}
    shown = {name: _shown(name, FIRST, words, place.parent / "first") for name in SHOW}
    seen = {name: _shown(name, SECOND, words, place.parent / "second") for name in WALKED}
    place.write_text(json.dumps({"shown": shown, "seen": seen}))


def _fill(name: str, tin: str) -> dict[str, object]:
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        second = membership.add_practice("Hillside Pediatrics", HILLSIDE, ("1999999984",), desk.actor, NOW)
        lee = ensure_account("lee", is_robot=False, practice=second, now=NOW)
        ensure_account(ROBOT, is_robot=True, practice=second, now=NOW)
        membership.forbid("dana", lee, NOW)
    with office.at_work(name, lambda: Secret(""), practice=tin) as desk:
        alias = desk.new_credential(PORTAL, f"canary-{name}")
        secrets = (Secret("user"), Secret("password"))
        desk.vault.add_credential(PORTAL, alias, *secrets, owner=name, totp_seed=None)
        lease = lanes.take(PORTAL, alias, 0, holder="tests", actor=desk.robot, now=NOW)
        world = filled(Desk(desk.practice, desk.actor, desk.robot, lease), desk.evidence)
        return {**world.rows, "alias": alias}


def _shown(command: str, who: tuple[str, str], words: Mapping[str, object], folder: Path) -> str:
    """All that a command says and writes in this person's name."""
    os.environ |= {"USER": who[0], "LOGNAME": who[0], "PORTALWRIGHT_PRACTICE": who[1]}
    folder.mkdir(exist_ok=True)
    empty, rows = folder.parent / "empty.csv", folder.parent / "rows.csv"
    empty.write_text("a,b\n1,2\n")
    rows.write_text("patient account number\n1\n")
    known = {**words, "folder": folder, "empty": empty, "rows": rows, "text": empty}
    written = io.BytesIO()
    said = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    sys.stdin = io.StringIO("a user\na password\n\n")
    arguments = [word.format_map(known) for word in _parted(WALKED[command])]
    with redirect_stdout(said), redirect_stderr(said):
        run_command([*command.split(), *arguments])
    for file in sorted(folder.iterdir()):
        written.write(file.read_bytes())
        file.unlink()
    text = written.getvalue().decode("utf-8", "replace")
    for word in sorted(arguments, key=len, reverse=True):
        text = text.replace(word, "")  # what was asked for may be named in the answer
    return text


def _parted(options: str) -> list[str]:
    """By blanks, but for those in names of rows."""
    return [word.replace("_", " ") if "{" in word else word for word in options.split(" ") if word]
