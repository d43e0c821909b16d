"""Controls of the night: each is asked about on a page that says what will happen, and recorded with who did it."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.request import DeskRequest
from console.templating import render
from console.tonight.shown import night_of
from console.tonight.words import job_word
from flows.questions import Flow
from ledger import calendar_entries, lanes, night_controls
from ledger.calendar_entries import EVERYTHING, flow_entry, portal_entry
from ledger.errors import NotThere, RecordWrong
from packs.models import Pack

_DRAIN = "A session that runs there ends before its next question, signs out and gives its lane back; nothing is lost."
_HALTED = frozenset({"paused", "frozen"})
_OFFICE = "It holds for every practice of this office, on every computer, until somebody resumes it."


@dataclass(frozen=True)
class Control:
    """What is asked before something is done: a heading, what will happen, and the word on the button."""

    title: str
    says: tuple[str, ...]
    button: str
    danger: bool = False
    facts: tuple[tuple[str, str], ...] = ()


def asked(
    request: HttpRequest, control: Control, *, form: forms.Form | None = None, back: str = "", status: int = 200
) -> HttpResponse:
    """The page that asks whether this is to be done."""
    context = {"control": control, "form": form, "back": back or reverse("tonight")}
    return render(request, "tonight/confirm.html", context, status=status)


def done(word: str, page: str = "tonight", **parts: object) -> HttpResponse:
    """On to the page that shows what was done."""
    return HttpResponseRedirect(f"{reverse(page, kwargs=parts or None)}?done={word}")


def pause_everything(request: DeskRequest) -> HttpResponse:
    """Nothing new is begun anywhere."""
    control = Control(
        "Pause everything", (_DRAIN, "Acts of the calendar, such as the backup, wait too.", _OFFICE), "Pause"
    )
    return _switch(request, control, EVERYTHING, "paused")


def resume_everything(request: DeskRequest) -> HttpResponse:
    """The night goes on."""
    says = ("The worker begins again with what is due and open. What was paused by itself stays paused.",)
    control = Control("Resume everything", says, "Resume")
    return _switch(request, control, EVERYTHING, "resumed")


def pause_portal(request: DeskRequest, portal: str) -> HttpResponse:
    """Nothing new is begun at one portal."""
    pack_of(request, portal)
    control = Control(f"Pause {portal}", (_DRAIN, _OFFICE), "Pause")
    return _switch(request, control, portal_entry(portal), "paused", portal=portal)


def resume_portal(request: DeskRequest, portal: str) -> HttpResponse:
    """The portal is asked again."""
    pack_of(request, portal)
    control = Control(f"Resume {portal}", ("The worker begins there again with what is due and open.",), "Resume")
    return _switch(request, control, portal_entry(portal), "resumed", portal=portal)


def freeze_job(request: DeskRequest, portal: str, flow: str) -> HttpResponse:
    """One job of a portal stands still; its other jobs go on."""
    job = job_of(request, portal, flow)
    says = (_DRAIN, "The other jobs of this portal go on.", _OFFICE)
    control = Control(f"Freeze {job_word(job)} at {portal}", says, "Freeze")
    return _switch(request, control, flow_entry(portal, job), "frozen", portal=portal)


def unfreeze_job(request: DeskRequest, portal: str, flow: str) -> HttpResponse:
    """The job goes on."""
    job = job_of(request, portal, flow)
    says = ("The worker begins again with what is due and open of this job.",)
    control = Control(f"Unfreeze {job_word(job)} at {portal}", says, "Unfreeze")
    return _switch(request, control, flow_entry(portal, job), "unfrozen", portal=portal)


class EndForm(forms.Form):
    """What is to be done besides ending the session."""

    pause = forms.BooleanField(required=False, label="Pause its portal too, so that no new session begins there")


def end_session(request: DeskRequest, lane: int) -> HttpResponse:
    """The session's lane is taken away, and it stops at its next step."""
    form = EndForm(request.POST if request.method == "POST" else None)
    found = lanes.of(lane)
    if found.practice_id != request.who.practice.id:
        raise NotThere("such session at work")
    if request.method == "POST" and form.is_valid():
        lanes.take_away(lane, request.who.actor, request.now)
        if form.cleaned_data["pause"]:
            calendar_entries.pause(portal_entry(found.portal), request.who.actor, request.now, portal=found.portal)
        return done("ended-and-paused" if form.cleaned_data["pause"] else "ended")
    seconds = int(lanes.SIGNING_OUT.total_seconds())
    control = Control(
        f"End session {found.slot + 1} of {found.alias} at {found.portal}",
        (
            "Its lane is taken away: from this instant the ledger takes nothing more from it, and it stops at its next "
            "step or sign of life, within some ten seconds.",
            "The question that it was asking is asked again. An appeal that it was pressing becomes uncertain, and is "
            "looked for in the portal's own list; it is never pressed again. A code that it waited for is wanted no "
            "more. A sign-in that it had pressed without an answer stays counted against its budget.",
            f"What is still due is asked by a new session, at the earliest after {seconds} seconds.",
        ),
        "End the session",
        danger=True,
    )
    return asked(request, control, form=form)


