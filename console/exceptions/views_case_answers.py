"""What ends a case by what a person knows: pick a row, correct and ask again, answer by hand, say what a text means."""

from django import forms
from django.http import HttpResponse

from console.exceptions.clocks import day_of
from console.exceptions.forms_answer import ClaimAnswerForm, VisitAnswerForm
from console.exceptions.forms_case import AgainForm, ClaimHeldForm, MeaningForm, PortalWrongForm, VisitHeldForm
from console.exceptions.needs import NotWritten
from console.exceptions.views_case import Typed, learned_place, page
from console.exceptions.views_case_acts import changes, done
from console.request import DeskRequest
from flows.questions import ClaimStatus, Eligibility
from ledger import case_page, case_work, cases, corrections, manual_answers, text_mappings
from ledger.errors import RecordWrong
from ledger.states import Resolution
from ledger.text_mappings import Mapping
from packs.learned_texts import place_of

_NO_QUESTION = "This case is not about one claim or visit. Nothing was changed."


def pick(request: DeskRequest, case_id: int) -> HttpResponse:
    """One of the rows is the one: the portal is asked by its number."""
    place, number = request.POST.get("row", "").partition(" ")[::2]
    if not place.isdecimal() or len(place) > 4:
        return page(request, case_id, Typed("pick", wrong="Pick one of the rows first."))
    return done(
        request,
        case_id,
        lambda: corrections.pick(
            case_id, request.who.actor, changes(request), request.now,
            candidate=int(place), number=number, digest=request.application.vault.keyed_digest,
        ),
        "asked",
    )  # fmt: skip


def correct(request: DeskRequest, case_id: int) -> HttpResponse:
    """What the office holds was wrong: it is mended, and the portal asked again."""
    practice = request.who.practice
    question = case_page.beside(practice.id, case_id).question
    needs, today = request.application.exceptions, day_of(request.now, request.application.zone)
    corrected: ClaimStatus | Eligibility | None = None
    form: forms.Form
    match question:
        case ClaimStatus():
            form = claim = ClaimHeldForm(request.POST, auto_id="correct-%s")
            if claim.is_valid():
                corrected = claim.corrected(question, needs.scope(practice, question.flow), today)
        case Eligibility():
            form = visit = VisitHeldForm(request.POST, auto_id="correct-%s")
            number = cases.get(practice.id, case_id).number or ""
            if visit.is_valid():
                corrected = visit.corrected(question, number, needs.scope(practice, question.flow), today)
        case _:
            raise RecordWrong(_NO_QUESTION)
    if corrected is None:
        return page(request, case_id, Typed("correct", form))
    wanted = corrected
    return done(
        request,
        case_id,
        lambda: corrections.correct(
            case_id, wanted, request.who.actor, changes(request), request.now,
            digest=request.application.vault.keyed_digest,
        ),
        "asked",
        typed=Typed("correct", form),
    )  # fmt: skip


def answer(request: DeskRequest, case_id: int) -> HttpResponse:
    """The answer, as a person had it from the payer."""
    question = case_page.beside(request.who.practice.id, case_id).question
    by_hand = None
    form: forms.Form
    match question:
        case ClaimStatus():
            form = claim = ClaimAnswerForm(request.POST, auto_id="answer-%s")
            if claim.is_valid():
                by_hand = claim.by_hand(claim.said(question))
        case Eligibility():
            form = visit = VisitAnswerForm(request.POST, auto_id="answer-%s")
            if visit.is_valid():
                by_hand = visit.by_hand(visit.said(question))
        case _:
            raise RecordWrong(_NO_QUESTION)
    if by_hand is None:
        return page(request, case_id, Typed("answer", form))
    told = by_hand
    return done(
        request,
        case_id,
        lambda: manual_answers.answer(case_id, told, request.who.actor, changes(request), request.now),
        "answered",
        typed=Typed("answer", form),
    )


