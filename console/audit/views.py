"""Audit: who did what, when; proved whole on demand, searched, and taken away as a file."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse

from console.access import record_look
from console.application import Clock, current
from console.audit.file import FORMATS, Format
from console.audit.forms import Filters, PatientOf
from console.beside import beside
from console.request import DeskRequest
from console.streaming import streamed
from console.templating import render
from ledger import audit_listed, audit_reviews, emergencies
from ledger.accounts import Actor
from ledger.audit_listed import AuditLine, AuditPage, Wanted
from ledger.audit_proof import prove


def show(request: DeskRequest) -> HttpResponse:
    """The log, newest first, as the filters in the address say."""
    filters = _filters(request, request.GET)
    found = AuditPage(lines=())
    if filters.is_valid():
        before = request.GET.get("before", "")
        wanted = _wanted(request, filters)
        found = audit_listed.page(request.who.practice.id, wanted, before=int(before) if before.isdecimal() else None)
    return _page(request, filters, found, PatientOf())


def of_patient(request: DeskRequest) -> HttpResponse:
    """From the number of a claim to the entries about its patient."""
    form = PatientOf(request.POST)
    if form.is_valid():
        claim = audit_listed.claim_of(request.who.practice.id, form.cleaned_data["number"].strip())
        if claim is not None:
            return HttpResponseRedirect(f"{reverse('audit')}?{urlencode({'claim': claim})}")
        form.add_error("number", "No claim has this number, or claims of several patients have.")
    filters = _filters(request, {})
    filters.is_valid()
    return _page(request, filters, AuditPage(lines=()), form)


def file(request: DeskRequest) -> HttpResponse | StreamingHttpResponse:
    """All that the filters find, oldest first, as CSV or as lines of JSON. That it was taken is in the log first."""
    filters = _filters(request, request.POST)
    form = FORMATS.get(request.POST.get("format", ""))
    if form is None or not filters.is_valid():
        return _page(request, filters, AuditPage(lines=()), PatientOf())
    wanted = _wanted(request, filters)
    record_look(request, "audit.export", "audit", "log", result=form.ending, fields=filters.asked())
    return streamed(_pieces(request.who.practice.id, wanted, form), f"audit-log.{form.ending}", form.content_type)


def verify(request: DeskRequest) -> HttpResponse:
    """Have the chain proved from its first entry to its end, beside the pages."""
    begun = audit_reviews.begin_proof(request.who.actor, request.now)
    beside(partial(_prove, request.who.actor, begun, request.application.clock))
    return HttpResponseRedirect(f"{reverse('audit')}?done=verify")


def _prove(actor: Actor, begun: int, clock: Clock) -> None:
    report = prove(current().vault)
    audit_reviews.end_proof(actor, begun, report, clock.now())


def _filters(request: DeskRequest, typed: object) -> Filters:
    acts = audit_listed.acts(request.who.practice.id)
    return Filters(typed, acts=acts, portals=request.application.packs.names())  # type: ignore[arg-type]  # a QueryDict


def _wanted(request: DeskRequest, filters: Filters) -> Wanted:
    """What the filters ask for. A patient's entries are a look at the patient."""
    reference = ""
    if filters.claim_id is not None:
        reference = audit_listed.reference_of(request.who.practice.id, filters.claim_id)
        record_look(request, "audit.search", "claim", filters.claim_id, patient_reference=reference)
    return filters.wanted(request.application.zone, reference)


def _page(request: DeskRequest, filters: Filters, found: AuditPage, patient: PatientOf) -> HttpResponse:
    practice_id = request.who.practice.id
    weeks = audit_reviews.weeks(practice_id, request.now.date(), most=52)
    address = {name: value for name, value in request.GET.items() if name not in {"before", "done"} and value}
    context = {
        "filters": filters,
        "patient": patient,
        "found": found,
        "narrowed": bool(address),
        "older": urlencode({**address, "before": found.older}) if found.older else "",
        "weeks": weeks[:13],
        "unreviewed": sum(week.by == "" for week in weeks),
        "proof": audit_reviews.latest_proof(practice_id, request.now),
        "formats": FORMATS,
        "emergencies": emergencies.listed(practice_id, most=10),
    }
    return render(request, "audit/list.html", context)


def _pieces(practice_id: int, wanted: Wanted, form: Format) -> Callable[[], bytes]:
    after: int | None = None
    head = form.head

    def piece() -> bytes:
        nonlocal after, head
        lines: tuple[AuditLine, ...] = audit_listed.export(practice_id, wanted, after=after)
        made = head + b"".join(map(form.line, lines))
        head = b""
        if lines:
            after = lines[-1].sequence
        return made

    return piece
