"""Texts of a portal that no map knew, and what people say they mean: one proposes, another one confirms.

What two people have said becomes a rule of the office when the application has written it into the office's own pack;
the cases of that text are asked again then.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from pydantic import TypeAdapter

from flows.answers import Shown
from flows.outcomes import Code
from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.case_work import locked, note_act
from ledger.errors import MappingRefused, NotThere
from ledger.states import CaseState, ItemState, Resolution
from ledger.unplanned import ASKED_ANEW
from ledger.wakes import Wake, wake

if TYPE_CHECKING:
    from django.db.models import QuerySet

_SEEN = TypeAdapter(tuple[Shown, ...])
_BATCH = 500
_NUMBER = re.compile(r"\d{5,}|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")
"""A number of a claim, check or member, or a date."""


class Mapping(Frozen):
    """What somebody says that a text means. `place` names the map of the pack, `means` a code that it may lead to.

    Confirmed and not `written_at`: the office's own pack does not have it yet.
    """

    id: int
    portal: str
    place: str
    text: str
    means: str
    case_id: int | None
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    written_at: datetime | None


def same_text(text: str) -> str:
    """The text as it is compared: case and spacing do not count, as in a pack's maps."""
    return " ".join(text.split()).casefold()


def get(practice_id: int, mapping_id: int) -> Mapping:
    """One that nobody has refused. Raises NotThere."""
    row = _living(practice_id).filter(pk=mapping_id).first()
    if row is None:
        raise NotThere("meaning of a text with this number that nobody has refused")
    return _mapping(row)


def about(practice_id: int, portal: str, place: str, text: str) -> Mapping | None:
    """What somebody has said of this text, in this map; None when nobody has, or it was refused."""
    rows = _living(practice_id).filter(portal=portal, place=place)
    found = (row for row in rows.order_by("-id")[:1000] if same_text(row.text) == same_text(text))
    row = next(found, None)
    return None if row is None else _mapping(row)


def waiting(practice_id: int, most: int = 100) -> tuple[Mapping, ...]:
    """What waits for a second person, or for being written into the office's pack; the oldest first."""
    rows = _living(practice_id).filter(written_at=None).order_by("id")[:most]
    return tuple(map(_mapping, rows))


