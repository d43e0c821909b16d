"""The page of one case: header, what happened, the evidence beside the forms, and what people did to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from pydantic import ValidationError

from console.access import record_look
from console.exceptions import case_shown, filters, may
from console.exceptions.clocks import day_of, due_clock, limit_clock
from console.exceptions.evidence import PageText, Stretch, page_text, visible
from console.exceptions.forms_answer import ClaimAnswerForm, VisitAnswerForm
from console.exceptions.forms_case import (
    AgainForm,
    ClaimHeldForm,
    MeaningForm,
    PortalWrongForm,
    VisitHeldForm,
    code_words,
    held_initial,
)
from console.exceptions.words import CODES, FAMILIES, STOPS
from console.exceptions.work_forms import AssignForm, CloseForm, SendForm, SnoozeForm
from console.request import DeskRequest
from console.rights import Right
from console.templating import render
from flows.outcomes import Code
from flows.questions import ClaimStatus, Eligibility
from flows.values import Frozen
from ledger import case_page, case_work, cases, cases_listed, evidence, text_mappings
from ledger.case_page import Beside
from ledger.cases import CaseRecord
from ledger.cases_values import CaseLine
from ledger.errors import NotThere
from ledger.evidence import Evidence, EvidenceKind
from ledger.states import CaseState
from ledger.work_rules import in_force
from packs.learned_texts import LearnedPlace, meaning, place_of
from vault.errors import VaultError
from vault.sealed import SealedStore

DONE = {
    "taken": "It is yours.",
    "released": "Nobody has it any more.",
    "commented": "It is written down.",
    "assigned": "It is given away.",
    "snoozed": "The last one is put off; it comes back by itself.",
    "brought-back": "It is not put off any more.",
    "sent": "The last one was sent to the other queue.",
    "closed": "The last one is closed.",
    "reopened": "It is open again.",
    "asked": "The last one is closed, and its portal is asked again before all others.",
    "answered": "The answer is recorded as given by hand, and the last one is closed.",
    "proposed": "It is written down. Somebody else has to confirm it.",
    "confirmed": "The text is in the office's pack. Its cases are closed, and the portal is asked again.",
    "refused": "It is refused. Somebody may say what it means instead.",
}
"""By the word in the address: what the last act did."""

_UNOPENED = "This page cannot be opened any more: its time is over, or its file is damaged or not on this computer."


@dataclass(frozen=True)
class Typed:
    """What was typed and was not taken: the form by its name, or why an act was refused."""

    form: str = ""
    bound: forms.Form | None = None
    wrong: str = ""
    status: int = 422


class Marks(Frozen):
    """Where on a picture the deciding texts stand: its size in pixels, and left, top, width and height of each."""

    width: int
    height: int
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Picture:
    """A picture among the files of the evidence, and where on it to look; None where that is not known."""

    number: int
    marks: Marks | None


@dataclass(frozen=True)
class Proof:
    """The evidence of a case: its pages by number and view, the one that is shown, and which files are pictures."""

    pages: tuple[tuple[int, str], ...] = ()
    shown: int = 0
    text: PageText | None = None
    pictures: tuple[Picture, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class TextAsked:
    """One text that no map knew: where it stood in the case, what it may mean, and what somebody said of it."""

    shown: int
    text: tuple[Stretch, ...]
    place: str
    form: MeaningForm | None
    said: text_mappings.Mapping | None
    said_in_words: str = ""


def show(request: DeskRequest, case_id: int) -> HttpResponse:
    """The case of this number."""
    return page(request, case_id)


def picture(request: DeskRequest, case_id: int, number: int) -> HttpResponse:
    """The picture that was taken of the deciding page, as it was; never kept by a browser."""
    practice_id = request.who.practice.id
    record = cases.get(practice_id, case_id)
    files = _evidence(practice_id, record)
    if files is None or not 0 <= number < len(files.files) or files.files[number].kind is not EvidenceKind.PICTURE:
        raise NotThere("picture of this case")
    reference = case_page.beside(practice_id, case_id).patient_reference
    record_look(
        request, "case.picture", "case", case_id, patient_reference=reference, portal=record.portal, fields=("picture",)
    )
    try:
        content = _opened(request.application.store, files, number)
    except VaultError:
        raise NotThere("picture of this case that could still be opened") from None
    answer = HttpResponse(content, content_type="image/png")
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def page(request: DeskRequest, case_id: int, typed: Typed | None = None) -> HttpResponse:
    """The page, with the look at it recorded before it is made; `typed` is shown again as it was."""
    who, practice_id = request.who, request.who.practice.id
    typed = typed or Typed(status=200)
    hides = may.incidents_only(who)
    line = cases_listed.one(practice_id, case_id, incidents_only=hides)
    record = cases.get(practice_id, case_id)
    beside = case_page.beside(practice_id, case_id)
    if not hides:
        record_look(
            request, "case.view", "case", case_id, patient_reference=beside.patient_reference, portal=line.portal,
            fields=("patient", "claim", "seen", "evidence"),
        )  # fmt: skip
    today = day_of(request.now, request.application.zone)
    asked = filters.read(request.GET)
    people = {name: account_id for account_id, name in case_work.people(practice_id)}
    wanted = asked.wanted(who.actor.account_id, people, incidents_only=hides)
    previous, following = cases_listed.beside(practice_id, wanted, case_id, today)
    context: dict[str, Any] = {
        "line": line,
        "record": record,
        "title": CODES[line.code],
        "family": FAMILIES[line.family],
        "stops": STOPS[line.stops],
        "due": due_clock(line.due, today),
        "limit": limit_clock(line.limit, today),
        "is_open": line.state is CaseState.OPEN,
        "query": f"?{asked.query}" if asked.query else "",
        "previous": previous,
        "next": following,
        "events": cases_listed.history(practice_id, case_id),
        "event_words": case_work.WORDS,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "wrong": typed.wrong,
        "wrong_form": typed.form,
        "may_work": may.may_work(who, line),
        "may_close": may.may_close(who, line),
        "may_answer": who.may(Right.WORK_CASES),
        "may_confirm": who.may(Right.CONFIRM_TEXTS),
        "me": who.actor.name,
    }
    context |= _hidden(beside) if hides else _of_patient(request, record, beside)
    context["forms"] = _forms(request, line, beside, typed, sorted(people))
    return render(request, "exceptions/case.html", context, status=typed.status)


def learned_place(request: DeskRequest, record: CaseRecord, where: str) -> LearnedPlace | None:
    """By which map of the portal's pack a text is read; None where the pack has changed or cannot be used."""
    pack = request.application.packs.pack(record.portal)
    return None if pack is None else place_of(pack, where)


