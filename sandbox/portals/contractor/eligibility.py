"""The eligibility pages of the contractor's portal: the inquiry, its refusals, and a beneficiary's tabs."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.eligibility import EligibilityQuery, Found, Rejected, SeveralMembers
from sandbox.portals.contractor.coverage_shown import coverage_tab, tabs_of
from sandbox.portals.contractor.coverage_texts import REJECTION_TEXTS
from sandbox.portals.contractor.frame import frame, on_page, to_page, too_many_inquiries
from sandbox.portals.contractor.inquiry import INVALID, Entry, Said, is_day, read_day
from sandbox.portals.contractor.layouts import Layout
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.search import Refusal
from sandbox.sessions import Session

FORM = "/pcs/eligibilityInquiry.do"
CAPTIONS = {
    # field of the form: the key of its label
    "member_id": "mbi",
    "last_name": "last_name",
    "first_name": "first_name",
    "birth_date": "birth_date",
    "service_from": "from_date",
    "service_to": "to_date",
}
NEEDED = ("member_id", "last_name", "birth_date")
DAYS = ("birth_date", "service_from", "service_to")
DAY_HINT = "MM-DD-YYYY"
MORE_NEEDED = "Beneficiary identifier, last name and date of birth are required."


def entries(layout: Layout) -> tuple[Entry, ...]:
    """The fields of the form, in the order of this layout."""
    return tuple(
        Entry(
            key,
            layout.eligibility_names[key],
            ("* " if key in NEEDED else "") + layout.labels[CAPTIONS[key]],
            DAY_HINT if key in DAYS else "",
        )
        for key in layout.form_order
    )


async def inquiry_page(visit: Visit, request: Request) -> Response:
    """The empty form."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return _form(visit, session)


def _form(visit: Visit, session: Session, said: Said | None = None, entered: dict[str, str] | None = None) -> Response:
    return visit.page(
        "inquiry.html",
        session,
        title="Eligibility",
        heading="eligibility_search_title",
        intro="Fields marked with * are required. Enter the name exactly as it appears on the beneficiary's card.",
        small="Eligibility is available for dates of service from 12 months back to 4 months ahead; without dates, for "
        "today. Copied text must not contain blanks before or after it.",
        action=FORM,
        page_key=windows_of(session).turn(),
        fields=entries(visit.layout(session)),
        messages=said.messages if said else (),
        refused=said is not None and said.refused,
        entered=entered or {},
        **frame(visit, session),
    )


async def press_inquiry(visit: Visit, request: Request) -> Response:
    """The button under the form: complaints, the payer's refusal, or on to the first tab."""
    form = await visit.form(request)
    session = on_page(visit, request, form.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    busy = too_many_inquiries(visit, request, session)
    if busy is not None:
        return busy
    layout = visit.layout(session)
    typed = {key: form.get(name, "") for key, name in layout.eligibility_names.items()}
    answer = _inquire(visit, request, layout, typed)
    if isinstance(answer, Said):
        return _form(visit, session, answer, typed)
    session.own["eligibility"] = answer
    return to_page(session, "/pcs/eligibilityResult.do")


def _inquire(visit: Visit, request: Request, layout: Layout, typed: dict[str, str]) -> Said | Found:
    """Ask for the coverage that the filled form asks for. Texts are taken as typed, blanks and all."""
    wrong = [layout.labels[CAPTIONS[key]] for key in DAYS if not is_day(typed[key])]
    if wrong:
        visit.note(request, "eligibility", by="refused", found=None, rejected=None)
        return Said(tuple(f"{caption} must be in the format {DAY_HINT}." for caption in wrong), refused=True)
    query = EligibilityQuery(
        member_id=typed["member_id"],
        last_name=typed["last_name"],
        first_name=typed["first_name"],
        birth_date=read_day(typed["birth_date"]),
        service_from=read_day(typed["service_from"]),
        service_to=read_day(typed["service_to"]),
    )
    answer = visit.side.eligibility.ask(query, visit.agent(request))
    match answer:
        case Found():
            return answer
        case Rejected(code):
            return Said((REJECTION_TEXTS[code],))
        case SeveralMembers():
            return Said((REJECTION_TEXTS["76"],))
        case Refusal(("bad-member-id",)):
            # Whoever copies a blank along with the identifier reads the same words as for an identifier of nobody.
            return Said((INVALID,))
        case Refusal():
            return Said((MORE_NEEDED,), refused=True)


async def result_page(visit: Visit, request: Request) -> Response:
    """One tab of the beneficiary whom the last inquiry found."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    answer = session.own.get("eligibility")
    if not isinstance(answer, Found):
        return to_page(session, FORM)
    tabs = tabs_of(answer.coverage)
    asked = request.query_params.get("tab", "")
    tab = next((one for one in tabs if one == asked), tabs[0])
    return visit.page(
        "coverage.html",
        session,
        title="Eligibility",
        page_key=windows_of(session).turn(),
        tab=tab,
        tabs=tabs,
        page=coverage_tab(answer.coverage, tab),
        **frame(visit, session),
    )


async def new_inquiry(visit: Visit, request: Request) -> Response:
    """The button under the tabs."""
    session = on_page(visit, request, request.query_params.get("pageKey", ""))
    if isinstance(session, Response):
        return session
    return to_page(session, FORM)
