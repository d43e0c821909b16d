"""What everybody who works on a case may do with it: take it, write on it, give it away, put it off, end it."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.exceptions import filters, may
from console.exceptions.clocks import day_of
from console.exceptions.views_case import Typed, page
from console.exceptions.work_forms import AssignForm, CloseForm, SendForm, SnoozeForm
from console.request import DeskRequest
from console.templating import render
from ledger import case_work, cases_listed
from ledger.cases_values import CaseLine
from ledger.errors import DatabaseRefused, LedgerError, NotThere
from ledger.states import Resolution
from ledger.work_rules import in_force

_LONGEST_COMMENT = 4000

FormT = TypeVar("FormT", bound=forms.Form)


class CommentForm(forms.Form):
    """What somebody writes on a case."""

    text = forms.CharField(max_length=_LONGEST_COMMENT)


def take(request: DeskRequest, case_id: int) -> HttpResponse:
    """It is mine from now on."""
    return _simple(request, case_id, "taken", case_work.take)


def release(request: DeskRequest, case_id: int) -> HttpResponse:
    """Nobody has it any more."""
    return _simple(request, case_id, "released", case_work.release)


def bring_back(request: DeskRequest, case_id: int) -> HttpResponse:
    """It is not put off any more."""
    return _simple(request, case_id, "brought-back", case_work.bring_back)


def reopen(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take back that it was closed."""
    line = _line(request, case_id)
    if not may.may_close(request.who, line):
        return _refused(request)
    act = partial(case_work.reopen, case_id, request.who.actor, changes(request), request.now)
    return done(request, case_id, act, "reopened", stays=True)


def comment(request: DeskRequest, case_id: int) -> HttpResponse:
    """Write on the case."""
    if not may.may_work(request.who, _line(request, case_id)):
        return _refused(request)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return page(request, case_id, Typed("comment", form, "A comment has between 1 and 4,000 letters."))
    text = form.cleaned_data["text"]
    act = partial(case_work.comment, case_id, text, request.who.actor, request.now)
    return done(request, case_id, act, "commented", stays=True)


def assign(request: DeskRequest, case_id: int) -> HttpResponse:
    """Give it to somebody, or to nobody."""
    people = [name for _, name in case_work.people(request.who.practice.id)]
    form = AssignForm(request.POST, auto_id="assign-%s", people=people)
    return _with_form(
        request, case_id, Typed("assign", form),
        lambda: case_work.assign(
            case_id, form.cleaned_data["owner"] or None, request.who.actor, changes(request), request.now
        ),
        word="assigned",
        stays=True,
    )  # fmt: skip


def snooze(request: DeskRequest, case_id: int) -> HttpResponse:
    """Put it off until a day before its last one."""
    today = day_of(request.now, request.application.zone)
    form = SnoozeForm(request.POST, auto_id="snooze-%s", today=today)
    return _with_form(
        request, case_id, Typed("snooze", form),
        lambda: case_work.snooze(
            case_id, form.cleaned_data["until"], request.who.actor, changes(request), request.now,
            why=form.cleaned_data["why"], today=today,
        ),
        word="snoozed",
    )  # fmt: skip


def send(request: DeskRequest, case_id: int) -> HttpResponse:
    """Send it to another queue."""
    queues = in_force(request.who.practice.id).routing.queues
    form = SendForm(request.POST, auto_id="send-%s", queues=sorted(queues))
    return _with_form(
        request, case_id, Typed("send", form),
        lambda: case_work.send(
            case_id, form.cleaned_data["queue"], request.who.actor, changes(request), request.now
        ),
        word="sent",
    )  # fmt: skip


def close(request: DeskRequest, case_id: int) -> HttpResponse:
    """End it by an outcome."""
    if not may.may_close(request.who, _line(request, case_id)):
        return _refused(request)
    form = CloseForm(request.POST, auto_id="close-%s")
    return _with_form(
        request, case_id, Typed("close", form),
        lambda: case_work.close(
            case_id, request.who.actor, Resolution(form.cleaned_data["how"]), changes(request), request.now,
            note=form.cleaned_data["note"],
        ),
        word="closed",
    )  # fmt: skip


def changes(request: DeskRequest) -> int:
    """Which state of the case the person has seen; -1 where the page did not say, which is never the present one."""
    said = request.POST.get("changes", "")
    return int(said) if said.isdecimal() and len(said) < 10 else -1


def done(
    request: DeskRequest,
    case_id: int,
    act: Callable[[], object],
    word: str,
    *,
    stays: bool = False,
    typed: Typed | None = None,
) -> HttpResponse:
    """Do it, and go on: to the next case of the same list, or back to this one. What is refused is said on the page,
    with what was typed still in its form."""
    try:
        act()
    except (DatabaseRefused, NotThere):
        raise
    except LedgerError as error:
        form = typed or Typed()
        return page(request, case_id, Typed(form.form, form.bound, str(error), 409))
    return after(request, case_id, word, stays=stays)


def after(request: DeskRequest, case_id: int, word: str, *, stays: bool = False) -> HttpResponse:
    """To the next case of the list, as it was when the page was made; to the list, where it was the last one."""
    asked = filters.read(request.GET)
    following = request.POST.get("next", "")
    if stays:
        address = reverse("case", kwargs={"case_id": case_id})
    elif following.isdecimal() and len(following) < 19:
        address = reverse("case", kwargs={"case_id": int(following)})
    else:
        address = reverse("exceptions")
    return HttpResponseRedirect(f"{address}?{asked.but(done=word)}")


def _simple(request: DeskRequest, case_id: int, word: str, act: Callable[..., object]) -> HttpResponse:
    if not may.may_work(request.who, _line(request, case_id)):
        return _refused(request)
    return done(
        request, case_id, lambda: act(case_id, request.who.actor, changes(request), request.now), word, stays=True
    )


def _with_form(
    request: DeskRequest, case_id: int, typed: Typed, act: Callable[[], object], *, word: str, stays: bool = False
) -> HttpResponse:
    line = _line(request, case_id)
    if not may.may_work(request.who, line) and not may.may_close(request.who, line):
        return _refused(request)
    if typed.bound is None or not typed.bound.is_valid():
        return page(request, case_id, typed)
    return done(request, case_id, act, word, stays=stays, typed=typed)


def _line(request: DeskRequest, case_id: int) -> CaseLine:
    return cases_listed.one(request.who.practice.id, case_id, incidents_only=may.incidents_only(request.who))


def _refused(request: DeskRequest) -> HttpResponse:
    return render(request, "refused.html", {"why": "Your roles do not give you this act."}, status=403)
