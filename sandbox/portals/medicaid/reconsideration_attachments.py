"""The window in which the Medicaid portal takes the attachments of a reconsideration, one by one."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.appeal_drafts import AppealDraft
from sandbox.portals.medicaid import reconsideration_shown as shown
from sandbox.portals.medicaid.reconsideration import ATTACH
from sandbox.portals.medicaid.reconsideration_texts import DOCUMENT_TEXTS, FILE_COMPLAINTS, NO_KIND
from sandbox.portals.medicaid.visit import Visit
from sandbox.sessions import Session
from sandbox.visitors import Uploaded

ATTACHED = "The file was attached."


async def attach_page(visit: Visit, request: Request) -> Response:
    """The window as it opens from the request."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    draft = visit.side.appeals.open_draft(session, request.query_params.get("r", ""))
    return RedirectResponse("/ClaimSearch.aspx", 302) if draft is None else _page(visit, session, draft)


async def attach_post_back(visit: Visit, request: Request) -> Response:
    """The window came back: with a file, or to take one away."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    posted = await visit.posted(request)
    form = {name: values[0] for name, values in posted.fields.items()}
    back = await visit.take_back(request, session, ATTACH, form)
    if isinstance(back, Response):
        return back
    draft = visit.side.appeals.open_draft(session, str(back.state))
    if draft is None:
        return RedirectResponse("/ClaimSearch.aspx", 302)
    if back.target.control == "lnkRemove":
        place = back.target.row or 0
        if place < len(draft.files):
            draft.remove_file(draft.files[place].name)
        return _page(visit, session, draft)
    kind = back.values["ddlAttachment"]
    if not kind:
        return _page(visit, session, draft, (NO_KIND,))
    file = posted.files[0] if posted.files else Uploaded("", "", "", b"")
    complaint = visit.side.appeals.add_file(draft, file.filename, file.content_type, file.content, visit.agent(request))
    if complaint is not None:
        return _page(visit, session, draft, (FILE_COMPLAINTS[complaint],), kind)
    draft.own[shown.KIND_OF + file.filename] = kind
    return _page(visit, session, draft, notice=ATTACHED)


def _page(
    visit: Visit,
    session: Session,
    draft: AppealDraft,
    messages: tuple[str, ...] = (),
    kind: str = "",
    *,
    notice: str = "",
) -> Response:
    member = next(
        member
        for claim in visit.side.truth.claims
        if claim.payer_claim_number == draft.payer_claim_number
        for member in visit.side.truth.members
        if member.patient == claim.patient
    )
    now = visit.side.clock.now()
    request = shown.shown_request(draft, member)
    return visit.page(
        "reconsideration_attachments.html",
        session,
        path=ATTACH,
        state=draft.key,
        title="Attachments",
        messages=messages,
        notice=notice,
        kinds=DOCUMENT_TEXTS,
        kind=kind,
        rules=shown.upload_rules(visit.side.appeals.terms.uploads),
        rows=[
            {**row, "Virus Scan": "Complete" if file.clean_at <= now else "Scanning"}
            for row, file in zip(request.attachments, draft.files, strict=True)
        ],
        **visit.frame(session),
    )
