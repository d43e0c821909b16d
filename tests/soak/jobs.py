"""The soak's other two jobs, eligibility and remittances: their questions, and the judge of what was written down."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

from documents.appointments import APPOINTMENT_COLUMNS, AppointmentRow, read_appointments
from documents.csv_table import csv_table
from documents.headings import places
from documents.rows import OfficeScope
from flows.coverage import Coverage, CoverageStatus
from flows.outcomes import Ending
from flows.questions import Flow, Provider
from flows.remittance import Remittance
from ledger import answers, permissions, remittances_listed
from ledger.answers import AnswerRecord
from ledger.appointments import import_appointments
from ledger.periods import ask_for
from ledger.permissions import Basis, Grant, Status
from portalwright.demo.coverage_check import wrong_coverages
from portalwright.demo.payments_check import wrong_payments
from tests.bots.night import Night
from tests.soak.oracle import RESOLVABLE, Event, Judged, Truth

DAYS = 29
"""So many days before today are asked about, and today."""

EITHER = frozenset({"near-namesake"})
"""The payer does not know the member, but a person of a like name born the same day: a person may look at it."""


async def put_on_list(office: Night, flow: Flow) -> int:
    """Permit the flow, and ask about every appointment, or about each provider's payments; how many questions."""
    now, truth = office.clock.now(), office.portal.truth()
    practice = truth["practice"]
    npis = [provider["npi"] for provider in practice["providers"]]
    grant = Grant(
        portal=office.name,
        flow=flow,
        status=Status.SIMULATOR_ONLY,
        basis=Basis.OWN_TEST_SYSTEM,
        document="the practice portal",
        granted_to="the office",
        bot_identity="robot",
        valid_from=now.date(),
    )
    await office.call(permissions.grant, grant, office.person, now)
    if flow is Flow.ELIGIBILITY:
        scope = OfficeScope(tin=practice["tin"], npis=frozenset(npis), portals=frozenset({office.name}))
        table = csv_table(StringIO(office.portal.appointments_csv()))
        read = read_appointments(table, places(table.headings, None, columns=APPOINTMENT_COLUMNS), scope, now.date())
        rows = [(row.appointment_number, row.question) for row in read if isinstance(row, AppointmentRow)]
        digest = office.work.vault.keyed_digest
        imported = await office.call(import_appointments, rows, office.person, now, digest=digest)
        return int(imported.created)
    first, last = _days(truth)
    for npi in npis:
        provider = Provider(tin=practice["tin"], npi=npi)
        await office.call(ask_for, office.name, provider, first, last, actor=office.person, now=now)
    return len(npis)


async def judge_job(office: Night, flow: Flow) -> Judged:
    """Hold what the ledger has of this flow against the truth, fact by fact."""
    truth, events = office.portal.truth(), office.portal.events()
    found = await office.call(
        lambda: list(answers.list_current(office.person.practice_id, portal=office.name, flow=flow))
    )
    if flow is Flow.ELIGIBILITY:
        return judge_coverages(truth, found, events)
    return judge_payments(truth, found, await office.call(_fetched, office), events)


def _fetched(office: Night) -> list[Remittance]:
    practice_id = office.person.practice_id
    records = list(remittances_listed.list_all(practice_id, portal=office.name))
    return [remittances_listed.get(practice_id, record.id).said for record in records]


def _days(truth: Truth) -> tuple[date, date]:
    today = date.fromisoformat(truth["today"])
    return today - timedelta(days=DAYS), today


def judge_coverages(truth: Truth, found: Sequence[AnswerRecord], events: Iterable[Event]) -> Judged:
    """`delayed` are answers "benefits not loaded" about members whose page said so, though the payer knows more."""
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    given = {record.number: record for record in found}
    not_loaded = {event["member"] for event in events if event.get("name") == "benefits-not-loaded"}
    members = {
        member_id: member["patient"]
        for member in truth["members"]
        for member_id in (member["member_id"], *member["former_member_ids"])
    }
    wrong, delayed = [], 0
    for one in wrong_coverages([(number, record.answer.normalised) for number, record in given.items()], truth):
        ask, said = asks[one.appointment_number], given[one.appointment_number].answer.normalised
        if isinstance(said, Coverage) and said.status is CoverageStatus.NOT_LOADED:
            known = ask["coverage"] and members.get(ask["coverage"]["member_id"])
            if ask["expect"] == "ANSWERED" and known in not_loaded:
                delayed += 1
                continue
        wrong.append(f"{ask['scenario']}: {', '.join(one.facts)}")
    resolvable = {
        number: ask
        for number, ask in asks.items()
        if ask["expect"] in RESOLVABLE and (ask["scenario"] not in EITHER or number in given)
    }
    endings = Counter(record.ending for record in found)
    return Judged(
        answered=endings[Ending.ANSWERED],
        negative=endings[Ending.NEGATIVE],
        resolvable=len(resolvable),
        resolved=len(resolvable.keys() & given.keys()),
        wrong=tuple(wrong),
        delayed=delayed,
        unresolved=tuple((number, ask["scenario"]) for number, ask in resolvable.items() if number not in given),
    )


def judge_payments(
    truth: Truth, found: Sequence[AnswerRecord], fetched: Sequence[Remittance], events: Iterable[Event]
) -> Judged:
    """Resolvable are payments here, not questions: those that have a readable document at the portal."""
    first, last = _days(truth)
    scanned = {event["trace"] for event in events if event.get("shape") == "scanned"}
    readable = readable_payments(truth, scanned, first, last)
    payees = {record.question.provider.npi for record in found}
    told = wrong_payments(fetched, truth, answered_for=payees, paid_from=first, paid_to=last)
    got = {one.trace for one in fetched}
    endings = Counter(record.ending for record in found)
    return Judged(
        answered=endings[Ending.ANSWERED],
        negative=endings[Ending.NEGATIVE],
        resolvable=len(readable),
        resolved=len(readable.keys() & got),
        wrong=tuple(
            f"{one.trace}: {', '.join(one.facts)}"
            for one in told
            if one.facts != ("missing",) or one.trace not in scanned
        ),
        delayed=0,
        unresolved=tuple((trace, stories) for trace, stories in readable.items() if trace not in got),
    )


def readable_payments(truth: Truth, scanned: Collection[str], first: date, last: date) -> Mapping[str, str]:
    """Payments of these days with a document that can be read, by trace, each with what is special about it."""
    payments: list[dict[str, Any]] = truth["remittances"]
    return {
        one["trace"]: ", ".join(one["stories"])
        for one in payments
        if one["expect"] in {"loaded", "flagged"}
        and first <= date.fromisoformat(one["paid_on"]) <= last
        and one["trace"] not in scanned
    }
