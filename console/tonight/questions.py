"""The questions of one job by their numbers alone, to leave one out of the night or to have it asked first."""

from django.http import HttpResponse

from console.request import DeskRequest
from console.templating import render
from console.tonight.controls import Control, asked, done, job_of
from console.tonight.words import clock, job_word
from ledger import night_controls

MOST = 50
"""So many of each kind are shown."""


def show(request: DeskRequest, portal: str, flow: str) -> HttpResponse:
    """What is asked now, what is due in its order, and what comes next."""
    job, now, zone = job_of(request, portal, flow), request.now, request.application.zone
    found = night_controls.questions(request.who.practice.id, portal, job, now, most=MOST + 1)
    kinds = (
        ("Being asked now", found.running, "due since"),
        ("Due, in the order in which they are asked", found.due, "waits since"),
        ("Next", found.later, "not before"),
    )
    return render(
        request,
        "tonight/questions.html",
        {
            "portal": portal,
            "job": job_word(job),
            "kinds": [(heading, rows[:MOST], when, len(rows) > MOST) for heading, rows, when in kinds],
            "most": MOST,
            "clock": lambda at: clock(at, now, zone),
        },
    )


def skip(request: DeskRequest, question: int) -> HttpResponse:
    """Leave a question out of this night."""
    found = night_controls.question(request.who.practice.id, question)
    if request.method == "POST":
        night_controls.skip(question, request.who.actor, request.now)
        return done("skipped")
    hours = int(night_controls.LEFT_FOR.total_seconds() // 3600)
    control = Control(
        f"Leave out question {question}",
        (
            f"It is {job_word(found.flow)} at {found.portal}.",
            f"It is not asked for {hours} hours; after that its turn is worked out anew. Nothing of it is lost, and no "
            "deadline is moved.",
        ),
        "Leave it out",
    )
    return asked(request, control)


def ask_first(request: DeskRequest, question: int) -> HttpResponse:
    """Have a question asked before all others of its job."""
    found = night_controls.question(request.who.practice.id, question)
    if request.method == "POST":
        night_controls.ask_first(question, request.who.actor, request.now)
        return done("first")
    control = Control(
        f"Ask question {question} first",
        (
            f"It is {job_word(found.flow)} at {found.portal}.",
            "It goes before all others of this job, as soon as a session runs; hours, permission and rate hold for it "
            "too.",
        ),
        "Ask it first",
    )
    return asked(request, control)
