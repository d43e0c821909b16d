"""A night in which a worker is killed once at every named step, of a session and of a flow, one after the other."""

from collections.abc import Iterator

from flows.questions import Flow
from ledger import models
from ledger.states import AppealStage, ItemState
from tests.chaos.night import Night, judged
from tests.chaos.office import appealable, put_on_list
from tests.chaos.steps import SIGN_IN, STEPS, Step
from tests.chaos.toll import Toll
from tests.soak.watch import tell
from tests.whole.disputes import approve

_STEP_SECONDS = 90.0
_TO_THE_END_SECONDS = 300.0
_KILLED = -9
_AT_A_TIME = 3
"""So few questions are on the list at each step that a session comes to its end soon."""
_CLAIMS_TO_APPEAL = 8


def stepwise_night(given: Night, flow: Flow, *, sign_in: bool) -> Toll:
    """At one portal, with one worker: dies at each step of this flow, and goes on from there as it is.

    With `sign_in`, it dies at each step of a session before that. The office begins without questions.
    """
    (worker,) = given.workers
    steps: list[tuple[Flow | None, Step]] = [(None, step) for step in SIGN_IN] if sign_in else []
    steps += [(flow, step) for step in STEPS[flow]]
    questions = _appeals(given) if flow is Flow.APPEAL else _rows(given, flow)
    missed = []
    for only_in, step in steps:
        if _few_left(flow):
            next(questions, None)
        if not _dies_at(given, step, only_in):
            missed.append(step.name)
    worker.start()
    given.until(given.all_ended, worker.look, _TO_THE_END_SECONDS)
    return judged(given, kills=len(steps) - len(missed), missed=missed)


def _rows(given: Night, flow: Flow) -> Iterator[None]:
    """Puts some more questions on the list at each step."""
    (portal,) = given.portals
    if flow is Flow.REMITTANCES:
        put_on_list(given.desk, portal, flow)
        yield
        return
    for first in range(0, 1000, _AT_A_TIME):
        put_on_list(given.desk, portal, flow, slice(first, first + _AT_A_TIME))
        yield


def _appeals(given: Night) -> Iterator[None]:
    """Approves one more appeal at each step, of claims that were asked about before."""
    (portal,) = given.portals
    put_on_list(given.desk, portal, Flow.CLAIM_STATUS)
    (worker,) = given.workers
    worker.start()
    given.until(given.all_ended, worker.look, _TO_THE_END_SECONDS)
    worker.tell_to_end()
    worker.wait(30)
    for right in appealable(portal)[:_CLAIMS_TO_APPEAL]:
        approve(given.desk, portal.name, [right])
        yield


def _few_left(flow: Flow) -> bool:
    if flow is Flow.APPEAL:
        return not models.Appeal.objects.filter(stage=AppealStage.APPROVED).exists()
    return not models.WorkItem.objects.filter(flow=flow, state__in=(ItemState.READY, ItemState.RUNNING)).exists()


def _dies_at(given: Night, step: Step, flow: Flow | None) -> bool:
    """One process that is killed there; false when it did not come there in time."""
    (worker,) = given.workers
    worker.start(worker.order(step=step.name, flow=flow))
    given.until(lambda: not worker.runs, worker.look, _STEP_SECONDS)
    if worker.runs:
        tell(f"{given.name}: nobody came to '{step.name}': {given.standing()}")
        worker.kill()
        return False
    return worker.wait(1) == _KILLED
