"""What people do with an appeal: documents, approval, giving it up, saying what came of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.appeals.forms import AttachForm, DetachForm, SeenForm, SettleForm, WithdrawForm
from console.appeals.needs import Upload, Wish
from console.appeals.views import asker, back_to, whole
from console.request import DeskRequest
from documents.attachments import AttachmentRefused
from flows.drafting import DraftRefused
from flows.questions import AttachmentKind
from ledger import appeals
from ledger.appeals import AppealRecord
from ledger.errors import AppealExists, AppealFixed, NotThere, RecordWrong

REFUSALS = (DraftRefused, AttachmentRefused, RecordWrong, AppealFixed, AppealExists)
"""What is told on the page itself, with the appeal as it stands now."""


def attach(request: DeskRequest, number: int) -> HttpResponse:
    """Seal a document that was sent, and let it go with the appeal."""
    form = AttachForm(request.POST, request.FILES, auto_id="attach_%s")

    def act(record: AppealRecord) -> None:
        upload = Upload(form.cleaned_data["document"].read(), AttachmentKind(form.cleaned_data["kind"]))
        wish = Wish(attach=(upload,), seen=form.cleaned_data["seen"])
        request.application.appeals.change(asker(request), record.number, wish)

    return _done(request, number, form, act, name="attach_form", word="attached")


def detach(request: DeskRequest, number: int) -> HttpResponse:
    """Let a document not go with the appeal."""
    form = DetachForm(request.POST)

    def act(record: AppealRecord) -> None:
        wish = Wish(detach=(form.cleaned_data["filename"],), seen=form.cleaned_data["seen"])
        request.application.appeals.change(asker(request), record.number, wish)

    return _done(request, number, form, act, name="detach_form", word="detached")


def approve(request: DeskRequest, number: int) -> HttpResponse:
    """Approve exactly what was shown; then the next one, for whoever goes through them in turn."""
    form = SeenForm(request.POST)

    def act(record: AppealRecord) -> None:
        pack = request.application.packs.pack(record.portal)
        if pack is None:
            raise NotThere(f"pack for {record.portal} that can be used")
        request.application.appeals.approve(asker(request), record, pack, form.cleaned_data["seen"])

    in_turn = bool(request.POST.get("in_turn"))
    to = f"{reverse('appeals-next')}?done=approved" if in_turn else back_to(number, "approved")
    return _done(request, number, form, act, name="approve_form", word="approved", to=to)


def withdraw(request: DeskRequest, number: int) -> HttpResponse:
    """Give up an appeal that was not pressed."""
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")

    def act(record: AppealRecord) -> None:
        if form.cleaned_data["seen"] != record.digest:
            raise RecordWrong(
                f"Appeal {number} was changed since it was shown. Nothing was withdrawn; look at it again first."
            )
        appeals.withdraw(number, request.who.actor, request.now, note=form.cleaned_data["note"])

    return _done(request, number, form, act, name="withdraw_form", word="withdrawn")


def settle(request: DeskRequest, number: int) -> HttpResponse:
    """A person's word about an appeal that was pressed and whose end nobody saw."""
    form = SettleForm(request.POST, auto_id="settle_%s")

    def act(record: AppealRecord) -> None:
        given = form.cleaned_data
        appeals.settle(
            record.number,
            request.who.actor,
            request.now,
            filed=given["how"] == "filed",
            confirmation=given["confirmation"],
            filed_on=given["filed_on"],
            note=given["note"],
        )

    return _done(request, number, form, act, name="settle_form", word="settled")


def _done(
    request: DeskRequest,
    number: int,
    form: forms.Form,
    act: Callable[[AppealRecord], None],
    *,
    name: str,
    word: str,
    to: str = "",
) -> HttpResponse:
    """Do it and go back to the appeal; or show it as it stands now, with what was typed and why it was refused."""
    record = appeals.get(request.who.practice.id, number)
    shown: dict[str, Any] = {name: form}
    if not form.is_valid():
        sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
        return whole(request, record, {**shown, "refused": " ".join(["Nothing was done.", *sentences])}, status=400)
    try:
        act(record)
    except REFUSALS as refused:
        now_is = appeals.get(request.who.practice.id, number)
        return whole(request, now_is, {"refused": str(refused)}, status=409)
    return HttpResponseRedirect(to or back_to(number, word))
