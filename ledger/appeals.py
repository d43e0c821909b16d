"""Appeals and the people who answer for them: drafted, changed, approved, taken back, and settled by a person's word.

An appeal is filed once (DESIGN 2.3). From the moment that its button may have been pressed nothing here makes it a
draft again: the portal's own list, or a person, says what came of it.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from flows.appeal_rules import AppealRules
from flows.questions import Attachment, Flow
from ledger import document_files, models
from ledger.accounts import Actor, must_be_person
from ledger.appeals_listed import events, get, list_all, paper, waiting
from ledger.appeals_outcome import follow_up
from ledger.appeals_press import pressing
from ledger.appeals_rows import digest, locked, nothing_to_ask, ready, step
from ledger.appeals_values import (
    AppealChange,
    AppealDraft,
    AppealEventRecord,
    AppealKind,
    AppealRecord,
    Happening,
    KeptDeadline,
)
from ledger.canonical import canonical_json, to_cents
from ledger.cases import close_held_by
from ledger.document_files import SealedDocument, Source
from ledger.errors import AppealExists, AppealFixed, NotThere, RecordWrong
from ledger.held_office import listed_by
from ledger.matching_keys import number_key
from ledger.states import AppealStage, ItemState
from ledger.subjects import PRESSED
from ledger.tasks import follow_claims
from ledger.wakes import Wake, wake

__all__ = [
    "AppealChange",
    "AppealDraft",
    "AppealEventRecord",
    "AppealKind",
    "AppealRecord",
    "AppealStage",
    "Happening",
    "KeptDeadline",
    "approve",
    "attach",
    "change",
    "detach",
    "draft",
    "events",
    "get",
    "list_all",
    "paper",
    "pressing",
    "settle",
    "waiting",
    "withdraw",
]

_TEXTS = ("level", "reason", "kind", "argument", "own_words")
_OPEN = (AppealStage.DRAFT, AppealStage.APPROVED)
_MOST_CENTS = 10**15
_CALLED = {
    "amount_cents": "amount", "own_words": "argument", "carcs": "codes", "rarcs": "codes", "deadline": "last day",
    "deadline_rule": "last day", "deadline_anchor": "last day", "deadline_anchor_date": "last day",
    "deadline_source": "last day", "deadline_verified_on": "last day",
}  # fmt: skip
"""What stands in a column, for people; the name of the column where it is the same."""
_LONGEST = {"payer claim number": 200, "list of lines": 500, "argument": 100_000, "list of codes": 2_000}


def draft(what: AppealDraft, actor: Actor, now: datetime, *, note: str = "") -> int:
    """Begin an appeal of a claim on the work list, and return its number. Nothing is filed before it is approved.

    `note` is what a person says about it, and stays with what happened. Raises NotThere for an unknown claim,
    AppealExists when a living appeal of the same payer claim number and level contests one of its lines,
    RecordWrong for what cannot be kept.
    """
    with transaction.atomic():
        _one_at_a_time(actor)
        claims = models.Claim.objects.select_related("patient").filter(practice_id=actor.practice_id)
        claim = claims.filter(portal=what.portal, patient_account_number=what.patient_account_number).first()
        if claim is None:
            raise NotThere("claim with this patient account number at this portal")
        key = number_key(what.payer_claim_number)
        if not key or len(what.payer_claim_number) > _LONGEST["payer claim number"]:
            raise RecordWrong(
                "An appeal needs the payer's number of the claim. Nothing was recorded; ask for it first."
            )
        row = models.Appeal(
            practice_id=actor.practice_id,
            portal=what.portal,
            claim=claim,
            reference=uuid.uuid4().hex,
            payer_claim_number=what.payer_claim_number,
            payer_claim_key=key,
            stage=AppealStage.DRAFT,
            drafted_by_id=actor.account_id,
            drafted_at=now,
            **_columns(AppealChange.model_validate(what.model_dump(include=set(AppealChange.model_fields)))),
            **_rules(what.rules),
        )
        _must_be_alone(row)
        row.save(force_insert=True)
        step(row, Happening.DRAFTED, actor, now, note=note)
        follow_claims([claim.pk], actor, now)
        return row.pk


def change(number: int, what: AppealChange, actor: Actor, now: datetime, *, note: str = "", seen: str = "") -> None:
    """Change an appeal that was not pressed yet. A change of an approved one ends its approval.

    `seen` is the digest of what they looked at, "" for whoever takes it as it is now. Raises NotThere, AppealFixed,
    AppealExists or RecordWrong, also for what was changed since it was seen.
    """
    with transaction.atomic():
        _one_at_a_time(actor)
        row = _open(actor, number)
        if seen:
            _must_be_as_seen(row, seen, "changed")
        columns = {name: value for name, value in _columns(what).items() if getattr(row, name) != value}
        if not columns:
            return
        for name, value in columns.items():
            setattr(row, name, value)
        if "lines" in columns or "level" in columns:
            _must_be_alone(row)
        _end_approval(row, actor, now)
        told = "; ".join(part for part in (_in_words(columns), note) if part)
        step(row, Happening.CHANGED, actor, now, note=told, fields=tuple(sorted(columns)), **columns)


def attach(number: int, sealed: SealedDocument, attachment: Attachment, actor: Actor, now: datetime) -> None:
    """Add a document, sealed already, as the last one that goes with the appeal; as `change` does otherwise.

    Raises RecordWrong when it is not the document that `attachment` describes, or goes with the appeal already.
    """
    with transaction.atomic():
        row = _open(actor, number)
        if (sealed.sha256, sealed.size) != (attachment.sha256, attachment.size):
            raise RecordWrong("This is not the document that was described. Nothing was recorded.")
        document, _ = document_files.note(sealed, Source(actor=actor, now=now, portal=row.portal))
        there = models.AppealAttachment.objects.filter(appeal=row)
        if there.filter(document=document).exists() or there.filter(filename=attachment.filename).exists():
            raise RecordWrong("This document goes with the appeal already. Nothing was recorded.")
        last = there.order_by("-place").values_list("place", flat=True).first() or 0
        models.AppealAttachment.objects.create(
            appeal=row,
            document=document,
            place=last + 1,
            kind=attachment.kind,
            filename=attachment.filename,
            content_type=attachment.content_type,
            size=attachment.size,
            pages=attachment.pages,
        )
        _end_approval(row, actor, now)
        step(row, Happening.ATTACHED, actor, now, note=attachment.filename)


def detach(number: int, filename: str, actor: Actor, now: datetime) -> None:
    """Let the document that the portal would see under this name not go with the appeal; as `change` does otherwise."""
    with transaction.atomic():
        row = _open(actor, number)
        removed, _ = models.AppealAttachment.objects.filter(appeal=row, filename=filename).delete()
        if not removed:
            raise NotThere("document of this name with the appeal")
        _end_approval(row, actor, now)
        step(row, Happening.DETACHED, actor, now, note=filename)


def approve(number: int, actor: Actor, now: datetime, *, rules: AppealRules, seen: str) -> None:
    """A named person wants exactly this filed; the robot may file it from now on.

    `seen` is the digest of what they were shown, `rules` how the payer takes appeals today. Raises NotAPerson,
    NotThere, AppealFixed for what is no draft, RecordWrong for what is not complete or was changed since.
    """
    must_be_person(actor, "approve an appeal")
    with transaction.atomic():
        row = locked(actor.practice_id, number)
        if row.stage != AppealStage.DRAFT:
            raise AppealFixed(number, row.stage)
        if lacking := _lacks(row):
            raise RecordWrong(f"Appeal {number} has no {lacking}. Nothing was approved; add it first.")
        now_is = _must_be_as_seen(row, seen, "approved")
        step(
            row, Happening.APPROVED, actor, now,
            stage=AppealStage.APPROVED, approvals=row.approvals + 1, approved_by_id=actor.account_id, approved_at=now,
            approved_digest=now_is, **_rules(rules),
        )  # fmt: skip
        ready(row, Flow.APPEAL, _listed_by(row, now))
        wake(Wake.APPROVED, now)


def withdraw(number: int, actor: Actor, now: datetime, *, note: str = "") -> None:
    """Give up an appeal that was not pressed. Raises NotAPerson, NotThere or AppealFixed."""
    must_be_person(actor, "withdraw an appeal")
    with transaction.atomic():
        row = _open(actor, number)
        close_held_by(row, actor, note, now)
        step(row, Happening.WITHDRAWN, actor, now, note=note, stage=AppealStage.WITHDRAWN)
        nothing_to_ask(row)
        follow_claims([row.claim_id], actor, now)


def settle(
    number: int,
    actor: Actor,
    now: datetime,
    *,
    filed: bool,
    confirmation: str = "",
    filed_on: date | None = None,
    note: str = "",
) -> None:
    """A person found out what came of an appeal that was pressed: filed, under this number if there is one, or not.

    Filed, it is followed up like any other; not filed, it is over, and a new draft may be made, which needs an approval
    of its own; that one is not filed before the payer's list would show what was pressed, should the person be wrong.
    A word that was wrong is corrected by another, with a number or a note, while the portal itself has said nothing of
    the appeal since. Raises NotAPerson, NotThere, AppealFixed for what was not pressed or is otherwise known, or while
    a session is just pressing or looking; RecordWrong for a correction without a reason, AppealExists when another
    appeal was begun in its place.
    """
    must_be_person(actor, "say what came of an appeal")
    with transaction.atomic():
        _one_at_a_time(actor)
        row = locked(actor.practice_id, number)
        if row.stage not in PRESSED:
            _must_be_corrected(row, filed=filed, reason=confirmation or note)
        if models.WorkItem.objects.filter(appeal=row, state=ItemState.RUNNING).exists():
            raise AppealFixed(number, "in the hands of a run at this moment")
        close_held_by(row, actor, note, now)
        if filed:
            pressed_on = (row.pressed_at or now).date()
            step(
                row, Happening.SETTLED_FILED, actor, now, note=note,
                stage=AppealStage.FILED, filed_by_id=actor.account_id, filed_at=now, filed_on=filed_on or pressed_on,
                confirmation=confirmation.replace("\0", "").strip() or row.confirmation,
                expected_by=(filed_on or pressed_on) + timedelta(days=row.decision_days),
            )  # fmt: skip
            follow_up(row, now)
        else:
            step(
                row, Happening.SETTLED_NOT_FILED, actor, now, note=note,
                stage=AppealStage.NOT_FILED, filed_by_id=None, filed_at=None, filed_on=None, confirmation="",
                expected_by=None,
            )  # fmt: skip
            nothing_to_ask(row, Flow.APPEAL_STATUS)
        nothing_to_ask(row)
        follow_claims([row.claim_id], actor, now)


def _must_be_corrected(row: models.Appeal, *, filed: bool, reason: str) -> None:
    """Raises unless a person's word is all that is known of this appeal, and another person's may stand against it."""
    last = models.AppealEvent.objects.filter(appeal=row).order_by("-id").values_list("what", flat=True).first()
    said_before = (Happening.SETTLED_FILED, Happening.SETTLED_NOT_FILED)
    if last not in said_before or (not filed and row.stage == AppealStage.NOT_FILED):
        raise AppealFixed(row.pk, row.stage)
    if not reason.strip():
        raise RecordWrong(
            f"Somebody has said what came of appeal {row.pk}. To correct that, say how you know (a note, or the "
            "payer's number). Nothing was recorded."
        )
    if filed:
        _must_be_alone(row)


def _one_at_a_time(actor: Actor) -> None:
    """Two at once could contest the same line: drafts of a practice are made and changed one after the other."""
    models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)


def _open(actor: Actor, number: int) -> models.Appeal:
    row = locked(actor.practice_id, number)
    if row.stage not in _OPEN:
        raise AppealFixed(number, row.stage)
    return row


def _must_be_as_seen(row: models.Appeal, seen: str, done: str) -> str:
    """The digest of what would be filed now. Raises RecordWrong when it is not what somebody saw."""
    now_is = digest(row)
    if seen != now_is:
        raise RecordWrong(
            f"Appeal {row.pk} was changed since it was shown. Nothing was {done}; look at it again first."
        )
    return now_is


def _end_approval(row: models.Appeal, actor: Actor, now: datetime) -> None:
    if row.stage == AppealStage.APPROVED:
        step(
            row, Happening.APPROVAL_ENDED, actor, now,
            stage=AppealStage.DRAFT, approved_by_id=None, approved_at=None, approved_digest="",
        )  # fmt: skip
        nothing_to_ask(row)


def _must_be_alone(row: models.Appeal) -> None:
    """Raises AppealExists when another appeal that the payer has, or is to have, contests one of the same lines."""
    for other in _about_the_same(row):
        if other.stage not in models.NEVER_FILED and other.decision != "dismissed":
            raise AppealExists(other.pk)


def _about_the_same(row: models.Appeal) -> Iterator[models.Appeal]:
    """Other appeals of the same payer claim number and level that contest one of the same lines."""
    lines = set(_list(row.lines))
    others = models.Appeal.objects.filter(
        practice_id=row.practice_id, portal=row.portal, payer_claim_key=row.payer_claim_key, level=row.level
    ).exclude(pk=row.pk)
    for other in others.order_by("id"):
        theirs = set(_list(other.lines))
        if not lines or not theirs or lines & theirs:
            yield other


def _listed_by(row: models.Appeal, now: datetime) -> datetime:
    """From when on the payer's list shows whatever was pressed for the same lines before, though a person has said that
    it was not filed: the robot reads the list before it files, and only then can see that the person was wrong. The
    same holds for what an office filed that was lost since, and restored from a backup."""
    pressed = (
        min(other.pressed_at, now) + timedelta(hours=other.listed_after_hours)
        for other in _about_the_same(row)
        if other.stage == AppealStage.NOT_FILED and other.pressed_at is not None
    )
    return max((listed_by(row.listed_after_hours, now), *pressed))


def _lacks(row: models.Appeal) -> str:
    """What a draft needs before anybody can approve it; "" when it has all."""
    if not row.argument.strip():
        return "argument"
    if row.amount_cents <= 0:
        return "amount"
    attached = models.AppealAttachment.objects.filter(appeal=row)
    return "key to a document that goes with it" if attached.filter(document__key=None).exists() else ""


def _columns(what: AppealChange) -> dict[str, Any]:
    """The columns of what is given. Raises RecordWrong for what the database cannot keep."""
    columns: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(what, name)) is not None}
    if what.lines is not None:
        columns["lines"] = canonical_json(_in_order(what.lines))
    for name in ("carcs", "rarcs"):
        if (codes := getattr(what, name)) is not None:
            columns[name] = canonical_json(sorted(set(codes)))
    if what.amount is not None:
        columns["amount_cents"] = to_cents(what.amount)
        if not 0 <= columns["amount_cents"] < _MOST_CENTS:
            raise RecordWrong("The contested amount is negative, or more than any bill. Nothing was recorded.")
    if what.deadline is not None:
        kept = what.deadline
        columns |= {
            "deadline": kept.day,
            "deadline_rule": kept.rule,
            "deadline_anchor": kept.anchor,
            "deadline_anchor_date": kept.anchor_date,
            "deadline_source": kept.source,
            "deadline_verified_on": kept.verified_on,
        }
    for name, column in (
        ("argument", "argument"),
        ("argument", "own_words"),
        ("list of lines", "lines"),
        ("list of codes", "carcs"),
    ):
        text = str(columns.get(column, ""))
        if len(text) > _LONGEST[name] or "\0" in text or "\\u0000" in text:
            raise RecordWrong(f"The {name} is too long, or holds a character that is no text. Nothing was recorded.")
    return columns


def _in_words(columns: Iterable[str]) -> str:
    """What was changed, as a person calls it, each thing once."""
    parts = dict.fromkeys(_CALLED.get(name, name) for name in columns)
    return ", ".join(parts)


def _in_order(lines: Sequence[str]) -> list[str]:
    """Line numbers in ascending order: 2 before 10."""
    return sorted(set(lines), key=lambda line: (len(line), line))


def _rules(rules: AppealRules) -> dict[str, Any]:
    names = ("listed_after_hours", "first_check_days", "decision_days")
    return {name: getattr(rules, name) for name in names}


def _list(text: str) -> Sequence[str]:
    return tuple(json.loads(text))
