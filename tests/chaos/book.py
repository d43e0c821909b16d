"""Reads the ledger's rows for the oracle, and what the office's log acknowledged."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger import models
from ledger.states import CaseState, ItemState
from portalwright.logs import Event
from tests.chaos.facts import Book, Item, LaneRow, OpenCase, Pressed, Said, Session, Try

_SUBJECTS = ("claim", "appointment", "period", "appeal")


def read_book(now: datetime) -> Book:
    """Everything in the ledger that is open in this process."""
    return Book(
        items=[
            Item(
                id=row.pk,
                portal=row.portal,
                flow=row.flow,
                state=row.state,
                waits_until=row.not_before if row.state == ItemState.READY and row.not_before > now else None,
                has_case=row.case_id is not None,
            )
            for row in models.WorkItem.objects.order_by("id")
        ],
        tries=[
            Try(row.pk, row.item_id, row.run_id, row.ending, row.finished_at)
            for row in models.Attempt.objects.order_by("id")
        ],
        answers=[
            Said(row.pk, row.attempt_id, _subject(row), row.version, row.taken_from_id is not None, _words(row))
            for row in models.AnswerVersion.objects.order_by("id")
        ],
        sessions=[
            Session(row.pk, row.lane_id, row.token, row.flow, row.started_at, row.ended_at)
            for row in models.Run.objects.order_by("id")
        ],
        lanes=[
            LaneRow(row.pk, row.credential.portal, row.credential.alias, row.slot, row.token, row.holder)
            for row in models.Lane.objects.select_related("credential").order_by("id")
        ],
        presses=[
            Pressed(
                id=row.pk,
                portal=row.credential.portal,
                alias=row.credential.alias,
                kind=row.kind,
                pressed_at=row.pressed_at,
                result=row.result,
                settled_at=row.settled_at,
                cleared_at=row.cleared_at,
            )
            for row in models.Press.objects.select_related("credential").order_by("id")
        ],
        cases=[
            OpenCase(row.pk, _subject(row), row.code)
            for row in models.Case.objects.filter(state=CaseState.OPEN).order_by("id")
            if any(getattr(row, f"{kind}_id") for kind in _SUBJECTS)
        ],
        payments=[(row.portal, row.trace_key) for row in models.Remittance.objects.order_by("id")],
        codes_wanted=models.CodeRequest.objects.filter(ended_at=None).count(),
    )


def answers_now() -> dict[int, str]:
    """Every answer that is in the ledger at this moment, by its id."""
    return {row.pk: _words(row) for row in models.AnswerVersion.objects.iterator()}


def acknowledged(logs: Path) -> Counter[tuple[int, str]]:
    """How often the office's log says that a question ended so; a line left unfinished by a killed process is none."""
    return Counter(
        (line["item"], line["outcome"])
        for line in _lines(logs)
        if line.get("event") == Event.ATTEMPT_ENDED and "item" in line
    )


def _lines(logs: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(logs.glob("*.jsonl")):
        for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def _subject(row: models.AnswerVersion | models.Case) -> str:
    (kind,) = (kind for kind in _SUBJECTS if getattr(row, f"{kind}_id") is not None)
    return f"{row.flow} {kind} {getattr(row, f'{kind}_id')}"


def _words(row: models.AnswerVersion) -> str:
    whole = (row.attempt_id, row.version, row.ending, row.observed_at.isoformat(), row.normalised, row.extracted)
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()
