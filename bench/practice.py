"""The practice portal that the look-ups are measured at, with heavy pages or light ones, and what is asked of it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.sides import find_driver
from bench.talk import Task
from bots.browser import launch_arguments
from bots.installed_browser import find_browser
from flows.questions import Claim, ClaimStatus, Patient, Provider
from sandbox.process import PracticePortal

_PLAIN = frozenset({"paid", "denied", "records requested", "in review", "pending", "processed, paid"})
"""Scenarios in which one search leads to one row and one page: what every script can do too."""
_ROWS_FOR_A_QUESTION = 12
"""So many of the portal's claims give one plain claim of the first location, or more."""


@contextlib.contextmanager
def practice_task(folder: Path, questions: int, *, heavy: bool, sessions: int = 1) -> Iterator[Task]:
    """A practice portal of its own, as a process, and the task of looking up so many of its claims there.

    The portal takes a password alone: the naive robot could not use a code of its authenticator twice in a window, and
    all sides sign in alike. Every call gives the same claims.
    """
    browser = find_browser()
    if browser is None:
        raise SystemExit("There is no browser: run 'portalwright browser' first.")
    folder.mkdir(mode=0o700)
    with PracticePortal(seed=11, claims=_ROWS_FOR_A_QUESTION * questions) as portal:
        portal.profile(second_factor="none", sessions=sessions)
        portal.faults(heavy_pages=heavy)
        truth = portal.truth()
        asked = [question.model_dump(mode="json") for question in _questions(truth)][:questions]
        if len(asked) < questions:
            raise SystemExit(f"The practice portal has only {len(asked)} plain claims of one location.")
        yield Task(
            folder=str(folder),
            address=portal.address,
            user_name=portal.user_name,
            password=portal.password,
            npi=truth["practice"]["providers"][0]["npi"],
            browser=str(browser.path),
            arguments=tuple(launch_arguments()),
            driver=find_driver(),
            questions=tuple(asked),
        )


def _questions(truth: dict[str, Any]) -> Iterator[ClaimStatus]:
    """The plain claims of the first location, so that nobody has to change the provider between two of them."""
    plain = {ask["patient_account_number"] for ask in truth["asks"] if ask["scenario"] in _PLAIN}
    npi = truth["practice"]["providers"][0]["npi"]
    for row in truth["rows"]:
        if row["billing_npi"] != npi or row["patient_account_number"] not in plain:
            continue
        known = {name: value for name, value in row.items() if value != ""}
        yield ClaimStatus(
            portal=row["portal"],
            provider=Provider(tin=row["practice_tin"], npi=npi),
            patient=Patient.model_validate({name: row[name] for name in Patient.model_fields}, strict=False),
            claim=Claim.model_validate({name: known.get(name) for name in Claim.model_fields}, strict=False),
        )
