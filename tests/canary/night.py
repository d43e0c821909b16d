"""Every flow at every practice portal with canaries, good and with each fault; then killed, aborted, and swept up."""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args

import psutil

from flows.questions import Flow
from portalwright.demo.office import ACCOUNT
from portalwright.exit_codes import ExitCode
from sandbox.portals.registry import PORTALS
from sandbox.process import PracticePortal
from sandbox.profile import Profile
from sandbox.quirks import EVERYWHERE
from sandbox.switches import AppealPressFaultKind, LineFaultKind, PressFault
from tests.canary import values
from tests.canary.tally import Tally, core_limit
from tests.chaos.office import furnish
from tests.soak.watch import say
from tests.whole.cage import gone
from tests.whole.office import Commands, Ended, Running, presses, seen

ON_DISK = "import bots.leftovers, pathlib\nbots.leftovers._IN_MEMORY = pathlib.Path('/nowhere')\n"
"""As on a computer that has no file system in its memory: the browser's profile lies in the office."""
SHORT_LEASE = (
    "import bots.lane, bots.downloads\nbots.lane.LEASE_SECONDS = 4.0\nbots.lane._BEAT_SECONDS = 1.0\n"
    "bots.downloads.MOST_BYTES = 1 << 20\n"
)
"""Nobody waits for what a dead process held, or for a document without end."""

R = TypeVar("R")

WAIT_SECONDS = 90.0
_CLAIMS, _VISITS = 160, 16
_APPEALS = 8
"""Of each portal: one for its good night, one for each fault of appeals that it has, and some to try again with."""
_FEW_CLAIMS = 12
_SOME = ("--limit", "3")
_FEW = ("--limit", "2")
"""So few questions at a time, so that each night has some to ask."""
_TRIES = 4
"""So often they are asked at most, until a fault has happened."""


def _profiles() -> Iterator[tuple[str, Profile]]:
    """The sign-in of each practice portal, as it begins."""
    for name, portal in PORTALS.items():
        archetype, _ = portal.load()
        yield name, archetype.profile


_CODES = {name: profile.second_factor for name, profile in _profiles() if profile.second_factor != "none"}
"""How the portals that ask for a code do it."""
_APPEAL_FAULTS = 3
"""So many of the faults of appeals happen at each portal, in turn."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a portal, and in which flow."""

    name: str
    switches: Mapping[str, Any]
    flow: Flow = Flow.CLAIM_STATUS
    event: str = ""
    """What the portal notes when it happens, where it notes more than that somebody was there."""
    at_code: bool = False
    """It happens when a code is pressed: at portals that ask for one."""
    last: int = 0
    """Faults with larger numbers come later: what is not understood stops a view of the portal after a while, and of
    a portal that says when to come again nobody asks anything before."""

    @property
    def at_door(self) -> bool:
        return self.event in {"password_press", "code_press"}


def faults() -> Iterator[Fault]:
    """One for every switch that a practice portal has, and one for each kind of what has kinds."""
    for kind in get_args(LineFaultKind):
        flow = Flow.REMITTANCES if kind in {"half-download", "endless-download", "drop"} else Flow.CLAIM_STATUS
        yield Fault(f"line: {kind}", {"line": [{"kind": kind, "every": 4, "after": 5, "seconds": 1}]}, flow, kind)
    yield Fault("error pages", {"http_500_every": 5}, event="http_500")
    yield Fault("session ends", {"expire_session_after": 4})
    yield Fault("unmapped texts", {"unmapped_status": True})
    yield Fault("hostile script", {"hostile_script": True})
    yield Fault("slow", {"delay_ms": 200})
    yield Fault("heavy pages", {"heavy_pages": True})
    yield Fault("too many searches", {"searches_a_minute": 1}, last=2)
    yield Fault("maintenance", {"maintenance": True}, last=3)
    yield Fault("nobody listens", {"refuse_connections": True})
    for layout in (2, 3, 4):
        flow = Flow.ELIGIBILITY if layout == 3 else Flow.CLAIM_STATUS
        yield Fault(f"layout {layout}", {"layout": layout}, flow, last=1)
    for appeal in get_args(AppealPressFaultKind):
        switches = {"appeal_press": [{"kind": appeal, "every": 1, "times": 1}], "takes_duplicates": True}
        yield Fault(f"appeal: {appeal}", switches, Flow.APPEAL, appeal)
    for press in get_args(PressFault):
        yield Fault(f"password press: {press}", {"password_press": press}, event="password_press")
        yield Fault(f"code press: {press}", {"code_press": press}, event="code_press", at_code=True)


