"""Figures of the doors: how signing in went at each portal, and what the office may do where, until when."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, Max, Q

from flows.outcomes import Code
from flows.values import Frozen
from ledger import models
from ledger.presses import PressKind, PressResult
from ledger.reports import Range


class SignIns(Frozen):
    """Presses of one sign-in's password button in these days, by what was seen after them.

    `unproved`: nobody saw what came of it. `at_once`: sessions whose first press was proved, of all `sessions` that
    pressed. `locked`: how often the portal said that the account is locked. `proved_at`: when it last signed in, of
    all days (UTC).
    """

    portal: str
    alias: str
    presses: int
    proved: int
    rejected: int
    unknown: int
    unproved: int
    sessions: int
    at_once: int
    locked: int
    proved_at: datetime | None


def sign_ins(practice_id: int, within: Range, portal: str | None = None) -> list[SignIns]:
    """How signing in went, by portal and sign-in; a sign-in that pressed nothing in these days is there with zeros."""
    credentials = models.Credential.objects.filter(practice_id=practice_id)
    if portal is not None:
        credentials = credentials.filter(portal=portal)
    ours = Q(presses__kind=PressKind.PASSWORD)
    during = ours & within.of_instants("presses__pressed_at")
    proved = Q(presses__result=PressResult.PROVED)
    counted = credentials.annotate(
        all=Count("presses", filter=during),
        proved=Count("presses", filter=during & proved),
        rejected=Count("presses", filter=during & Q(presses__result=PressResult.REJECTED)),
        unknown=Count("presses", filter=during & Q(presses__result=PressResult.UNKNOWN)),
        unproved=Count("presses", filter=during & Q(presses__result="")),
        proved_at=Max("presses__pressed_at", filter=ours & proved),
    )
    sessions, at_once = _sessions(practice_id, within)
    attempts = models.Attempt.objects.filter(
        within.of_instants("finished_at"), run__lane__credential__practice_id=practice_id, code=Code.ACC_LOCKED
    )
    locked = dict(attempts.values_list("run__lane__credential").annotate(times=Count("id")).order_by())
    return [
        SignIns(
            portal=row.portal,
            alias=row.alias,
            presses=row.all,
            proved=row.proved,
            rejected=row.rejected,
            unknown=row.unknown,
            unproved=row.unproved,
            sessions=sessions[row.pk],
            at_once=at_once[row.pk],
            locked=locked.get(row.pk, 0),
            proved_at=row.proved_at,
        )
        for row in counted.order_by("portal", "alias")
    ]


def _sessions(practice_id: int, within: Range) -> tuple[Counter[int], Counter[int]]:
    """By credential: sessions (a lane in one token) that pressed, and those whose first press was proved."""
    rows = models.Press.objects.filter(
        within.of_instants("pressed_at"), credential__practice_id=practice_id, kind=PressKind.PASSWORD
    )
    sessions: Counter[int] = Counter()
    at_once: Counter[int] = Counter()
    newest: tuple[int, int] | None = None
    columns = ("lane_id", "token", "credential_id", "result")
    for lane_id, token, credential_id, result in (
        rows.order_by("lane_id", "token", "id").values_list(*columns).iterator()
    ):
        if (lane_id, token) == newest:
            continue
        newest = lane_id, token
        sessions[credential_id] += 1
        at_once[credential_id] += result == PressResult.PROVED
    return sessions, at_once
