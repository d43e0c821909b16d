"""What can be done about a claim of the national portal: choices that are offered, and grey ones with the reason."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national import dispute_shown
from sandbox.portals.national.appeal_texts import (
    GREYED,
    LEVEL_NOTES,
    LEVEL_TEXTS,
    NO_CHOICE,
    NOT_OFFERED,
    OTHER_CHOICES,
    REFUSAL_TEXTS,
)
from sandbox.portals.national.frame import frame, members, modal, no_access
from sandbox.portals.national.layouts import typed
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session
from sandbox.truth.appeal_rights import Level, RefusalKind
from sandbox.truth.model import Claim

LEVELS: tuple[Level, ...] = ("first", "second")


def _claim(visit: Visit, session: Session, reference: str) -> Claim | None:
    """The claim of this session's reference, where its page offers to act on it."""
    number = session.references.get(reference, "")
    claim = next((one for one in visit.side.truth.claims if one.payer_claim_number == number), None)
    return claim if claim is not None and visit.side.appeals.offered(claim) else None


def _greyed(visit: Visit, session: Session, claim: Claim, level: Level) -> RefusalKind | None:
    """Why the choice is grey; None when it is offered (what else may be refused is told later)."""
    kind = visit.side.appeals.refusal(claim.payer_claim_number, level, (), session.acting_as)
    return kind if kind in GREYED else None


def _act(
    visit: Visit,
    request: Request,
    session: Session,
    claim: Claim,
    reference: str,
    *,
    messages: tuple[str, ...] = (),
) -> Response:
    greyed = {level: _greyed(visit, session, claim, level) for level in LEVELS}
    choices: list[tuple[str, str, bool, str]] = [
        (level, LEVEL_TEXTS[level], why is None, LEVEL_NOTES[level] if why is None else NOT_OFFERED)
        for level, why in greyed.items()
    ]
    choices += [(value, text, False, why) for value, text, why in OTHER_CHOICES]
    offered = None in greyed.values()
    if not offered:
        visit.note(request, "appeal_refused", payer_claim_number=claim.payer_claim_number, refused=greyed["first"])
    return visit.page(
        "act.html",
        session,
        title="Act on a claim",
        claim=dispute_shown.claim_pairs(
            claim, members(visit)[claim.patient], unmapped=visit.side.switches.now.unmapped_status
        ),
        reference=reference,
        choices=choices,
        offered=offered,
        why="" if offered else REFUSAL_TEXTS[greyed["first"] or "not-appealable"],
        messages=messages,
        modal="" if messages else modal(visit, session, visit.agent(request)),
        **frame(visit, session),
    )


async def act_page(visit: Visit, request: Request) -> Response:
    """What can be done about one claim, by this session's reference; what cannot is grey."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    reference = request.query_params.get("ref", "")
    claim = _claim(visit, session, reference)
    return RedirectResponse("/claims/search", 303) if claim is None else _act(visit, request, session, claim, reference)


async def press_act(visit: Visit, request: Request) -> Response:
    """The choice: on to the lines, with an empty request."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    if not session.entitled:
        return no_access(visit, session)
    reference = request.query_params.get("ref", "")
    claim = _claim(visit, session, reference)
    if claim is None:
        return RedirectResponse("/claims/search", 303)
    chosen = typed(visit.side.layout(session), form, "request_type")
    level = next((one for one in LEVELS if one == chosen), None)
    if level is None or _greyed(visit, session, claim, level) is not None:
        return _act(visit, request, session, claim, reference, messages=(NO_CHOICE,))
    visit.side.appeals.begin(session, claim.payer_claim_number, visit.agent(request)).level = level
    return RedirectResponse("/disputes/lines", 303)