@dataclass
class Canaries:
    """The office with canaries, its portals, and what its commands showed so far."""

    office: Commands
    portals: Mapping[str, PracticePortal]
    tally: Tally
    began: datetime
    said: list[Ended] = field(default_factory=list)
    """Of robots, whose standard output is counts."""
    views: list[Ended] = field(default_factory=list)
    """Of commands whose standard output is to show what they did: the payer's numbers of filed appeals."""
    more: set[str] = field(default_factory=set)
    """Secrets that came to be on the way."""

    def run(self, portal: PracticePortal, flow: Flow | None = None, *more: str, before: str = SHORT_LEASE) -> Ended:
        """A run of one portal; of appeals, the filing of the next that is approved and waits for no person."""
        if flow is Flow.APPEAL:
            number = self._next_appeal(portal)
            ended = self.office("appeal", "file", *number, "--portal", portal.name, "--json", before=before)
            self.views.append(ended)
            return ended
        words = ("--flow", str(flow)) if flow is not None else ()
        ended = self.office("run", portal.name, *words, *more, "--json", before=before)
        self.said.append(ended)
        return ended

    def _next_appeal(self, portal: PracticePortal) -> list[str]:
        listed = self.office.done("appeal", "list", "--portal", portal.name, "--stage", "approved", "--json")
        approved = [json.loads(line) for line in listed.splitlines()]
        numbers = [str(appeal["number"]) for appeal in approved if appeal["case_id"] is None]
        self.expect(f"{portal.name}: an appeal to file", numbers)
        return numbers[:1]

    def expect(self, what: str, happened: object) -> None:
        """Note what did not happen, so that it was not searched."""
        if not happened:
            self.tally.wrong.append(what)

    def release(self, portal: PracticePortal) -> None:
        """A person looked at the portal, and clears its sign-in."""
        self.office("vault", "release", portal.name, "--reason", "looked at it", "--account", ACCOUNT)

    def search(self) -> None:
        """Search everything that is there now, and all that was seen since the last time."""
        search = values.search_of(self.portals.values(), self.began, self.more)
        for listed in (self.said, self.views):
            for ended in listed:
                self.tally.ended(search, ended, view=listed is self.views)
            listed.clear()
        self.tally.office(search, self.office)


def made(
    root: Path, tally: Tally, stack: ExitStack, names: Sequence[str] = EVERYWHERE, claims: int = _CLAIMS
) -> Canaries:
    """The portals, and an office that has sign-ins, leave, questions of every flow and canary patients."""
    began = datetime.now(UTC)
    portals = {
        name: stack.enter_context(PracticePortal(name, seed=41, claims=claims, appointments=_VISITS)) for name in names
    }
    appeals = _APPEALS if claims >= _CLAIMS else 0
    office = furnish(root / "made", [*portals.values()], appeals=appeals)
    made = Canaries(office, portals, tally, began)
    office.done("account", "allow", "dana", "--account", ACCOUNT)
    for portal in portals.values():
        for kind, text in (("claims", values.claim_rows(portal)), ("appointments", values.visit_rows(portal))):
            file = root / f"{kind}.csv"
            file.write_text(text, newline="", encoding="utf-8")
            imported = office("import", kind, file)
            made.said.append(imported)
            made.expect(f"{portal.name}: import of {kind}", imported.code in {ExitCode.FINE, ExitCode.NEEDS_PERSON})
            file.unlink()
    return made


def good_nights(given: Canaries) -> None:
    """Every portal once, with every job; its profile lies on the disk."""
    for portal, nights in _of_each(given, lambda portal: _every_job(given, portal), "a good night"):
        for flow, ended in nights:
            fine = ended.code in {ExitCode.FINE, ExitCode.NEEDS_PERSON} and _asked(ended)
            given.expect(f"{portal.name}: a good night, {flow} ({ended.code}: {ended.err})", fine)
        given.expect(f"{portal.name}: nobody looked at a claim", seen(portal, "detail"))
    given.search()


