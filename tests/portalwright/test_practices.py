"""One office bills for two practices: no command shows or changes what is the other's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer import _click
from typer.core import TyperGroup
from typer.main import get_command

from portalwright.cli import app
from portalwright.exit_codes import ExitCode
from tests.ledger.office import PORTAL
from tests.portalwright.conftest import CommandLine
from tests.portalwright.two_practices import SHOW, WALKED

Run = Callable[..., str]

NOT_WALKED = {
    "init": "it makes another office",
    "console": "it serves pages, which have a walk of their own (tests/console)",
    "console adduser": "it asks for a password; whose account it may be is tested with the ledger",
    "console password": "it asks for a password; whose account it may be is tested with the ledger",
    "audit export": "the log is the office's, and holds no patient",
    "backup make": "it seals the office of all",
    "backup verify": "it opens no office",
    "browser": "it opens no office",
    "demo": "it makes an office of its own",
    "hold add": "whose claims and patients a hold may name is tested with the ledger",
    "hold release": "whose holds may be ended is tested with the ledger",
    "ledger fetch": "the office's files are everybody's",
    "ledger join": "it makes the office of all on another computer",
    "ledger move": "it moves the ledger of all",
    "ledger publish": "the office's files are everybody's",
    "ledger share": "vault and sealed pages of all, as they lie",
    "ledger password": "the password of the server is everybody's",
    "notify add": "whom the office tells is everybody's",
    "notify remove": "whom the office tells is everybody's",
    "notify test": "whom the office tells is everybody's",
    "remit inspect": "it shows a file, and opens no office",
    "restore confirm": "a restored office is everybody's",
    "restore from": "it makes the office of all anew",
    "sandbox files": "it opens no office",
    "sandbox quirks": "it opens no office",
    "sandbox serve": "it opens no office",
    "schedule pause": "the calendar is everybody's",
    "schedule resume": "the calendar is everybody's",
    "selectors check": "packs are everybody's",
    "selectors list": "packs are everybody's",
    "selectors probe": "it is a run, which is walked",
    "selectors schema": "packs are everybody's",
    "selectors show": "packs are everybody's",
    "vault export": "the sign-ins are the office's, and stay sealed",
    "vault holders add": "who opens the vault is everybody's",
    "vault holders list": "who opens the vault is everybody's",
    "vault holders remove": "who opens the vault is everybody's",
    "vault import": "the sign-ins are the office's, and stay sealed",
    "vault init": "it makes the vault of a new office",
    "vault pending": "the owner of a sign-in alone is shown its passwords; who that is is tested with the vault",
    "vault rotate-key": "the key is everybody's",
    "vault rotate-secret": "it asks for a password, and shows none",
    "worker": "it runs for all practices, each in its robot's name, and shows no rows",
}
CANARIES = (
    "quillfeather", "acct-0000", "mbr0000", "e7788", "e-lone", "visit-0001", "licensed", "2026-0000", "2026012345",
    "the records show", "the sealed 835", "canary-", "opaque", "colleague",
)  # fmt: skip


def commands(command: _click.Command, path: tuple[str, ...] = ()) -> set[str]:
    """What can be run: every command, and every group that does something by itself."""
    below = command.commands if isinstance(command, TyperGroup) else {}
    alone = not below or bool(getattr(command, "invoke_without_command", False))
    own = {" ".join(path)} if alone and path else set()
    return own.union(*(commands(each, (*path, name)) for name, each in below.items()))


def test_every_command_is_walked_or_has_no_practices_rows_to_show() -> None:
    assert commands(get_command(app)) == set(WALKED) | set(NOT_WALKED)


def test_no_command_shows_another_practices_rows(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    place = tmp_path / "walk" / "said.json"
    place.parent.mkdir()
    environment = {"PORTALWRIGHT_OFFICE": str(office), "PORTALWRIGHT_WALK": str(place)}
    done = portalwright("sandbox", "quirks", environment=environment, before="tests.portalwright.two_practices:walk")
    assert done.code == 0, done.err
    said = json.loads(place.read_text())
    silent = [name for name in SHOW if not canaries(said["shown"][name])]
    assert not silent, said["shown"][silent[0]]
    assert {name: canaries(text) for name, text in said["seen"].items() if canaries(text)} == {}
    assert "Traceback" not in json.dumps(said)


def canaries(text: str) -> list[str]:
    return [one for one in CANARIES if one in text.casefold()]


HILLSIDE = ("--practice", "987654321")


@pytest.fixture
def run(portalwright: CommandLine, office: Path) -> Run:
    """Runs a command on an office with two practices, as dana or as somebody else."""

    def _run(*words: str, who: str = "dana", stdin: str = "", code: int = 0) -> str:
        environment = {"PORTALWRIGHT_OFFICE": str(office), "USER": who, "LOGNAME": who}
        done = portalwright(*words, stdin=stdin, environment=environment)
        assert done.code == code, (done.out, done.err)
        return done.out + done.err

    _run("practice", "add", "--name", "Hillside Pediatrics", "--tin", "987654321", "--npi", "1234567893")
    return _run


def test_who_works_for_several_practices_says_which_and_nobody_enters_another(run: Run) -> None:
    assert "123456789, 987654321" in run("status", code=ExitCode.LEDGER)
    run("practice", "add", "--name", "x", "--tin", "987654321", "--npi", "1234567893", code=ExitCode.LEDGER)
    run(*HILLSIDE, "status", who="sam", code=ExitCode.LEDGER)
    run(*HILLSIDE, "account", "allow", "sam")
    assert run("account", "list", who="sam").splitlines()[1:] == ["dana\tperson\t", "robot\trobot\t", "sam\tperson\t"]
    assert "Lakeside" not in run("practice", "list", who="sam")
    run("--practice", "123456789", "status", who="sam", code=ExitCode.LEDGER)
    run(*HILLSIDE, "vault", "add", PORTAL, "--from-stdin", stdin="user\npassword\n\n")
    said = run(*HILLSIDE, "account", "forbid", "dana")
    assert f"theirs to answer for: {PORTAL} main-2." in said
    run("account", "forbid", "sam", who="sam", code=ExitCode.LEDGER)
    assert run("practice", "list").splitlines()[1].startswith("123456789")
    run("status")


def test_each_practice_has_sign_ins_of_its_own(run: Run) -> None:
    first = ("--practice", "123456789")
    secrets = "user\npassword\n\n"
    assert "Credential main for" in run(*first, "vault", "add", PORTAL, "--from-stdin", stdin=secrets)
    assert "Credential main-2 for" in run(*HILLSIDE, "vault", "add", PORTAL, "--from-stdin", stdin=secrets)
    listed = [run(*practice, "vault", "list").splitlines()[1:] for practice in (first, HILLSIDE)]
    assert [[line.split("\t")[1] for line in lines] for lines in listed] == [["main"], ["main-2"]]
    run(*HILLSIDE, "vault", "remove", PORTAL, "--credential", "main", code=ExitCode.VAULT)
    run(*first, "vault", "remove", PORTAL)
    again = ("vault", "add", PORTAL, "--credential", "main", "--from-stdin")
    assert "another practice" in run(*HILLSIDE, *again, stdin=secrets, code=ExitCode.LEDGER)
