"""The work list: tasks that follow from what payers said, by their day; taken, given to somebody, and closed."""

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.access import record_look
from console.claims.forms import AssignForm, CloseForm, WorkView
from console.request import DeskRequest
from console.rights import Right
from console.templating import render
from flows.tasks import TaskOutcome
from ledger import claims_found, membership, tasks, tasks_ladder, tasks_paged
from ledger.errors import AlreadyClosed, NotThere, RecordWrong
from ledger.tasks_paged import Filters, Place, TaskLine
from ledger.work_rules import in_force

_DONE = {
    "taken": "The task is yours.",
    "assigned": "It is written down whose it is.",
    "closed": "The task is closed. It comes back only when the payer says something new about it.",
}
_LONGEST_NUMBER = 18


def show(request: DeskRequest) -> HttpResponse:
    """Open tasks, a page at a time."""
    practice_id, today, asked = request.who.practice.id, request.now.date(), request.GET
    rules = in_force(practice_id).routing
    offered = {
        "queue": sorted(rules.queues),
        "role": sorted(rules.roles),
        "portal": sorted(request.application.packs.names()),
    }
    chosen = {name: asked[name] for name, members in offered.items() if asked.get(name) in members}
    owner = {"me": request.who.actor.name, "nobody": ""}.get(asked.get("owner", ""))
    view = WorkView.LAST_DAYS if asked.get("view") == WorkView.LAST_DAYS else WorkView.BY_DAY
    read = tasks_paged.by_limit if view is WorkView.LAST_DAYS else tasks_paged.by_day
    found = read(practice_id, today, Filters(owner=owner, **chosen), after=_place(asked.get("after", "")))
    record_look(
        request, "work.view", "list", view.value, portal=chosen.get("portal", ""), result=f"{len(found.lines)} shown",
        fields=("work",),
    )  # fmt: skip
    kept = {**chosen, **({"owner": asked["owner"]} if owner is not None else {})}
    context = {
        "view": view,
        "offered": offered,
        "chosen": chosen,
        "owner": asked.get("owner", "") if owner is not None else "",
        "lines": found.lines,
        "today": today,
        "urgent": _counted(tasks_paged.urgent_count(practice_id, today)),
        "kept": urlencode(kept),
        "query": urlencode({"view": view.value, **kept}),
        "after": f"{found.after.day.isoformat()}.{found.after.number}" if found.after else None,
        "is_first": not asked.get("after"),
        "done": _DONE.get(asked.get("done", "")),
    }
    return render(request, "claims/work.html", context)


def task(request: DeskRequest, number: int) -> HttpResponse:
    """One task whole."""
    return _whole(request, number)


def take(request: DeskRequest, number: int) -> HttpResponse:
    """Take a task that nobody has."""
    try:
        tasks.take(number, request.who.actor, request.now)
    except (RecordWrong, AlreadyClosed) as refused:
        return _whole(request, number, refused=str(refused), status=409)
    return HttpResponseRedirect(f"{reverse('task', kwargs={'number': number})}?done=taken")


def assign(request: DeskRequest, number: int) -> HttpResponse:
    """Give a task to a person of the practice, or to nobody."""
    form = AssignForm(request.POST, people=_people(request), auto_id="assign_%s")
    if not form.is_valid():
        return _whole(request, number, assign_form=form, refused="Nothing was changed.", status=400)
    try:
        tasks.assign(
            number, form.cleaned_data["owner"] or None, request.who.actor, request.now, was=form.cleaned_data["was"]
        )
    except (RecordWrong, AlreadyClosed, NotThere) as refused:
        return _whole(request, number, refused=str(refused), status=409)
    return HttpResponseRedirect(f"{reverse('task', kwargs={'number': number})}?done=assigned")


def close(request: DeskRequest, number: int) -> HttpResponse:
    """End a task; back to the list."""
    form = CloseForm(request.POST, auto_id="close_%s")
    if not form.is_valid():
        return _whole(request, number, close_form=form, refused="Nothing was closed yet.", status=400)
    try:
        tasks.close(
            number, request.who.actor, TaskOutcome(form.cleaned_data["how"]), request.now,
            note=form.cleaned_data["note"],
        )  # fmt: skip
    except AlreadyClosed as refused:
        return _whole(request, number, refused=str(refused), status=409)
    return HttpResponseRedirect(f"{reverse('work')}?done=closed")


def _whole(
    request: DeskRequest,
    number: int,
    *,
    assign_form: forms.Form | None = None,
    close_form: forms.Form | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    practice, today = request.who.practice, request.now.date()
    line = tasks_paged.get(practice.id, number, today)
    record_look(
        request, "work.view", "task", number, patient_reference=_reference(practice.id, line), portal=line.entry.portal,
        fields=("work",),
    )  # fmt: skip
    owner = line.entry.owner or ""
    context = {
        "line": line,
        "task": line.entry,
        "codes": request.application.claims.code_words(practice, line.entry.codes),
        "steps": tasks_ladder.ladder_of(practice.id, number, today),
        "may_work": request.who.may(Right.WORK_CASES),
        "may_draft": request.who.may(Right.DRAFT_APPEALS),
        "assign_form": assign_form
        or AssignForm(people=_people(request), initial={"owner": owner, "was": owner}, auto_id="assign_%s"),
        "close_form": close_form or CloseForm(auto_id="close_%s"),
        "done": _DONE.get(request.GET.get("done", "")),
        "refused": refused,
    }
    return render(request, "claims/task.html", context, status=status)


def _reference(practice_id: int, line: TaskLine) -> str:
    if line.claim_id is not None:
        return claims_found.claim(practice_id, line.claim_id).patient_reference
    if line.appointment_id is not None:
        return claims_found.visit(practice_id, line.appointment_id).patient_reference
    return ""


def _people(request: DeskRequest) -> tuple[str, ...]:
    return tuple(name for name, is_robot in membership.accounts_of(request.who.practice.id) if not is_robot)


def _place(word: str) -> Place | None:
    day, _, number = word.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER):
        return None
    try:
        return Place(day=date.fromisoformat(day), number=int(number))
    except ValueError:
        return None


def _counted(count: int) -> str:
    return f"more than {tasks_paged.COUNTED:,}" if count > tasks_paged.COUNTED else f"{count:,}"