def _every_job(given: Canaries, portal: PracticePortal) -> list[tuple[Flow, Ended]]:
    nights = [(Flow.CLAIM_STATUS, _good_night(given, portal))]
    portal.profile(second_factor="none")
    for flow in (Flow.ELIGIBILITY, Flow.REMITTANCES):
        nights.append((flow, given.run(portal, flow, *_SOME)))
    return [*nights, (Flow.APPEAL, given.run(portal, Flow.APPEAL))]


def _asked(ended: Ended) -> bool:
    """Was there anything to be asked?"""
    return "nothing due" not in ended.out + ended.err


def _good_night(given: Canaries, portal: PracticePortal) -> Ended:
    """A run beside which a person sits who accepts terms and reads codes from a telephone."""
    running = given.office.begin("run", portal.name, *_SOME, "--json", before=SHORT_LEASE + ON_DISK)
    ended = _beside_a_person(given, portal, running)
    if ended.code == ExitCode.STOPPED and seen(portal, "detail") == 0:
        accepted = given.office("terms", portal.name, "--accept", "--as", "Dana Doe")
        given.said.append(accepted)
        portal.profile(second_factor="none")
        return given.run(portal, None, *_SOME) if accepted.code == ExitCode.FINE else ended
    return ended


def _beside_a_person(
    given: Canaries, portal: PracticePortal, running: Running, killed_when: Callable[[], bool] = lambda: False
) -> Ended:
    """The end of a run whose codes somebody reads from a telephone; it is killed when that becomes true."""
    mailed = len(portal.mailbox())
    deadline = time.monotonic() + 2 * WAIT_SECONDS
    while running.process.poll() is None and time.monotonic() < deadline:
        if killed_when():
            ended = gone(running)
            break
        if len(mails := portal.mailbox()) > mailed:
            mailed = len(mails)
            given.said.append(given.office("code", portal.name, "--from-stdin", stdin=f"{mails[-1]['code']}\n"))
        time.sleep(0.1)
    else:
        ended = running.end()
    given.said.append(ended)
    return ended


def bad_nights(given: Canaries) -> None:
    """At every portal a wrong password and then each fault, of those of appeals some at each portal."""
    _of_each(given, lambda portal: _wrong_password(given, portal), "a wrong password")
    given.search()
    listed = sorted(faults(), key=lambda fault: fault.last)
    of_appeals = [fault for fault in listed if fault.flow is Flow.APPEAL]
    places = {name: place for place, name in enumerate(given.portals)}

    def suffer(portal: PracticePortal) -> None:
        begin = places[portal.name] * _APPEAL_FAULTS
        mine = [of_appeals[(begin + n) % len(of_appeals)] for n in range(_APPEAL_FAULTS)]
        for fault in listed:
            if (fault.flow is not Flow.APPEAL or fault in mine) and (portal.name in _CODES or not fault.at_code):
                _suffer(given, portal, fault)

    _of_each(given, suffer, "each fault")
    given.search()


def _suffer(given: Canaries, portal: PracticePortal, fault: Fault) -> None:
    if fault.at_code:
        portal.profile(second_factor=_CODES[portal.name], device_days=0)  # no computer is known again
    else:
        portal.profile(second_factor="none")
    if fault.at_door:
        portal.expire_sessions()
    portal.faults(**fault.switches)
    before = len(portal.events())
    stopped = fault.at_door
    if fault.at_door:
        _meet_at_the_door(given, portal, fault)
    else:
        stopped = _ask_until_met(given, portal, fault, before).code == ExitCode.STOPPED
    portal.faults()
    given.expect(f"{portal.name}, {fault.name}: it did not happen", _met(portal, fault, before))
    if stopped:
        given.release(portal)


def _ask_until_met(given: Canaries, portal: PracticePortal, fault: Fault, before: int) -> Ended:
    """A few questions, and a few more while it has not happened: not every week has a payment to download."""
    for _ in range(_TRIES):
        ended = given.run(portal, fault.flow, *(() if fault.flow is Flow.APPEAL else _FEW))
        fine = ended.code not in {ExitCode.USAGE, ExitCode.DEFECT} and _asked(ended)
        given.expect(f"{portal.name}, {fault.name} ({ended.code}): {ended.out} {ended.err}", fine)
        if not fine or ended.code == ExitCode.STOPPED or _met(portal, fault, before):
            break
    return ended


