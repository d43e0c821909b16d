"""What the robot will type, tick, upload and press to file an appeal: read off the portal's pack, nothing is opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bots.written import fits, worded, written_into
from flows import appeal_names
from flows.questions import Appeal, Flow, Input, inputs
from packs.models import Pack
from packs.moves import Fill, Form, How


@dataclass(frozen=True)
class Entered:
    """One field of a form and what goes in; `text` None: the portal has no word for it, or it is not known."""

    field: str
    text: str | None


@dataclass(frozen=True)
class Stage:
    """One form on the way: what is entered, which rows are ticked, and the button. `files`: the one that files it."""

    form: str
    entered: tuple[Entered, ...]
    ticked: tuple[str, ...]
    button: str
    files: bool


def preview(question: Appeal, pack: Pack) -> tuple[Stage, ...]:
    """Every form in its order. Empty for a portal whose pack cannot file appeals."""
    return tuple(_stages(question, pack)) if Flow.APPEAL in pack.flows else ()


def _stages(question: Appeal, pack: Pack) -> Iterator[Stage]:
    for name in (appeal_names.START, *pack.appeals.forms, appeal_names.SUBMIT):
        form = pack.forms[name]
        if name != appeal_names.DOCUMENT:
            yield _stage(name, form, question, pack)
            continue
        for attachment in question.attachments:
            yield _stage(name, form, question.model_copy(update={"attachment": attachment}), pack)


def _stage(name: str, form: Form, question: Appeal, pack: Pack) -> Stage:
    known = inputs(question)
    ticked = known.get(form.select.from_, ()) if form.select is not None else ()
    return Stage(
        form=name,
        entered=tuple(Entered(field, _text(fill, known, pack)) for field, fill in form.fill.items()),
        ticked=ticked if isinstance(ticked, tuple) else (str(ticked),),
        button=form.press,
        files=name == appeal_names.SUBMIT,
    )


def _text(fill: Fill, known: Mapping[str, Input], pack: Pack) -> str | None:
    if fill.value is not None:
        return fill.value
    if fill.how is How.UPLOAD:
        return str(known["attachment.filename"])
    value = known.get(fill.from_ or "")
    if value is None or not fits(fill, value, pack.formats.date):
        return None
    if fill.words is not None:
        return worded(value, pack.maps[fill.words], pack.formats.date)
    return written_into(fill, value, pack.formats.date)
