"""The made-up office of the tests, copied inside its ledger until it is as large as a benchmark wants it.

`python -m bench.desk_office FOLDER CLAIMS [--ledger ADDRESS]` makes it, in a process that ends then: one that has
filled a million rows is slower at everything that it does afterwards.
"""

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, Field, ForeignKey, Model, TextField, UniqueConstraint

from console.reports.every import REPORTS
from flows.outcomes import Code, Family
from flows.questions import Attachment, AttachmentKind, Flow
from ledger import appeals, models
from ledger.cases_values import INCIDENTS
from ledger.document_files import seal
from ledger.postgresql.address import read_address
from portalwright.office import Desk, utc_now
from tests.console_office.claims import CONTRACTOR, NATIONAL, claim
from tests.console_office.made import CLAIMS, Filled, fill, make, opened
from tests.console_office.people import actor_of

PARTS = "parts.json"
"""What stands in the addresses of the office's pages: `name` of the part, or `page.name` where pages mean different
things."""

_STEP = 100_000
"""The ids of one copy are so far from those of the next: more than a copy has, and at the end still within 32 bits."""

_CASES_EVERY, _TASKS_EVERY = 15, 4
"""Every so manieth copy has its open cases and tasks too: 20,000 open cases for 1,000,000 claims."""

_COPIED: tuple[tuple[type[Model], int], ...] = (
    (models.Patient, 1),
    (models.Claim, 1),
    (models.Appointment, 1),
    (models.Attempt, 1),
    (models.AnswerVersion, 1),
    (models.Case, _CASES_EVERY),
    (models.WorkItem, 1),
    (models.EvidenceKey, _CASES_EVERY),
    (models.EvidenceBlob, _CASES_EVERY),
    (models.Document, 1),
    (models.DocumentKey, 1),
    (models.DocumentArrival, 1),
    (models.RemittanceReading, 1),
    (models.Remittance, 1),
    (models.RemitClaim, 1),
    (models.RemitPerson, 1),
    (models.RemitLine, 1),
    (models.RemitAdjustment, 1),
    (models.ProviderAdjustment, 1),
    (models.RemittanceCase, _CASES_EVERY),
    (models.Deposit, _CASES_EVERY),
    (models.Appeal, 1),
    (models.AppealEvent, 1),
    (models.AppealAttachment, 1),
    (models.Task, _TASKS_EVERY),
    (models.AuditEntry, 1),
)
_EVERY = dict(_COPIED)

_LONG_AGO = timedelta(days=180)

_OF_A_CLAIM = {"code": Code.BUS_MULTI.value, "family": Family.BUSINESS.value, "stops": ""}
_INCIDENTS = ", ".join(f"'{family}'" for family in INCIDENTS)
"""What happens to a portal or a sign-in happens once, however large the office is: its copies are cases of claims."""

_LATER = 100
"""Every so manieth copy's questions are due tonight, as those of the first office are; the others' later this month."""

_RECORDS = b"%PDF-1.7\n" + bytes(2_000_000)
"""As large as a scan of forty pages; nobody reads it here."""

_OF_A_TURN = {"state": "'ready'", "lane": "NULL", "attempt": "''", "taken_at": "NULL"}
"""A lane asks one question at a time: the copies of what is being asked wait for their turn."""