def _hidden(beside: Beside) -> dict[str, Any]:
    """The page for somebody who may see no patient."""
    return {
        "sees": False, "seen": (), "asked": (), "sums": (), "columns": (), "rows": (), "texts": (), "proof": Proof(),
        "beside": Beside(steps=beside.steps), "claim_link": None, "visit_link": None, "appeal_link": None,
        "patient": None,
    }  # fmt: skip


def _of_patient(request: DeskRequest, record: CaseRecord, beside: Beside) -> dict[str, Any]:
    question = beside.question
    columns, rows = case_shown.rows_to_pick(record.candidates, question)
    return {
        "sees": True,
        "seen": case_shown.compared(record.seen, question),
        "asked": tuple(case_shown.asked(question)) if question is not None else (),
        "sums": case_shown.arithmetic(record.seen, question, beside.newest),
        "columns": columns,
        "rows": rows,
        "texts": _texts(request, record),
        "proof": _proof(request, record),
        "beside": beside,
        "patient": getattr(question, "patient", None),
        "claim_link": beside.claim_id,
        "visit_link": beside.appointment_id,
        "appeal_link": beside.appeal_id,
    }


def _forms(
    request: DeskRequest, line: CaseLine, beside: Beside, typed: Typed, people: Sequence[str]
) -> dict[str, forms.Form]:
    """What can be filled in here, by the name of its act; what was typed and not taken is in its place."""
    practice_id = request.who.practice.id
    made: dict[str, forms.Form] = {
        "assign": AssignForm(auto_id="assign-%s", people=people, initial={"owner": line.owner or ""}),
        "snooze": SnoozeForm(auto_id="snooze-%s", today=day_of(request.now, request.application.zone)),
        "send": SendForm(
            auto_id="send-%s",
            queues=sorted(in_force(practice_id).routing.queues - {line.queue}),
        ),
        "close": CloseForm(auto_id="close-%s"),
        "again": AgainForm(auto_id="again-%s"),
        "portal-wrong": PortalWrongForm(auto_id="portal-wrong-%s"),
    }
    match beside.question:
        case ClaimStatus() as question:
            initial = held_initial(question)
            made["correct"] = ClaimHeldForm(auto_id="correct-%s", initial=initial)
            known: dict[str, object] = {
                name: initial[name] for name in ("payer_claim_number", "billed") if name in initial
            }
            made["answer"] = ClaimAnswerForm(auto_id="answer-%s", initial=known)
        case Eligibility() as question:
            made["correct"] = VisitHeldForm(auto_id="correct-%s", initial=held_initial(question))
            made["answer"] = VisitAnswerForm(auto_id="answer-%s")
        case _:
            pass
    if typed.bound is not None:
        made[typed.form] = typed.bound
    return made


