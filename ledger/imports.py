"""Work lists come in: claims or appointments as questions, written so that the same list twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Q

from flows.questions import Flow, Patient, Provider
from ledger import audit, models
from ledger.accounts import Actor
from ledger.canonical import canonical_json
from ledger.case_routing import follow_appointments, follow_claims
from ledger.states import ItemState
from ledger.subjects import column_of
from ledger.unplanned import ASKED_ANEW
from ledger.wakes import Wake, wake
from ledger.work_rules import in_force

BATCH = 500

Key = tuple[str, str]
"""A portal, and the office's number for the claim or appointment."""

Thing = TypeVar("Thing")
Row = TypeVar("Row", models.Claim, models.Appointment)


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not taken: its place in the list (from 1) and why, in words that hold none of its contents."""

    row: int
    why: str


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in rows. `reused`: of those created or changed, how many an answer was at hand for."""

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]
    reused: int = 0


Keep = Callable[[ImportResult], bool]
"""Asked at the end, when everything is known and nothing is final; where it says no, nothing is changed."""


@dataclass(frozen=True)
class Kind(Generic[Thing, Row]):
    """One kind of list: its table, and how a thing of the list becomes a row of it.

    `number` is the column of the office's number, `twice` what is said of a number that comes again with other
    contents. `why_not` says why a thing cannot be taken ("" when it can); `changing` are all columns that an import may
    change, and `columns` gives them for a thing and its patient's row. `settle` hears of the rows that are now to be
    asked about, and returns for how many an answer was at hand.
    """

    table: type[Row]
    flow: Flow
    what: str
    number: str
    twice: str
    key: Callable[[Thing], Key]
    patient: Callable[[Thing], Patient]
    why_not: Callable[[Thing], str]
    changing: tuple[str, ...]
    columns: Callable[[Thing, int], dict[str, Any]]
    settle: Callable[[Sequence[Row], Actor, datetime], int] = lambda _rows, _actor, _now: 0


def bring_in(
    kind: Kind[Thing, Row],
    things: Iterable[Thing],
    actor: Actor,
    now: datetime,
    *,
    digest: Callable[[str], str],
    keep: Keep,
) -> ImportResult:
    """Bring a list into the work list of the actor's practice: all of it that can be taken, or none.

    `digest` is a keyed hash (the vault's), from which the patient's reference is made. What is new is asked about at
    once. What has changed counts as a new question: it is asked again, and what is just being asked about its older
    form is not recorded. The things are read one batch at a time, so the list may be as long as it likes.
    """
    importing = _Import(kind, actor, now, digest)
    with transaction.atomic():
        # Two imports of one practice at once could wait for each other's rows for ever, or both add the same one.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        for batch in _batches(enumerate(things, start=1)):
            importing.take(batch)
        result = importing.result()
        if keep(result):
            wake(Wake.IMPORTED, now)
            audit.append(
                actor, f"{kind.what}.import", kind.what, now.isoformat(), now,
                result=f"{result.created} new, {result.changed} changed, {result.unchanged} as before, "
                f"{len(result.rejected)} rejected",
            )  # fmt: skip
        else:
            transaction.set_rollback(True)
    return result


