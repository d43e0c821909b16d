"""Remittances: the list of payments, one payment with its arithmetic and its papers, and what is missing."""

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from console.access import record_look
from console.charts import draw
from console.remittances import arithmetic
from console.remittances.forms import Chosen, Trace, after_as_text, after_of
from console.reports.making import make
from console.reports.page import cell_shown, is_number
from console.reports.stored import from_stored
from console.request import DeskRequest
from console.templating import render
from ledger import document_files, remittances_listed, remittances_page, reports_made
from ledger.portals_in_use import portals_in_use
from ledger.remittances_page import PaymentPage
from ledger.reports_made import WantedReport
from vault.errors import VaultError

_A_PAGE = 50
_MISSING = WantedReport(name="missing")
_TYPES = {"eob": "application/pdf"}
_ENDINGS = {"eob": "pdf"}


def show(request: DeskRequest) -> HttpResponse:
    """The payments, the newest first, a page at a time."""
    return _list(request, Trace())


def find(request: DeskRequest) -> HttpResponse:
    """Look for a payment by its trace: the one, or those that bear it."""
    form = Trace(request.POST)
    if not form.is_valid():
        return _list(request, form)
    found = list(remittances_listed.list_all(request.who.practice.id, trace=form.cleaned_data["trace"]))[:_A_PAGE]
    if len(found) == 1:
        return HttpResponseRedirect(reverse("remittance", kwargs={"payment": found[0].id}), status=303)
    if not found:
        form.add_error("trace", "No payment of this practice bears this trace.")
        return _list(request, form)
    return _list(request, form, PaymentPage(payments=tuple(found), after=None))


def one(request: DeskRequest, payment: int) -> HttpResponse:
    """One payment: what it says, whether it adds up, its claims a page at a time, and all that belongs to it."""
    practice_id = request.who.practice.id
    head = remittances_page.head(practice_id, payment)
    after = _number(request.GET, "claims_after")
    claims = remittances_page.claims(practice_id, payment, after, _A_PAGE + 1)
    record_look(
        request,
        "remit.view",
        "remittance",
        payment,
        portal=head.record.portal or "",
        result=f"{min(len(claims), _A_PAGE)} claims shown",
        fields=("payments", "patient"),
    )
    return render(
        request,
        "remittances/payment.html",
        {
            "head": head,
            "claims": claims[:_A_PAGE],
            "claims_after": claims[_A_PAGE - 1].said.number if len(claims) > _A_PAGE else None,
            "is_first": not after,
            "sum": arithmetic.of_payment(head),
            "arithmetic": arithmetic,
            "status_words": arithmetic.STATUS_WORDS,
        },
    )


def document(request: DeskRequest, payment: int, document: int) -> HttpResponse:
    """A sealed paper of a payment as the payer made it, as a download; that it was taken out is recorded first."""
    practice_id = request.who.practice.id
    kind = remittances_page.paper_kind(practice_id, payment, document)
    try:
        plain = document_files.content(request.application.store, practice_id, document)
    except VaultError as error:
        return render(request, "refused.html", {"why": str(error)}, status=409)
    record_look(request, "document.export", "document", document, result=kind, fields=("document", "patient"))
    answer = HttpResponse(plain, content_type=_TYPES.get(kind, "application/octet-stream"))
    # The name says nothing of whom it is about.
    answer["Content-Disposition"] = f'attachment; filename="document-{document}.{_ENDINGS.get(kind, kind)}"'
    answer["Cache-Control"] = "no-store"
    return answer


def lacking(request: DeskRequest) -> HttpResponse:
    """What is missing, as it was looked for last; by POST it is looked for anew."""
    practice = request.who.practice
    if request.method == "POST":
        make(request.application, practice, request.who.actor, _MISSING)
        return HttpResponseRedirect(reverse("remittances-missing"), status=303)
    found = reports_made.newest(practice.id, _MISSING)
    report = None
    if found is not None:
        record_look(request, "remits.view", "report", found.row.id, result="what is missing", fields=("payments",))
        report = from_stored(found.content)
    return render(
        request,
        "remittances/missing.html",
        {
            "made": None if found is None else found.row,
            "report": report,
            "charts": [one for one in map(draw, report.charts) if not one.empty] if report is not None else [],
            "waiting": reports_made.under_way(practice.id, _MISSING, request.now),
            "cell": cell_shown,
            "is_number": is_number,
        },
    )


def _list(request: DeskRequest, trace: Trace, found: PaymentPage | None = None) -> HttpResponse:
    practice_id = request.who.practice.id
    form = Chosen(
        sorted({*request.application.packs.names(), *portals_in_use(practice_id)}),
        remittances_page.payers(practice_id),
        remittances_page.providers(practice_id),
        request.GET,
    )
    after = after_of(request.GET.get("after", ""))
    if found is None:
        found = (
            remittances_page.page(practice_id, form.wanted(), after, _A_PAGE)
            if form.is_valid()
            else PaymentPage(payments=(), after=None)
        )
    shown = f"{len(found.payments)} shown"
    record_look(request, "remits.view", "list", "all", result=shown, fields=("payments",))
    query = request.GET.copy()
    query["after"] = after_as_text(found.after)
    context = {
        "form": form,
        "trace": trace,
        "payments": found.payments,
        "older": query.urlencode() if found.after is not None else "",
        "is_first": after is None,
        "looked_to": found.after.paid_on if found.after is not None and len(found.payments) < _A_PAGE else None,
    }
    return render(request, "remittances/list.html", context)


def _number(given: QueryDict, name: str) -> int:
    value = given.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
