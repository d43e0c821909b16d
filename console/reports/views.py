"""Reports: the pages. They show what was made; making is asked for by a button and happens beside them."""

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from console.access import record_look
from console.charts import draw
from console.reports.every import REPORTS
from console.reports.forms import Choice
from console.reports.making import days_shown, make, wanted_as
from console.reports.page import cell_shown, is_number
from console.reports.stored import from_stored
from console.reports.tables_out import as_csv
from console.request import DeskRequest
from console.templating import render
from ledger import reports_made
from ledger.errors import NotThere
from ledger.portals_in_use import portals_in_use
from ledger.reports_made import ReportContent, WantedReport


def every(request: DeskRequest) -> HttpResponse:
    """All reports, each with when it was last made."""
    made_at = reports_made.newest_of_each(request.who.practice.id)
    return render(request, "reports/list.html", {"kinds": REPORTS, "made_at": made_at})


def show(request: DeskRequest, report: str) -> HttpResponse:
    """The newest of one report, of the portal and days that are chosen."""
    form, wanted = _chosen(request, report)
    practice_id = request.who.practice.id
    found = None if wanted is None else reports_made.newest(practice_id, wanted)
    context: dict[str, object] = {
        "name": report,
        "kind": REPORTS[report],
        "form": form,
        "wanted": wanted,
        "waiting": None if wanted is None else reports_made.under_way(practice_id, wanted, request.now),
        "last": None if wanted is None else reports_made.last(practice_id, wanted),
        "history": reports_made.history(practice_id, report),
        "days_shown": days_shown,
        "query": "" if wanted is None else _query(wanted),
    }
    return render(request, "reports/report.html", context | _shown(request, found))


def make_anew(request: DeskRequest, report: str) -> HttpResponse:
    """Have it made, and go back to where it will be shown."""
    _, wanted = _chosen(request, report)
    if wanted is None:
        raise Http404
    make(request.application, request.who.practice, request.who.actor, wanted)
    query = _query(wanted)
    return HttpResponseRedirect(
        reverse("report", kwargs={"report": report}) + (f"?{query}" if query else ""), status=303
    )


def state(request: DeskRequest, report: str) -> HttpResponse:
    """Is it still being made? Asked by the page while it waits."""
    _, wanted = _chosen(request, report)
    waits = wanted is not None and reports_made.under_way(request.who.practice.id, wanted, request.now) is not None
    return JsonResponse({"waits": waits})


def made(request: DeskRequest, made: int) -> HttpResponse:
    """One that was made earlier."""
    found = _known(reports_made.get(request.who.practice.id, made))
    name = found.row.wanted.name
    context = {"name": name, "kind": REPORTS[name], "days_shown": days_shown}
    return render(request, "reports/made.html", context | _shown(request, found))


def as_file(request: DeskRequest, made: int, table: int) -> HttpResponse:
    """One table of it as CSV; `table` counts from 1."""
    found = _known(reports_made.get(request.who.practice.id, made))
    tables = from_stored(found.content).tables
    if not 1 <= table <= len(tables):
        raise NotThere("table of this number")
    record_look(request, "report.export", "report", made, result=found.row.wanted.name, fields=("figures",))
    answer = HttpResponse(as_csv(tables[table - 1]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.row.wanted.name}-{table}.csv"'
    return answer


def _chosen(request: DeskRequest, name: str) -> tuple[Choice, WantedReport | None]:
    """The form, and what it asks for; None where it is wrong. Raises Http404 for a report that is not there."""
    if name not in REPORTS:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    portals = sorted({*request.application.packs.names(), *portals_in_use(request.who.practice.id)})
    form = Choice(portals, given)
    if not form.is_valid():
        return form, None
    chosen = form.cleaned_data
    return form, wanted_as(name, chosen["portal"] or None, chosen["since"], chosen["until"])


def _query(wanted: WantedReport) -> str:
    given = {"portal": wanted.portal, "since": wanted.since, "until": wanted.until}
    return urlencode({name: str(value) for name, value in given.items() if value is not None})


def _shown(request: DeskRequest, found: ReportContent | None) -> dict[str, object]:
    if found is None:
        return {"made": None, "report": None}
    record_look(request, "report.view", "report", found.row.id, result=found.row.wanted.name, fields=("figures",))
    report = from_stored(found.content)
    return {
        "made": found.row,
        "report": report,
        "charts": [drawing for drawing in map(draw, report.charts) if not drawing.empty],
        "cell": cell_shown,
        "is_number": is_number,
    }


def _known(found: ReportContent) -> ReportContent:
    if found.row.wanted.name not in REPORTS:
        raise NotThere("report of this number")
    return found