def propose(case_id: int, actor: Actor, changes: int, now: datetime, *, shown: int, place: str, means: str) -> Mapping:
    """Say what the text means that this case has seen at place `shown` (from 0) of what it shows.

    The case stays open until another person has confirmed it. Raises NotAPerson, NotThere, AlreadyClosed, CaseChanged;
    MappingRefused where somebody has said something of this text already.
    """
    must_be_person(actor, "say what a text means")
    with transaction.atomic():
        case = locked(case_id, actor, changes)
        seen = _SEEN.validate_json(case.seen)
        if case.code != Code.DATA_UNMAPPED or not 0 <= shown < len(seen) or not seen[shown].text.strip():
            raise MappingRefused("This case shows no text that waits for its meaning. Nothing was recorded.")
        text = " ".join(seen[shown].text.split())
        if _of_one_claim(text, case):
            raise MappingRefused(
                "This text holds a name, a number or a date, so that it says something of one claim alone. Nothing was "
                "recorded; answer the case by hand, and have the pack read the page otherwise."
            )
        if about(actor.practice_id, case.portal, place, text) is not None:
            raise _said_already()
        try:
            with transaction.atomic():
                row = models.TextMapping.objects.create(
                    practice_id=actor.practice_id, portal=case.portal, place=place, text=text, means=means,
                    case=case, proposed_by_id=actor.account_id, proposed_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise _said_already() from None
        note_act(case, actor, "said what it means", now, text=means)
        audit.append(actor, "text.propose", "text-mapping", row.pk, now, portal=case.portal, result=means)
        return get(actor.practice_id, row.pk)


def confirm(mapping_id: int, actor: Actor, now: datetime) -> Mapping:
    """Another person says the same: it is a rule from now on, and is to be written into the office's pack.

    Raises NotAPerson, NotThere; MappingRefused for whoever has proposed it, and when it was confirmed before.
    """
    must_be_person(actor, "confirm what a text means")
    with transaction.atomic():
        row = _locked(mapping_id, actor)
        if row.proposed_by_id == actor.account_id:
            raise MappingRefused(
                "Two people make a rule, and it was you who proposed this one. Nothing was changed; somebody else has "
                "to look at it."
            )
        if row.confirmed_by_id is not None:
            raise MappingRefused("Somebody else has confirmed this before. Nothing was changed.")
        row.confirmed_by_id, row.confirmed_at = actor.account_id, now
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        audit.append(actor, "text.confirm", "text-mapping", row.pk, now, portal=row.portal, result=row.means)
        return get(actor.practice_id, row.pk)


def refuse(mapping_id: int, actor: Actor, now: datetime) -> None:
    """Say that it does not mean that; also by whoever has proposed it. Somebody may propose another meaning then.

    Raises NotAPerson, NotThere; MappingRefused when it is in the office's pack already.
    """
    must_be_person(actor, "refuse what a text means")
    with transaction.atomic():
        row = _locked(mapping_id, actor)
        if row.written_at is not None:
            raise MappingRefused(
                "This is in the office's own pack already. Nothing was changed; whoever looks after the packs can take "
                "it out there."
            )
        row.refused_by_id, row.refused_at = actor.account_id, now
        row.save(update_fields=["refused_by", "refused_at"])
        audit.append(actor, "text.refuse", "text-mapping", row.pk, now, portal=row.portal, result=row.means)


def written(mapping_id: int, read_by: Callable[[str], bool], actor: Actor, now: datetime) -> int:
    """The office's pack has it: the cases of this text are closed and asked again; returns how many cases.

    `read_by` says of a place on a page (`view.element`) whether it is read by the map. Raises NotAPerson, NotThere, and
    MappingRefused for what two people have not said.
    """
    must_be_person(actor, "bring a text into the office's pack")
    with transaction.atomic():
        row = _locked(mapping_id, actor)
        if row.confirmed_by_id is None:
            raise MappingRefused("Two people make a rule, and only one has said this so far. Nothing was changed.")
        models.TextMapping.objects.filter(pk=row.pk).update(written_at=row.written_at or now)
        ids = _cases_of(row, read_by)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            models.WorkItem.objects.filter(case__in=batch, state=ItemState.PARKED).update(
                state=ItemState.READY, tries=0, not_before=now, case=None, **ASKED_ANEW
            )
            models.Case.objects.filter(pk__in=batch).update(
                state=CaseState.CLOSED, closed_at=now, closed_by_id=actor.account_id, changes=F("changes") + 1,
                resolution=Resolution.ASK_AGAIN, note="The text is in the office's pack now.",
            )  # fmt: skip
        wake(Wake.CASE_CLOSED, now)
        told = f"{row.means}, {len(ids)} cases"
        audit.append(actor, "text.written", "text-mapping", row.pk, now, portal=row.portal, result=told)
        return len(ids)


def _cases_of(row: models.TextMapping, read_by: Callable[[str], bool]) -> list[int]:
    """The open cases of this practice that stopped at this very text, locked."""
    sought = same_text(row.text)
    rows = models.Case.objects.select_for_update(of=("self",)).filter(
        practice_id=row.practice_id, portal=row.portal, state=CaseState.OPEN, code=Code.DATA_UNMAPPED
    )
    return [
        number
        for number, seen in rows.order_by("id").values_list("id", "seen").iterator(chunk_size=_BATCH)
        if any(same_text(shown.text) == sought and read_by(shown.where) for shown in _SEEN.validate_json(seen))
    ]


def _of_one_claim(text: str, case: models.Case) -> bool:
    """Would the text, written into a pack that lies in the clear, tell of somebody? No other claim would have it."""
    if _NUMBER.search(text):
        return True
    about = case.claim or case.appointment
    patient = about.patient if about is not None else None
    names = (patient.last_name, patient.first_name, patient.member_id) if patient is not None else ()
    words = set(re.findall(r"\w+", text.casefold()))
    return any(words & set(re.findall(r"\w{3,}", name.casefold())) for name in names)


def _said_already() -> MappingRefused:
    return MappingRefused("Somebody has said already what this text means. Nothing was recorded; look at that first.")


def _living(practice_id: int) -> "QuerySet[models.TextMapping]":
    rows = models.TextMapping.objects.select_related("proposed_by", "confirmed_by")
    return rows.filter(practice_id=practice_id, refused_at=None)


def _locked(mapping_id: int, actor: Actor) -> models.TextMapping:
    rows = models.TextMapping.objects.select_for_update(of=("self",))
    row = rows.filter(pk=mapping_id, practice_id=actor.practice_id, refused_at=None).first()
    if row is None:
        raise NotThere("meaning of a text with this number that nobody has refused")
    return row


def _mapping(row: models.TextMapping) -> Mapping:
    return Mapping(
        id=row.pk,
        portal=row.portal,
        place=row.place,
        text=row.text,
        means=row.means,
        case_id=row.case_id,
        proposed_by=row.proposed_by.name,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else None,
        confirmed_at=row.confirmed_at,
        written_at=row.written_at,
    )