def _texts(request: DeskRequest, record: CaseRecord) -> tuple[TextAsked, ...]:
    """The texts of a case that no map knew, with the map that reads each."""
    if record.code is not Code.DATA_UNMAPPED or not record.ours:
        return ()
    found = []
    for number, shown in enumerate(record.seen):
        place = learned_place(request, record, shown.where)
        if place is None or not shown.text.strip():
            continue
        said = text_mappings.about(request.who.practice.id, record.portal, place.map, shown.text)
        pack = request.application.packs.pack(record.portal)
        known = meaning(pack, place.map, shown.text) if pack is not None else None
        form = None
        if said is None and known is None:
            form = MeaningForm(place.codes, auto_id=f"meaning-{number}-%s", initial={"shown": number})
        in_words = code_words(said.means) if said is not None else code_words(known) if known is not None else ""
        found.append(TextAsked(number, visible(shown.text), place.map, form, said, in_words))
    return tuple(found)


def _evidence(practice_id: int, record: CaseRecord) -> Evidence | None:
    return None if record.attempt_id is None else evidence.of_attempt(practice_id, record.attempt_id)


def _proof(request: DeskRequest, record: CaseRecord) -> Proof:
    """The sealed pages of the case's first failure, one of them opened: the one asked for, else the deciding one."""
    files = _evidence(request.who.practice.id, record)
    if files is None:
        return Proof()
    pages = tuple((n, one.view or "page") for n, one in enumerate(files.files) if one.kind is EvidenceKind.PAGE)
    store = request.application.store
    pictures = tuple(
        Picture(n, _marks(store, files, n + 1)) for n, one in enumerate(files.files) if one.kind is EvidenceKind.PICTURE
    )
    if not pages:
        return Proof(pictures=pictures)
    wanted = request.GET.get("page", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else -1
    if number not in {place for place, _ in pages}:
        number = _deciding(pages, record)
    try:
        content = _opened(store, files, number)
    except VaultError:
        return Proof(pages, number, None, pictures, _UNOPENED)
    return Proof(pages, number, page_text(content, [shown.text for shown in record.seen]), pictures)


def _marks(store: SealedStore, files: Evidence, number: int) -> Marks | None:
    """What the file after a picture says of it."""
    if number >= len(files.files) or files.files[number].kind is not EvidenceKind.MARKS:
        return None
    try:
        return Marks.model_validate_json(_opened(store, files, number))
    except (VaultError, ValidationError):
        return None


def _deciding(pages: tuple[tuple[int, str], ...], record: CaseRecord) -> int:
    """The last look at the view that the case names, else at one that its texts were seen on, else the last page."""
    views = [record.view, *(shown.where.partition(".")[0] for shown in record.seen)]
    for view in filter(None, views):
        of_view = [number for number, name in pages if name == view]
        if of_view:
            return of_view[-1]
    return pages[-1][0]


def _opened(store: SealedStore, files: Evidence, number: int) -> bytes:
    file = files.files[number]
    return store.read(files.wrapped_key, file.name, file.kind)
