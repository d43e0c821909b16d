"""Starts a practice portal as a process of its own, talks to its control side, and surely ends it."""

import json
import subprocess
import sys
import threading
import urllib.request
from types import TracebackType
from typing import IO, Any, Protocol, Self

START_SECONDS = 30.0
END_SECONDS = 5.0


class Running(Protocol):
    """A portal's process, as `subprocess.Popen` shows it."""

    pid: int
    stdin: IO[str] | None
    stdout: IO[str] | None

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class PracticePortal:
    """A running practice portal; use it in a `with` statement.

    After entering: `address` (the portal), `user_name`, `password`, `totp_seed` (Base32) and `security_answers` (by
    question) to sign in with; `name` is the portal's.
    The portal listens on 127.0.0.1 only. It ends with this process too, whatever happens to it.
    """

    address: str
    user_name: str
    password: str
    totp_seed: str
    security_answers: dict[str, str]
    process_id: int

    def __init__(
        self,
        name: str = "practice-national",
        *,
        seed: int = 7,
        claims: int = 60,
        appointments: int = 20,
        today: str | None = None,
        quirks: dict[str, float] | None = None,
        level: str = "none",
        layout: int = 1,
    ) -> None:
        """`claims` is the number of work-list rows, `appointments` that of visits.

        `today` (YYYY-MM-DD) is the portal's date, default now.

        `quirks` are names and probabilities, on top of those of the `level`: "none", "field" or "x10".
        """
        self.name = name
        self._arguments = ["serve", name, "--exit-with-stdin"]
        self._arguments += ["--seed", str(seed), "--claims", str(claims)]
        self._arguments += ["--appointments", str(appointments)]
        if today is not None:
            self._arguments += ["--today", today]
        self._arguments += ["--level", level, "--layout", str(layout)]
        for quirk, probability in (quirks or {}).items():
            self._arguments += ["--quirk", f"{quirk}={probability}"]
        self._process: Running | None = None
        self._control = ""

    def __enter__(self) -> Self:
        """Start the process and wait until it serves.

        Raises RuntimeError when it does not start within half a minute.
        """
        process = self._process = self._start()
        self.process_id = process.pid
        lines: list[str] = []

        def read_first_line() -> None:
            if process.stdout is not None:
                lines.append(process.stdout.readline())

        reader = threading.Thread(target=read_first_line, daemon=True)
        reader.start()
        reader.join(START_SECONDS)
        if not lines or not lines[0].strip():
            self._end()
            raise RuntimeError("The practice portal did not start; its own message stands above.")
        ready = json.loads(lines[0])
        self.address = ready["portal"]
        self._control = ready["control"]
        self.user_name = ready["user_name"]
        self.password = ready["password"]
        self.totp_seed = ready["totp_seed"]
        self.security_answers = ready["security_answers"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, by force if it does not end by itself."""
        self._end()

    def _start(self) -> Running:
        """Begin the process that serves; it ends with its standard input."""
        command = [sys.executable, "-m", "sandbox", *self._arguments]
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - always our own control side on loopback
            self._control + path, data=content, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return bytes(answer.read())

    def events(self, since: int = 0, kind: str = "") -> list[dict[str, Any]]:
        """What the portal saw after event number `since`, oldest first: everything, or events of one kind."""
        answer: list[dict[str, Any]] = json.loads(self._ask(f"/events?since={since}"))
        return [event for event in answer if kind in ("", event["kind"])]

    def truth(self) -> dict[str, Any]:
        """The truth ledger as JSON: see `sandbox.truth.ledger`; money as decimal strings."""
        answer: dict[str, Any] = json.loads(self._ask("/truth"))
        return answer

    def worklist_csv(self) -> str:
        """The office's work list, as the CSV text it would export."""
        return self._ask("/worklist.csv").decode()

    def denials_csv(self) -> str:
        """Claims that the office knows to be denied, as CSV text in the shape of the work list."""
        return self._ask("/denials.csv").decode()

    def appealable(self) -> list[dict[str, Any]]:
        """Every claim and level that an office might appeal, with what the payer says and decides: see
        `sandbox.appeal_oracle.appealable_claims`."""
        answer: list[dict[str, Any]] = json.loads(self._ask("/appealable"))
        return answer

    def appeals(self) -> list[dict[str, Any]]:
        """What was pressed and filed, how often, and what comes of it: see `sandbox.appeal_oracle.pressed_appeals`."""
        answer: list[dict[str, Any]] = json.loads(self._ask("/appeals"))
        return answer

    def appointments_csv(self) -> str:
        """The office's appointments, as the CSV text it would export."""
        return self._ask("/appointments.csv").decode()

    def deposits_csv(self) -> str:
        """What the office's bank shows of the payer's money, as CSV text."""
        return self._ask("/deposits.csv").decode()

    def document(self, trace: str, kind: str) -> bytes:
        """The 835 or the paper form ("eob") of a payment, as the portal gives it."""
        return self._ask(f"/documents/{trace}/{kind}")

    def archive(self, paid_from: str, paid_to: str) -> bytes:
        """A ZIP of the first provider's remittances of these days of payment (YYYY-MM-DD, both included)."""
        return self._ask(f"/archive.zip?paid_from={paid_from}&paid_to={paid_to}")

    def acknowledgement(self, kind: str) -> bytes:
        """What came back for the claims that the office sent: "999" or "277CA"."""
        return self._ask(f"/acknowledgements/{kind}")

    def advance(self, seconds: float) -> None:
        """Move the portal's clock forward."""
        self._ask("/clock", {"advance_seconds": seconds})

    def faults(self, **switches: Any) -> None:
        """Switch on exactly these faults (see `sandbox.switches.Switches`); without arguments all go off."""
        self._ask("/faults", switches)

    def quirks(self, **probabilities: float) -> None:
        """Give the portal exactly these quirks, by name with `_` for `-`; without arguments it has none."""
        self._ask("/quirks", {name.replace("_", "-"): number for name, number in probabilities.items()})

    def profile(self, **changes: Any) -> None:
        """Change how the portal's sign-in is (see `sandbox.profile.Profile`): `second_factor="mailed"`, for one."""
        self._ask("/profile", changes)

    def mailbox(self) -> list[dict[str, str]]:
        """The codes that have arrived by the portal's clock, oldest first: method, code, sent_at, arrives_at."""
        answer: list[dict[str, str]] = json.loads(self._ask("/mailbox"))
        return answer

    def terms(self) -> dict[str, str]:
        """The present terms: version and text."""
        answer: dict[str, str] = json.loads(self._ask("/terms"))
        return answer

    def change_terms(self, **terms: str) -> None:
        """Publish new terms: this `version` and `text`, or the next version with another amendment."""
        self._ask("/terms", terms)

    def clear_captcha(self) -> None:
        """What a person does who is not a robot."""
        self._ask("/captcha/clear", {})

    def account(self, **state: Any) -> None:
        """Put the account into a state: `password_age_days`, `idle_days`, `lock_outs`, `waiting` (names of pages)."""
        self._ask("/accounts", state)

    def delayed_rows(self) -> list[str]:
        """Patient account numbers of the rows for which "not found" was right at some look-up (load delay)."""
        answer: list[str] = json.loads(self._ask("/delayed"))
        return answer

    def expire_sessions(self) -> None:
        """End every session at the portal, as a restart on the payer's side would."""
        self._ask("/sessions/expire", {})

    def set_password(self, password: str) -> None:
        """What the payer's help desk does: set a new password, which also unlocks the account."""
        self._ask("/accounts", {"password": password})
        self.password = password

    def has_password(self, password: str) -> bool:
        """Is this the account's password now? It counts as no attempt."""
        answer: dict[str, bool] = json.loads(self._ask("/password", {"password": password}))
        return answer["is_it"]
