"""What people type to sign in to the desk lies nowhere in the clear: no file, no output, no argument of a process."""

import base64
import re
import signal
from datetime import UTC, datetime
from pathlib import Path

from tests.canary.search import Search
from tests.portalwright.sinks import free_port
from tests.portalwright.test_console_command import Browser
from tests.whole.cage import lying_in, said_by
from tests.whole.office import Commands
from vault.secret import Secret
from vault.totp import Totp

PASSWORD, WRONG = "Kanarienvogel singt im Nebel", "Kanarienvogel singt im Regen"
TYPED_AS_NAME = "Papageien-Passwort-77"


def test_passwords_and_seeds_of_the_desk_show_nowhere(tmp_path: Path) -> None:
    office = Commands(tmp_path / "office", tmp_path / "home", tmp_path / "temporary")
    for folder in (office.home, office.temporary):
        folder.mkdir()
    (tmp_path / "key").mkdir(mode=0o700)
    office.done(
        "init", office.folder, "--practice", "Lakeside", "--tin", "123456789", "--npi", "1234567893",
        "--key-file", tmp_path / "key" / "office.key",
    )  # fmt: skip
    added = office("console", "adduser", "dana", "--role", "admin", "--from-stdin", stdin=f"{PASSWORD}\n")
    assert added.code == 0, added.err
    served = office.begin("console", "--port", str(free_port()))
    browser = Browser(_address_of(served.process.stderr))
    browser.sign_in("dana", WRONG)
    browser.sign_in(TYPED_AS_NAME)
    assert "Accounts" in browser.sign_in("dana", PASSWORD)
    page = browser.open("/account/authenticator/")[1]
    totp = Totp.from_text(Secret(_found(r'id="seed">([A-Z2-7 ]+)<', page)))
    code = totp.code_at(datetime.now(UTC)).reveal()
    form = {"csrfmiddlewaretoken": _found(r'csrfmiddlewaretoken" value="([^"]+)"', page), "code": code}
    assert "is set up" in browser.open("/account/authenticator/", {**form, "password": PASSWORD})[1]
    served.process.send_signal(signal.SIGTERM)
    ended = served.end(60)
    seed = totp.seed.reveal()
    secrets = (PASSWORD, WRONG, TYPED_AS_NAME, seed.hex(), base64.b32encode(seed).decode())
    search = Search(secrets, [code], [seed])
    found = [hit for one in (added, ended) for hit in said_by(one, search)]
    found += [hit for root in (office.folder, office.home, office.temporary) for hit in lying_in(root, search)]
    assert found == []


def _address_of(lines: object) -> str:
    said = ""
    for line in lines:  # type: ignore[attr-defined] # the command's standard error
        said += line
        if found := re.search(r"The desk is at (\S+)", line):
            return found[1]
    raise AssertionError(said)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text[:500]
    return found[1]
