"""Exceptions: one decision for many. First a page says what will happen to how many; then it is done, and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django import forms
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from console.access import record_look
from console.exceptions import filters
from console.exceptions.clocks import day_of
from console.exceptions.may import incidents_only, may_close, may_work
from console.exceptions.words import CODES
from console.exceptions.work_forms import AssignForm, CloseForm, SendForm, SnoozeForm
from console.request import DeskRequest
from console.templating import render
from ledger import case_work, cases_listed, work_rules
from ledger.case_work import Bulk
from ledger.cases_values import CaseLine, Wanted
from ledger.states import CaseState, Resolution

MOST = 500
"""So many at a time."""
DONE = "bulk"
"""What the session keeps of the last one: ids and sentences of ours."""

ACTS: Mapping[str, str] = {
    "assign": "Give exceptions to somebody",
    "send": "Send exceptions to another queue",
    "snooze": "Put exceptions off",
    "close": "Close exceptions of one cause",
}


@dataclass(frozen=True)
class Chosen:
    """The exceptions that were marked, and why some of them are left out, each with a sentence."""

    lines: tuple[CaseLine, ...]
    left_out: tuple[tuple[int, str], ...]
    more: bool

    @property
    def money(self) -> Decimal:
        """In dollars."""
        return sum((line.money for line in self.lines), Decimal("0.00"))

    @property
    def causes(self) -> frozenset[tuple[str, str]]:
        """Portal and code: what one decision may be about."""
        return frozenset((line.portal, line.code.value) for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many questions wait for them."""
        return sum(line.waiting for line in self.lines)


def choose(request: DeskRequest) -> HttpResponse:
    """What will happen to how many, and the form that decides how."""
    act = request.GET.get("act", "")
    if act not in ACTS:
        return HttpResponseRedirect(reverse("exceptions"))
    chosen = _chosen(request, act, [_number(text) for text in request.GET.getlist("case")])
    return _page(request, act, chosen, _form(request, act, None), request.GET.get("list", ""))


def act(request: DeskRequest) -> HttpResponse:
    """Do it to those that are still as they were shown; the others are told."""
    act = request.POST.get("act", "")
    if act not in ACTS:
        return HttpResponseRedirect(reverse("exceptions"))
    seen = _seen(request.POST.getlist("seen"))
    form = _form(request, act, request.POST)
    came_from = request.POST.get("list", "")
    chosen = _chosen(request, act, list(seen), like=False)
    if not form.is_valid() or (act == "close" and len(chosen.causes) > 1):
        return _page(request, act, chosen, form, came_from)
    allowed = {line.id: seen[line.id] for line in chosen.lines}
    done = _do(request, act, allowed, form)
    request.session[DONE] = {
        "act": act,
        "done": len(done.done),
        "not_done": [*done.not_done, *chosen.left_out],
        "list": _query(came_from),
    }
    return HttpResponseRedirect(reverse("exceptions-done"))


def done(request: DeskRequest) -> HttpResponse:
    """What became of the last ones."""
    told = request.session.get(DONE)
    if told is None:
        return HttpResponseRedirect(reverse("exceptions"))
    return render(request, "exceptions/done.html", {**told, "title": ACTS[told["act"]]})


def choose_or_act(request: DeskRequest) -> HttpResponse:
    """The page, or what its form sends."""
    return act(request) if request.method == "POST" else choose(request)


def _page(request: DeskRequest, act: str, chosen: Chosen, form: forms.Form, came_from: str) -> HttpResponse:
    hidden = incidents_only(request.who)
    if chosen.lines and not hidden:
        record_look(
            request, "cases.view", "cases", "bulk", result=f"{len(chosen.lines)} shown", fields=("number", "money")
        )
    return render(
        request,
        "exceptions/bulk.html",
        {
            "act": act,
            "title": ACTS[act],
            "chosen": chosen,
            "codes": CODES,
            "form": form,
            "hidden": hidden,
            "me": request.who.actor.account_id,
            "list": _query(came_from),
            "most": MOST,
            "one_cause": act != "close" or len(chosen.causes) <= 1,
        },
    )


def _query(text: str) -> str:
    return filters.read(QueryDict(text)).query


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _seen(pairs: Sequence[str]) -> dict[int, int]:
    """By exception: the state in which the page showed it."""
    found = {}
    for pair in pairs[:MOST]:
        case_id, _, changes = pair.partition("-")
        found[_number(case_id)] = _number(changes)
    return found


def _chosen(request: DeskRequest, act: str, ids: list[int], *, like: bool = True) -> Chosen:
    who, hidden = request.who, incidents_only(request.who)
    today = day_of(request.now, request.application.zone)
    practice_id = who.practice.id
    more = False
    if like and (one := _number(request.GET.get("like", ""))):
        asked = filters.read(QueryDict(request.GET.get("list", "")))
        people = {name: account_id for account_id, name in case_work.people(practice_id)}
        wanted = asked.wanted(who.actor.account_id, people, incidents_only=hidden) if asked.get("like") else None
        found = cases_listed.page(practice_id, wanted or Wanted(like=one, incidents_only=hidden), today, most=MOST)
        lines, more = found.rows, found.next is not None
    else:
        lines = cases_listed.several(practice_id, ids[:MOST], incidents_only=hidden)
    may = may_close if act == "close" else may_work
    taken, left_out = [], []
    for line in lines:
        if line.state is CaseState.CLOSED:
            left_out.append((line.id, "It is closed already."))
        elif not may(who, line):
            left_out.append((line.id, "Your roles do not give you this one."))
        else:
            taken.append(line)
    return Chosen(tuple(taken), tuple(left_out), more)


def _form(request: DeskRequest, act: str, given: QueryDict | None) -> forms.Form:
    practice_id = request.who.practice.id
    match act:
        case "assign":
            return AssignForm(given, people=[name for _, name in case_work.people(practice_id)])
        case "send":
            return SendForm(given, queues=sorted(work_rules.in_force(practice_id).routing.queues))
        case "snooze":
            return SnoozeForm(given, today=day_of(request.now, request.application.zone))
        case _:
            return CloseForm(given)


def _do(request: DeskRequest, act: str, seen: Mapping[int, int], form: forms.Form) -> Bulk:
    actor, now, said = request.who.actor, request.now, form.cleaned_data
    match act:
        case "assign":
            return case_work.assign_all(seen, said["owner"] or None, actor, now)
        case "send":
            return case_work.send_all(seen, said["queue"], actor, now)
        case "snooze":
            today = day_of(now, request.application.zone)
            return case_work.snooze_all(seen, cast(date, said["until"]), actor, now, why=said["why"], today=today)
        case _:
            return case_work.close_all(seen, actor, Resolution(said["how"]), now, note=said["note"])
