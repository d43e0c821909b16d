"""The audit log as an auditor reads it: newest first, by day, person, act, object, portal or patient; and as a file.

A practice sees the entries of those who worked for it. What an older release wrote for a practice that cannot be told
any more is in no list, though in the chain that is verified. (45 CFR 164.312(b); DOMAIN 6.)
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from flows.values import Frozen
from ledger import models
from ledger.claims_found import By, Sought, search
from ledger.errors import NotThere

_WALK = 5_000
"""So many entries are looked through for one page, so that a page costs the same however long the log is."""
_PAGE = 2_000


class Wanted(Frozen):
    """Which entries: those from `since` on and before `until`. "" and None: any."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    portal: str = ""
    patient_reference: str = ""


class AuditLine(Frozen):
    """One entry. `patient_reference` is a keyed hash; `fields` are names of what was shown or changed."""

    sequence: int
    at: datetime
    actor: str
    on_behalf_of: str
    action: str
    object_type: str
    object_id: str
    patient_reference: str
    portal: str
    flow: str
    run_id: int | None
    result: str
    fields: tuple[str, ...]


class AuditPage(Frozen):
    """Entries, newest first. `older`: the entry to go on before, None where there is nothing older.

    `looked_back_to`: so far back the log was looked through, where it goes on beyond.
    """

    lines: tuple[AuditLine, ...]
    older: int | None = None
    looked_back_to: datetime | None = None


def page(practice_id: int, wanted: Wanted, *, before: int | None = None, most: int = 50) -> AuditPage:
    """Entries of this practice, newest first; those before the entry `before`. Raises NotThere when it is not theirs.

    No more than some thousand entries are looked through at once, so that a page may hold fewer than there are.
    """
    rows = _indexed(practice_id, wanted)
    if before is not None:
        rows = _earlier(rows, _place(practice_id, before))
    rows = rows.order_by("-at", "-sequence")
    floor: models.AuditEntry | None = None
    if wanted.actor or wanted.object_type or wanted.object_id or wanted.portal:
        floor = rows.only("at", "sequence")[_WALK : _WALK + 1].first()
        if floor is not None:
            rows = rows.filter(at__gte=floor.at).exclude(at=floor.at, sequence__lt=floor.sequence)
    found = list(_others(rows, wanted)[: most + 1])
    lines = tuple(map(_line, found[:most]))
    if len(found) > most:
        return AuditPage(lines=lines, older=lines[-1].sequence)
    if floor is not None:
        return AuditPage(lines=lines, older=floor.sequence, looked_back_to=floor.at)
    return AuditPage(lines=lines)


def export(practice_id: int, wanted: Wanted, *, after: int | None = None) -> tuple[AuditLine, ...]:
    """The next entries for a file, oldest first: those after the entry `after`; none at the end.

    A file is made of many of these, so that neither memory nor the database holds the whole log.
    """
    rows = _indexed(practice_id, wanted)
    if after is not None:
        at, sequence = _place(practice_id, after)
        rows = rows.filter(at__gte=at).exclude(at=at, sequence__lte=sequence)
    return tuple(map(_line, _others(rows, wanted).order_by("at", "sequence")[:_PAGE]))


def acts(practice_id: int) -> tuple[str, ...]:
    """Every act that this practice's log tells of, in order. One seek for each, however long the log is."""
    return tuple(_each_act(practice_id))


def claim_of(practice_id: int, number: str) -> int | None:
    """The claim with this number, the office's own or else the payer's; None where there is none, or more than one
    patient has one.
    """
    for by in (By.ACCOUNT, By.PAYER):
        claims = search(practice_id, Sought(by=by, text=number)).claims
        if claims:
            rows = models.Claim.objects.filter(practice_id=practice_id, pk__in=claims)
            return claims[0] if len(set(rows.values_list("patient__reference"))) == 1 else None
    return None


def reference_of(practice_id: int, claim_id: int) -> str:
    """The keyed hash by which the log speaks of the patient of this claim. Raises NotThere."""
    rows = models.Claim.objects.filter(practice_id=practice_id, pk=claim_id)
    reference = rows.values_list("patient__reference", flat=True).first()
    if reference is None:
        raise NotThere("such claim")
    return reference


def _indexed(practice_id: int, wanted: Wanted) -> QuerySet[models.AuditEntry]:
    """What an index finds."""
    rows = models.AuditEntry.objects.filter(practice_id=practice_id)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.patient_reference:
        rows = rows.filter(patient_reference=wanted.patient_reference)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    return rows


def _others(rows: QuerySet[models.AuditEntry], wanted: Wanted) -> QuerySet[models.AuditEntry]:
    named = {
        "actor": wanted.actor,
        "object_type": wanted.object_type,
        "object_id": wanted.object_id,
        "portal": wanted.portal,
    }
    return rows.filter(**{name: value for name, value in named.items() if value})


def _place(practice_id: int, sequence: int) -> tuple[datetime, int]:
    entry = models.AuditEntry.objects.filter(practice_id=practice_id, sequence=sequence).values_list("at").first()
    if entry is None:
        raise NotThere("entry of the audit log")
    return entry[0], sequence


def _earlier(rows: QuerySet[models.AuditEntry], place: tuple[datetime, int]) -> QuerySet[models.AuditEntry]:
    at, sequence = place
    return rows.filter(at__lte=at).exclude(Q(at=at) & Q(sequence__gte=sequence))


def _each_act(practice_id: int) -> Iterator[str]:
    """A seek to the next greater act, over and over: reading them all off the index would walk the whole log."""
    table = connection.ops.quote_name(models.AuditEntry._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE one(action) AS ("  # noqa: S608 - the table is ours, values are parameters
            f" SELECT (SELECT min(action) FROM {table} WHERE practice_id = %s)"
            f" UNION ALL SELECT (SELECT min(next.action) FROM {table} next"
            f" WHERE next.practice_id = %s AND next.action > one.action) FROM one WHERE one.action IS NOT NULL)"
            f" SELECT action FROM one WHERE action IS NOT NULL",
            [practice_id, practice_id],
        )
        yield from (action for (action,) in cursor.fetchall())


def _line(entry: models.AuditEntry) -> AuditLine:
    return AuditLine(
        sequence=entry.sequence,
        at=entry.at.astimezone(UTC),
        actor=entry.actor,
        on_behalf_of=entry.on_behalf_of,
        action=entry.action,
        object_type=entry.object_type,
        object_id=entry.object_id,
        patient_reference=entry.patient_reference,
        portal=entry.portal,
        flow=entry.flow,
        run_id=entry.run_id,
        result=entry.result,
        fields=tuple(json.loads(entry.fields)),
    )