def _met(portal: PracticePortal, fault: Fault, before: int) -> bool:
    """Did it happen since so many of the portal's events?"""
    seen_there = portal.events(before)
    noted = {event["kind"] for event in seen_there} | {event.get("name") for event in seen_there}
    return fault.event in noted if fault.event else bool(noted) or "refuse_connections" in fault.switches


def _meet_at_the_door(given: Canaries, portal: PracticePortal, fault: Fault) -> None:
    """A fault of the press of a password or a code; a run whose press is never answered is killed then."""
    kind = "code" if fault.at_code else "password"
    before, hangs = len(presses(portal, kind)), "hang" in fault.switches.values()
    running = given.office.begin("run", portal.name, *_FEW, "--json", before=SHORT_LEASE)
    ended = _beside_a_person(given, portal, running, lambda: hangs and len(presses(portal, kind)) > before)
    fine = ended.code not in {ExitCode.USAGE, ExitCode.DEFECT} and len(presses(portal, kind)) > before
    given.expect(f"{portal.name}, {fault.name} ({ended.code}): {ended.err}", fine)


def _wrong_password(given: Canaries, portal: PracticePortal) -> None:
    """It is typed, rejected, and never typed again; then the right one is back, with the answers to its questions."""
    for password in (values.WRONG_PASSWORD, portal.password):
        given.release(portal)
        secrets = f"{portal.user_name}\n{password}\n{portal.totp_seed}\n"
        given.said.append(given.office("vault", "add", portal.name, "--from-stdin", stdin=secrets))
        for question, answer in portal.security_answers.items():
            answered = given.office("vault", "answer", portal.name, "--from-stdin", stdin=f"{question}\n{answer}\n")
            given.said.append(answered)
        given.run(portal, Flow.CLAIM_STATUS, "--limit", "1")
    given.expect(f"{portal.name}: a wrong password", "rejected" in presses(portal))


def crashes(root: Path, tally: Tally, stack: ExitStack) -> None:
    """Killed in mid-run with SIGKILL and with SIGABRT, at a computer that allows core files; then the next start.

    In an office of its own, with everything still to be asked; the browser's profile lies on the disk.
    """
    given = made(root, tally, stack, EVERYWHERE[:2], _FEW_CLAIMS)
    portals = [*given.portals.values()]
    for number, portal in zip((signal.SIGKILL, signal.SIGABRT), portals, strict=False):
        portal.profile(second_factor="none")
        portal.faults(delay_ms=400)
        events = len(portal.events())
        running = given.office.begin("run", portal.name, "--flow", "claim-status", before=SHORT_LEASE + ON_DISK)
        running.wait_until(lambda portal=portal, events=events: len(portal.events()) > events + 6, WAIT_SECONDS)  # type: ignore[misc] # bound
        given.expect(f"no core file may be left by a run: {core_limit(running.process.pid)}", _no_core(running))
        given.said.append(crashed(running, number))
        portal.faults()
        given.search()
        given.run(portal, Flow.CLAIM_STATUS, "--limit", "1")
    given.search()


def _no_core(running: Running) -> bool:
    processes = [
        running.process.pid,
        *(one.pid for one in psutil.Process(running.process.pid).children(recursive=True)),
    ]
    return all(core_limit(one) == (0, 0) for one in processes if psutil.pid_exists(one))


def crashed(running: Running, number: signal.Signals) -> Ended:
    """End it by this signal, and wait until what it had started is gone too."""
    if number is signal.SIGKILL:
        return gone(running)
    children = psutil.Process(running.process.pid).children(recursive=True)
    running.process.send_signal(number)
    out, err = running.process.communicate(timeout=30)
    running.watch.stop()
    psutil.wait_procs(children, timeout=10)
    return Ended(running.process.returncode, out, err, running.watch)


def _of_each(given: Canaries, act: Callable[[PracticePortal], R], what: str) -> list[tuple[PracticePortal, R]]:
    """Do it at every portal, two at a time."""
    portals = [*given.portals.values()]

    def told(portal: PracticePortal) -> R:
        began = time.monotonic()
        done = act(portal)
        say(f"  {portal.name}: {what}, {time.monotonic() - began:.0f} s")
        return done

    with ThreadPoolExecutor(2) as pool:
        return [*zip(portals, pool.map(told, portals), strict=True)]