class _Import(Generic[Thing, Row]):
    """One import under way: what it did so far, and which rows it has met."""

    def __init__(self, kind: Kind[Thing, Row], actor: Actor, now: datetime, digest: Callable[[str], str]) -> None:
        self._kind: Kind[Thing, Row] = kind
        self._actor, self._now, self._digest = actor, now, digest
        self._created = self._changed = self._unchanged = self._reused = 0
        self._rejected: list[RejectedRow] = []
        self._met = bytearray()  # a bit for each row id: a list of a million claims costs 125 kB

    def take(self, batch: list[tuple[int, Thing]]) -> None:
        """Write one batch of the list."""
        taken: dict[Key, tuple[int, Thing]] = {}
        for row, thing in batch:
            key = self._kind.key(thing)
            if why := self._kind.why_not(thing):
                self._rejected.append(RejectedRow(row, why))
            elif key not in taken:
                taken[key] = (row, thing)
            elif taken[key][1] == thing:
                self._unchanged += 1
            else:
                self._rejected.append(RejectedRow(row, self._kind.twice))
        if taken:
            self._write(taken)

    def result(self) -> ImportResult:
        """What was done, rejected rows in their order."""
        rejected = tuple(sorted(self._rejected, key=lambda one: one.row))
        return ImportResult(self._created, self._changed, self._unchanged, rejected, self._reused)

    def _write(self, taken: dict[Key, tuple[int, Thing]]) -> None:
        kind, practice_id = self._kind, self._actor.practice_id
        people = {key: kind.patient(thing) for key, (_, thing) in taken.items()}
        identities = {key: _identity(patient) for key, patient in people.items()}
        patients = _patients({identities[key]: people[key] for key in taken}, practice_id, self._digest)
        known: dict[Key, Row] = self._known(taken)
        new: list[Row] = []
        changed: list[Row] = []
        for key, (row, thing) in taken.items():
            wanted = kind.columns(thing, patients[identities[key]])
            there = known.get(key)
            if there is None:
                named = {"portal": key[0], kind.number: key[1]}
                new.append(kind.table(practice_id=practice_id, imported_at=self._now, **named, **wanted))
            elif all(getattr(there, name) == value for name, value in wanted.items()):
                self._unchanged += 1
            elif self._has_met(there.pk):
                self._rejected.append(RejectedRow(row, kind.twice))
            else:
                for name, value in wanted.items():
                    setattr(there, name, value)
                there.revision += 1
                there.imported_at = self._now
                changed.append(there)
        kind.table._default_manager.bulk_create(new)
        self._ask_about(new)
        self._ask_again(changed)
        self._reused += kind.settle(new + changed, self._actor, self._now)
        self._created += len(new)
        self._changed += len(changed)
        for one in (*new, *known.values()):
            self._meet(one.pk)

    def _known(self, taken: Iterable[Key]) -> dict[Key, Row]:
        kind = self._kind
        by_portal: dict[str, list[str]] = {}
        for portal, number in taken:
            by_portal.setdefault(portal, []).append(number)
        wanted = Q()
        for portal, numbers in by_portal.items():
            wanted |= Q(**{"portal": portal, f"{kind.number}__in": numbers})
        rows = kind.table._default_manager.select_for_update().filter(wanted, practice_id=self._actor.practice_id)
        return {(row.portal, getattr(row, kind.number)): row for row in rows}

    def _ask_about(self, rows: list[Row]) -> None:
        """Put new rows on the work list. The database copies what it has just been given, a third cheaper."""
        if not rows:
            return
        quoted = connection.ops.quote_name
        columns = ("practice_id", "portal", "flow", f"{column_of(self._kind.flow)}_id", "state", "tries", "rank",
                   "not_before", "token", "attempt", "revision")  # fmt: skip
        marks = ", ".join(["%s"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {quoted(models.WorkItem._meta.db_table)} ({', '.join(map(quoted, columns))}) "  # noqa: S608 - names of ours
                "SELECT practice_id, portal, %s, id, %s, 0, 1, imported_at, 0, '', 0 "
                f"FROM {quoted(self._kind.table._meta.db_table)} WHERE id IN ({marks}) ORDER BY id",
                [self._kind.flow.value, ItemState.READY.value, *(row.pk for row in rows)],
            )

    def _ask_again(self, rows: list[Row]) -> None:
        if not rows:
            return
        self._kind.table._default_manager.bulk_update(rows, [*self._kind.changing, "revision", "imported_at"])
        # What is running is left to its session: `work.finish` sees the older revision and asks again by itself.
        about = {f"{column_of(self._kind.flow)}__in": [row.pk for row in rows]}
        models.WorkItem.objects.filter(**about).exclude(state=ItemState.RUNNING).update(
            state=ItemState.READY, tries=0, not_before=self._now, case=None, **ASKED_ANEW
        )
        follow = follow_claims if self._kind.flow is Flow.CLAIM_STATUS else follow_appointments
        practice_id = self._actor.practice_id
        follow(practice_id, [row.pk for row in rows], in_force(practice_id).routing.cases)

    def _has_met(self, row_id: int) -> bool:
        place, bit = divmod(row_id, 8)
        return place < len(self._met) and bool(self._met[place] >> bit & 1)

    def _meet(self, row_id: int) -> None:
        place, bit = divmod(row_id, 8)
        if place >= len(self._met):
            self._met.extend(bytes(place + 1024 - len(self._met)))
        self._met[place] |= 1 << bit


def _patients(patients: dict[str, Patient], practice_id: int, digest: Callable[[str], str]) -> dict[str, int]:
    """The row ids of all patients of a batch, by identity, made where they are not there."""
    references = {digest(identity): identity for identity in patients}
    rows = models.Patient.objects.filter(practice_id=practice_id, reference__in=references)
    ids = {references[reference]: pk for reference, pk in rows.values_list("reference", "pk")}
    new = [
        models.Patient(practice_id=practice_id, reference=reference, **patients[identity].model_dump())
        for reference, identity in references.items()
        if identity not in ids
    ]
    models.Patient.objects.bulk_create(new)
    return ids | {references[row.reference]: row.pk for row in new}


def _identity(patient: Patient) -> str:
    return canonical_json(patient.model_dump(mode="json"))


def why_not_kept(
    portal: str, provider: Provider, patient: Patient, texts: Iterable[tuple[str, str | None, int]] = ()
) -> str:
    """Why the database could not keep one of these texts; "" when it can. `texts`: name, text, most characters."""
    held: list[tuple[str, str | None, int]] = [
        ("portal", portal, 100),
        *texts,
        ("provider's tax number", provider.tin, 20),
        ("provider's identifier", provider.npi, 20),
        ("member id", patient.member_id, 80),
        ("last name", patient.last_name, 200),
        ("first name", patient.first_name, 200),
    ]
    for name, text, longest in held:
        if len(text or "") > longest:
            return f"The {name} has more than {longest} characters."
        if "\0" in (text or ""):
            return f"The {name} holds a character that is no text (NUL)."
    return ""


def _batches(rows: Iterable[tuple[int, Thing]]) -> Iterator[list[tuple[int, Thing]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