def again(request: DeskRequest, case_id: int) -> HttpResponse:
    """Ask the portal again, as it is."""
    form = AgainForm(request.POST, auto_id="again-%s")
    if not form.is_valid():
        return page(request, case_id, Typed("again", form))
    note = form.cleaned_data["note"]
    return done(
        request,
        case_id,
        lambda: corrections.ask_again(case_id, request.who.actor, changes(request), request.now, note=note),
        "asked",
        typed=Typed("again", form),
    )


def portal_wrong(request: DeskRequest, case_id: int) -> HttpResponse:
    """The payer says itself that the portal is wrong."""
    form = PortalWrongForm(request.POST, auto_id="portal-wrong-%s")
    if not form.is_valid():
        return page(request, case_id, Typed("portal-wrong", form))
    note = f"The portal is wrong; the payer says so. Reference {form.cleaned_data['reference']}."
    how, actor = Resolution(form.cleaned_data["then"]), request.who.actor

    def act() -> None:
        if how is Resolution.ASK_AGAIN:
            corrections.ask_again(case_id, actor, changes(request), request.now, note=note)
        else:
            case_work.close(case_id, actor, how, changes(request), request.now, note=note)

    return done(request, case_id, act, "closed", typed=Typed("portal-wrong", form))


def propose(request: DeskRequest, case_id: int) -> HttpResponse:
    """Say what a text means that no map knew."""
    record = cases.get(request.who.practice.id, case_id)
    said = request.POST.get("shown", "")
    number = int(said) if said.isdecimal() and len(said) < 5 else -1
    place = learned_place(request, record, record.seen[number].where) if 0 <= number < len(record.seen) else None
    if place is None:
        raise RecordWrong("This case shows no text that the portal's pack has a map for. Nothing was recorded.")
    form = MeaningForm(place.codes, request.POST, auto_id=f"meaning-{number}-%s")
    if not form.is_valid():
        return page(request, case_id, Typed("meaning", form, "Choose what the text means."))
    return done(
        request,
        case_id,
        lambda: text_mappings.propose(
            case_id, request.who.actor, changes(request), request.now,
            shown=number, place=place.map, means=form.cleaned_data["means"],
        ),
        "proposed",
    )  # fmt: skip


def confirm(request: DeskRequest, case_id: int) -> HttpResponse:
    """The second person says the same: it becomes a rule of the office."""
    return done(
        request,
        case_id,
        lambda: _bring_in(request, text_mappings.confirm(_mapping_id(request), request.who.actor, request.now)),
        "confirmed",
    )


def write(request: DeskRequest, case_id: int) -> HttpResponse:
    """Write into the pack what two people have confirmed, where that did not work before."""
    practice_id = request.who.practice.id
    return done(
        request,
        case_id,
        lambda: _bring_in(request, text_mappings.get(practice_id, _mapping_id(request))),
        "confirmed",
    )


def refuse(request: DeskRequest, case_id: int) -> HttpResponse:
    """It does not mean that."""
    return done(
        request,
        case_id,
        lambda: text_mappings.refuse(_mapping_id(request), request.who.actor, request.now),
        "refused",
        stays=True,
    )


def _bring_in(request: DeskRequest, mapping: Mapping) -> None:
    """Into the office's own pack first: what is not there must not end a case."""
    if mapping.confirmed_at is None:
        raise RecordWrong("Two people make a rule, and only one has said this so far. Nothing was changed.")
    try:
        request.application.exceptions.learn(
            mapping.portal, mapping.place, mapping.text, mapping.means, request.who.actor
        )
    except NotWritten as error:
        raise RecordWrong(f"It is confirmed, and not in the office's pack yet. {error}") from None
    pack = request.application.packs.pack(mapping.portal)

    def read_by(where: str) -> bool:
        place = place_of(pack, where) if pack is not None else None
        return place is not None and place.map == mapping.place

    text_mappings.written(mapping.id, read_by, request.who.actor, request.now)


def _mapping_id(request: DeskRequest) -> int:
    said = request.POST.get("mapping", "")
    return int(said) if said.isdecimal() and len(said) < 19 else 0