class RateForm(forms.Form):
    """A lower rate."""

    look_ups = forms.IntegerField(min_value=1, max_value=10_000, label="Look-ups a minute from now on")


def lower_rate(request: DeskRequest, portal: str, flow: str) -> HttpResponse:
    """A new row of the permission register, with a lower limit."""
    pack, job = pack_of(request, portal), job_of(request, portal, flow)
    posted = pack.limits.lookups_a_minute
    record = night_controls.permission_of(request.who.practice.id, portal, job)
    rate = night_controls.rate_now(record, posted)
    form = RateForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            night_controls.lower_rate(
                portal, job, form.cleaned_data["look_ups"], request.who.actor, request.now,
                posted=posted, address=pack.address,
            )  # fmt: skip
        except RecordWrong as wrong:
            form.add_error("look_ups", str(wrong))
        else:
            return done("rate")
    if form.errors:
        status = 422
    control = Control(
        f"Ask {portal} more slowly: {job_word(job)}",
        (
            "The permission register gets a new row with the lower limit; all else of the permission stays as it is. "
            "The session that runs keeps to it from its next question on.",
            "All sessions and jobs of a portal share its look-ups. A higher rate than now is not set here: whoever "
            "keeps the register records it again.",
        ),
        "Lower the rate",
        facts=(("Now", f"{rate:g} look-ups a minute"), ("The portal's own limit", f"{posted:g} a minute")),
    )
    return asked(request, control, form=form, status=status)


def stop_sign_ins(request: DeskRequest) -> HttpResponse:
    """The break-glass stop: nothing signs in any more; what still runs is shown."""
    if request.method == "POST":
        night_controls.stop_sign_ins(request.who.actor, request.now)
        return done("stopped", "night-stop")
    if request.GET.get("done") == "stopped":
        return render(request, "tonight/stopped.html", {"night": night_of(request, request.application)})
    control = Control(
        "Stop all sign-ins",
        (
            "Everything is paused, and sessions of this practice that are at a portal's door at this moment are ended: "
            "no sign-in button is pressed by them any more.",
            "Sessions that are signed in end before their next question. The next page shows which these are, and each "
            "can be ended there at once.",
            "What a person starts by hand (`portalwright run`) is not hindered.",
            _OFFICE,
        ),
        "Stop all sign-ins",
        danger=True,
    )
    return asked(request, control)


def pack_of(request: DeskRequest, portal: str) -> Pack:
    """The portal's pack. Raises NotThere where there is none that can be used."""
    pack = request.application.packs.pack(portal) if portal in request.application.packs.names() else None
    if pack is None:
        raise NotThere("portal of this name with a pack that can be used")
    return pack


def job_of(request: DeskRequest, portal: str, flow: str) -> Flow:
    """The job of this name. Raises NotThere where the portal does not do it."""
    job = next((one for one in pack_of(request, portal).flows if one.value == flow), None)
    if job is None:
        raise NotThere(f"such job at {portal}")
    return job


def _switch(request: DeskRequest, control: Control, entry: str, word: str, *, portal: str = "") -> HttpResponse:
    """Pause or resume an entry of the calendar, as the word for what was done says."""
    if request.method != "POST":
        return asked(request, control)
    act = calendar_entries.pause if word in _HALTED else calendar_entries.resume
    act(entry, request.who.actor, request.now, portal=portal)
    return done(word)
