"""Faults of our own whose texts hold everything, and pages that nobody can fill: neither gets a canary out."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flows.questions import Flow
from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.canary.night import SHORT_LEASE, Canaries
from tests.whole.altered_portal import Alter, AlteredPortal
from tests.whole.office import PORTAL, Commands, presses, seen

DEFECT_IN_ITEM = """
import bots.asking
async def broken(question, portal):
    try:
        raise ValueError(f"{question!r}")
    except ValueError as error:
        raise RuntimeError(f"{question.patient.last_name} {question.patient.member_id}") from error
bots.asking.claim_status = broken
"""
"""A fault of our own whose texts hold the whole question, as careless code writes them."""

DEFECT_IN_MACHINERY = """
import ledger.work
def broken(lease, item, outcome, now, **more):
    raise RuntimeError(f"{item!r} {outcome!r}")
ledger.work.finish = broken
"""

DEFECT_AT_SIGN_IN = """
import bots.sign_in
async def broken(page, guard, credential):
    opened = credential()
    raise RuntimeError(opened.user_name.reveal() + opened.password.reveal() + repr(vars(opened)))
bots.sign_in._press_password = lambda page, row, guard, at_hand: broken(page, guard, at_hand.credential)
"""

DEFECTS: Mapping[str, tuple[str, ExitCode]] = {
    "in an item": (DEFECT_IN_ITEM, ExitCode.FINE),
    "in the machinery": (DEFECT_IN_MACHINERY, ExitCode.DEFECT),
    "at the sign-in": (DEFECT_AT_SIGN_IN, ExitCode.DEFECT),
}
"""By where it is: Python that makes it in the process of a run, and the exit code of that run."""


def readonly(path: str, page: str) -> str:
    """The pages for the password and for the member id, with fields that nobody can fill."""
    label = {"/signin": 'type="password"', "/claims/search": 'name="mbrId"'}.get(path)
    return page if label is None else page.replace(f"{label}", f"{label} readonly")


def search_readonly(path: str, page: str) -> str:
    """The same, but the password can be typed."""
    return page if path == "/signin" else readonly(path, page)


def go_wrong(given: Canaries) -> None:
    """Each defect at one portal; then pages of it that cannot be filled in. (Their texts are those of one pack.)"""
    portal = given.portals[PORTAL]
    for where, (defect, code) in DEFECTS.items():
        ended = given.run(portal, Flow.CLAIM_STATUS, "--limit", "2", before=SHORT_LEASE + defect)
        given.expect(f"a defect {where} ({ended.code}): {ended.out} {ended.err}", ended.code == code)
        given.release(portal)
    for alter, name, pressed in ((readonly, "password", 0), (search_readonly, "member id", 1)):
        before = len(presses(portal)), seen(portal, "search")
        with _altered(given.office, portal, alter):
            ended = given.run(portal, Flow.CLAIM_STATUS, "--limit", "1")
        after = len(presses(portal)), seen(portal, "search")
        stopped = after == (before[0] + pressed, before[1])
        given.expect(f"a {name} that cannot be typed ({ended.code}): {ended.out} {ended.err}", stopped)
        given.release(portal)
    given.search()


@contextmanager
def _altered(office: Commands, portal: PracticePortal, alter: Alter) -> Iterator[None]:
    """The office's address of this portal leads to altered pages of it."""
    settings = office.folder / "office.toml"
    text = settings.read_text(encoding="utf-8")
    with AlteredPortal(portal.address, alter) as altered:
        settings.write_text(re.sub(re.escape(portal.address), altered.address, text), encoding="utf-8")
        try:
            yield
        finally:
            settings.write_text(text, encoding="utf-8")