def main() -> None:
    """Make the office, and leave what stands in the addresses of its pages beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("claims", type=int)
    parser.add_argument("--ledger", type=read_address, help="an empty database; a file in the folder when left out")
    given = parser.parse_args()
    make(given.folder / "office", ledger=given.ledger)
    with opened(given.folder / "office") as desk:
        filled = fill(desk, utc_now())
        _enclose(desk, filled)
        _make_room()
        with transaction.atomic():
            for model, every in _COPIED:
                _copy(model, given.claims // CLAIMS - 1, every)
        _settle()
        (given.folder / PARTS).write_text(json.dumps(_parts(desk, filled)), encoding="utf-8")


def _enclose(desk: Desk, filled: Filled) -> None:
    """A document goes with the draft, as its page gives it to whoever wants to read it."""
    now = utc_now()
    sealed = seal(desk.evidence, _RECORDS, "attachment")
    records = Attachment(
        kind=AttachmentKind.MEDICAL_RECORDS,
        filename="records.pdf",
        content_type="application/pdf",
        sha256=sealed.sha256,
        size=sealed.size,
        pages=40,
    )
    appeals.attach(filled.appeals["draft"], sealed, records, actor_of(desk, "everything", now), now)


def open_cases() -> int:
    """So many cases are open."""
    return models.Case.objects.filter(state="open").count()


def _parts(desk: Desk, filled: Filled) -> dict[str, object]:
    """What stands in the addresses of pages: the first thing of its kind that there is."""
    appeal = filled.appeals["draft"]
    pictures = models.EvidenceBlob.objects.filter(kind="picture").values("attempt")
    case = models.Case.objects.filter(attempt__in=pictures, state="open").order_by("id")[0]
    remittance = models.Remittance.objects.order_by("id")[0]
    denied = models.Appeal.objects.get(pk=filled.appeals["withdrawn"]).claim
    item = models.WorkItem.objects.filter(state="ready").order_by("id")[0]
    return {
        "last_name": claim(0, utc_now().date()).patient.last_name,
        "portal": NATIONAL,
        "flow": Flow.CLAIM_STATUS.value,
        "alias": "main",
        "terms.portal": CONTRACTOR,
        "lane": filled.run.lease.lane_id,
        "question": item.pk,
        "code_request": filled.code_request,
        "case_id": case.pk,
        "case-picture.number": 1,  # a page is 0
        "claim_id": models.Claim.objects.order_by("id")[0].pk,
        "appeal-draft.claim_id": denied.pk,
        "number": appeal,
        "task.number": models.Task.objects.order_by("id")[0].pk,
        "filename": "records.pdf",
        "place": 1,
        "appointment_id": models.Appointment.objects.order_by("id")[0].pk,
        "patient_id": models.Patient.objects.order_by("id")[0].pk,
        "payment": remittance.pk,
        "document": models.Document.objects.order_by("id")[0].pk,
        "account": desk.actor.account_id,
        "emergency": models.EmergencyAccess.objects.order_by("id")[0].pk,
        "report": next(iter(REPORTS)),
        "table": 1,
        "monday": _monday(),
    }


def _monday() -> str:
    today = utc_now().date()
    return (today - timedelta(days=today.weekday() + 7)).isoformat()


def _copy(model: type[Model], copies: int, every: int) -> None:
    """Every row of the table again for each `every`th copy, pointing to the rows of its own copy."""
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    chosen = ", ".join(_copied(model, field, every) for field in columns)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    table, key = model._meta.db_table, model._meta.pk
    if key is None:
        raise AssertionError("every table has a key")
    with connection.cursor() as cursor:
        # Of the first office alone: what was copied meanwhile has ids of its own.
        cursor.execute(
            f"WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {copies}) "  # noqa: S608 - names of our tables
            f"INSERT INTO {table} ({names}) SELECT {chosen} FROM numbers CROSS JOIN {table} AS one "
            f"WHERE one.{key.column} < {_STEP} AND numbers.i % {every} = 0 "
            f"ORDER BY numbers.i, one.{key.column}"
        )


def _copied(model: type[Model], field: "Field[Any, Any]", every: int) -> str:
    column = f"one.{connection.ops.quote_name(str(field.column))}"
    if field.primary_key and not isinstance(field, ForeignKey):
        return f"{column} + numbers.i * {_STEP}"
    if model is models.WorkItem and field.name in _OF_A_TURN:
        return f"CASE WHEN one.state = 'running' THEN {_OF_A_TURN[field.name]} ELSE {column} END"
    if isinstance(field, ForeignKey):
        return _pointing(model, field, column, every)
    if field.name in _told_apart(model) and isinstance(field, CharField | TextField):
        longest = (getattr(field, "max_length", None) or 200) - 8
        return f"CASE WHEN {column} <> '' THEN substr({column}, 1, {longest}) || '-' || numbers.i ELSE {column} END"
    if isinstance(field, DateTimeField) and model in (models.Attempt, models.AnswerVersion, models.AuditEntry):
        return _moved(column, f"-({_LONG_AGO.days} + numbers.i % 360)")
    if model is models.WorkItem and field.name == "not_before":
        return f"CASE WHEN numbers.i % {_LATER} = 0 THEN {column} ELSE {_moved(column, '(40 + numbers.i % 30)')} END"
    if model is models.Case and field.name in _OF_A_CLAIM:
        return f"CASE WHEN one.family IN ({_INCIDENTS}) THEN '{_OF_A_CLAIM[field.name]}' ELSE {column} END"
    if model is models.Patient and field.name == "birth_date":
        return _moved(column, "-(numbers.i)", "date")
    return column


def _pointing(model: type[Model], field: "ForeignKey[Any, Any]", column: str, every: int) -> str:
    other = field.related_model
    of_copy = _EVERY.get(other) if isinstance(other, type) else None
    if of_copy is None:
        # The runs of last night keep their questions: a night does not grow with all that was ever asked.
        return _old_run() if field.name == "run" and model is models.Attempt else column
    shifted = f"{column} + numbers.i * {_STEP}"
    if of_copy <= every:
        return shifted
    return f"CASE WHEN numbers.i % {of_copy} = 0 THEN {shifted} END"


def _old_run() -> str:
    return str(models.Run.objects.order_by("started_at", "id").values_list("id", flat=True)[0])


def _moved(column: str, days: str, kind: str = "datetime") -> str:
    """The instant or day so many days later; none stays none."""
    if connection.vendor == "postgresql":
        return f"{column} + {days}" + (" * INTERVAL '1 day'" if kind == "datetime" else "")
    return f"CASE WHEN {column} IS NOT NULL THEN {kind}({column}, ({days}) || ' days') END"


def _told_apart(model: type[Model]) -> frozenset[str]:
    """The columns of text by which rows differ: those of a copy get its number."""
    found = {field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            texts = [
                name for name in constraint.fields if isinstance(model._meta.get_field(name), CharField | TextField)
            ]
            found.update(name for name in texts if name not in {"portal", "flow", "kind", "topic", "level", "lines"})
    return frozenset(found | ({"last_name", "member_id"} if model is models.Patient else set()))


def _make_room() -> None:
    """What makes filling quick: pages stay in memory, and nobody looks at each row for those that it points to.

    Copies point to rows of their own copy, which are there at the end; while some are missing, a file's engine would
    look through whole tables at each row.
    """
    statements = {
        "sqlite": ("PRAGMA cache_size = -600000", "PRAGMA foreign_keys = OFF"),
        "postgresql": ("SET session_replication_role = replica",),
    }
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


def _settle() -> None:
    """What a server does by itself, and what inserting by hand leaves behind."""
    if connection.vendor == "sqlite":
        connection.close()  # the pages are measured with the cache that they have at work
        connection.check_constraints()
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in _COPIED]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
