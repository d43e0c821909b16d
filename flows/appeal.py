"""Files one appeal that a person has approved, and presses its button once, ever (DESIGN 2.3).

The portal's own list is read first: what is under way there already is not filed again. Then the claim is found through
the identity gate, the forms are filled, and the review page is compared field by field. Whatever is not the receipt of
this appeal after the press is uncertain; from then on only the portal's list is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from flows.answering import answer_of, for_staff
from flows.answers import AppealFiled, AppealRefused, ClaimState, Refusal, Shown
from flows.appeal_list import (
    Likeness,
    ListedAppeal,
    Meant,
    day_before,
    fitting,
    likeness,
    listed_for_claim,
    looked_at,
    opened,
)
from flows.appeal_names import DOCUMENT, RECEIPT, REVIEW, START, SUBMIT
from flows.appeal_review import review
from flows.appeal_rules import AppealRules
from flows.claim_search import find_claim
from flows.claim_status import settled_state
from flows.contested import changed_meanwhile
from flows.identity import IDENTITY_FIELDS
from flows.matching import canonical_id
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, stop
from flows.portal import Means, Portal, Reading, Value
from flows.questions import Appeal
from flows.reading import day_of, shown_texts, text_of

_LOOK_AGAIN = timedelta(hours=1)


async def appeal(question: Appeal, portal: Portal) -> Outcome:
    """File the appeal at one portal; with `pressed`, only look whether it was filed.

    Raises `flows.outcomes.Stop` where the portal ends the attempt early; before the press, nothing is filed then.
    """
    if question.claim.payer_claim_number is None:
        return for_staff(Code.DATA_INPUT, "An appeal needs the payer's number of the claim.")
    if question.pressed:
        return await _look_up(question, portal)
    unfit = next(_not_taken_here(question, portal.appeals), None)
    if unfit is not None:
        return for_staff(Code.DATA_INPUT, unfit)
    listed = await listed_for_claim(question, portal)
    if isinstance(listed, Outcome):
        return listed
    there = frozenset(number for row in listed if (number := _number(row.shown)))
    return await _under_way(listed, question, portal) or await _file(question, there, portal)


def _not_taken_here(question: Appeal, rules: AppealRules) -> Iterator[str]:
    """Why this portal cannot take the appeal as it is, by what its pack says."""
    contest = question.contest
    if contest.level not in rules.levels:
        yield "This portal does not take appeals of this level."
    if rules.one_line and len(contest.lines) != 1:
        yield "This portal takes one line with each appeal."
    if rules.longest_argument is not None and len(contest.argument) > rules.longest_argument:
        yield "The argument is longer than this portal takes."
    most = rules.uploads.most if DOCUMENT in rules.forms else 0
    if len(question.attachments) > most:
        yield "The appeal has more documents than this portal takes."


# What the portal's list says


def _meant(question: Appeal) -> Meant:
    return Meant(
        level=question.contest.level,
        lines=frozenset(number.lstrip("0") for number in question.contest.lines),
        reference=question.contest.reference,
        filed_from=None if question.pressed_at is None else day_before(question.pressed_at.date()),
    )


async def _look_up(question: Appeal, portal: Portal) -> Outcome:
    """The button was pressed, and nobody saw what came of it: what does the portal's list say?"""
    listed = await listed_for_claim(question, portal)
    if isinstance(listed, Outcome):
        return _uncertain("The list of appeals does not show whether the appeal was filed.", portal, question)
    found = fitting(await looked_at(_meant(question), listed, question, portal))
    sure = [appeal for appeal, alike in found if _is_sure(appeal, alike)]
    if len(found) == 1 and sure:
        filed = _filed(sure[0], found_on_list=True)
        return Outcome(ending=Ending.ANSWERED, answer=answer_of(portal, filed, extracted=sure[0].texts()))
    if found:
        what = "The portal lists an appeal that may be this one, or another one of the same claim."
        return _uncertain(what, portal, question, candidates=[appeal for appeal, _ in found])
    return _uncertain("The appeal is not on the portal's list.", portal, question)


def _is_sure(appeal: ListedAppeal, alike: Likeness) -> bool:
    """Is it this appeal, and neither an older one of the same claim nor one that somebody filed by hand?"""
    if alike.is_named:
        return True
    # Ours bears our reference, where the portal has a place for it; one that is over was hardly filed just now.
    if appeal.has("reference") or _is_over(appeal):
        return False
    return appeal.is_living or "filed_on" in alike.agree


async def _under_way(listed: Iterable[ListedAppeal], question: Appeal, portal: Portal) -> Outcome | None:
    """Why nothing is to be filed: the portal has this appeal already, or may have it. None when it has not."""
    meant = _meant(question)
    for row in listed:
        if not _may_be_this(meant, row, question, portal):
            continue
        whole = await opened(row, portal)
        alike = likeness(meant, whole, question, portal)
        ours = "reference" in alike.agree
        if not ours and (_is_over(whole) or not _may_be_this(meant, whole, question, portal)):
            continue
        unclear = None if ours else _unclear(meant, whole, alike)
        return unclear or _refused(Refusal.DUPLICATE, None, portal, extracted=whole.texts())
    return None


def _may_be_this(meant: Meant, listed: ListedAppeal, question: Appeal, portal: Portal) -> bool:
    """Is it ours by its reference, or is it of this level and about some of these lines, as far as it is shown?

    One that is over may be ours too, where only its own page shows the reference: an office that works with an older
    copy of its ledger does not know what it has filed.
    """
    alike = likeness(meant, listed, question, portal)
    if "reference" in alike.agree:
        return True
    if _is_over(listed) and "reference" in alike.differ:
        return False
    apart = bool(meant.lines) and listed.lines is not None and not meant.lines & listed.lines
    return not apart and "level" not in alike.differ


def _is_over(listed: ListedAppeal) -> bool:
    """Does the portal say that it is decided or withdrawn?"""
    return listed.standing() is not None and not listed.is_living


def _unclear(meant: Meant, listed: ListedAppeal, alike: Likeness) -> Outcome | None:
    """Why only a person can say whether this living appeal is the same; None when it is, as far as it is shown."""
    if alike.differ & set(IDENTITY_FIELDS):
        what = "The portal lists an appeal of a claim with the same number that is somebody else's."
        return for_staff(Code.DATA_CONFLICT, what, candidates=[listed.candidate()])
    words = [value for name in ("level", "status") if (value := listed.shown.get(name)) is not None]
    if listed.standing() is None or any(value.unmapped for value in words):
        what = "The portal lists an appeal of this claim in words that are not in the map of texts."
        seen = tuple(value.shown for value in words if value.unmapped)
        return for_staff(Code.DATA_UNMAPPED, what, seen=seen, candidates=[listed.candidate()])
    if listed.lines is not None and listed.lines != meant.lines:
        what = "An appeal of the same claim and level is under way for some of these lines, or for others too."
        return for_staff(Code.DATA_CONFLICT, what, candidates=[listed.candidate()])
    return None


# Filing it


async def _file(question: Appeal, there: frozenset[str], portal: Portal) -> Outcome:
    """Find the claim, fill the forms, compare the review page, press, read the receipt. `there` are the numbers that
    the list has shown for this claim: an appeal that is new bears none of them."""
    page = await find_claim(question, portal)
    if isinstance(page, Outcome):
        return _not_found(page)
    if page.number != canonical_id(question.claim.payer_claim_number or ""):
        return for_staff(Code.DATA_CONFLICT, "The claim was replaced by another one since its appeal was drafted.")
    if not page.is_before_us:
        return for_staff(Code.BUS_MULTI, "The portal lists the claim of this appeal more than once.")
    state = settled_state(page, portal)
    if isinstance(state, Outcome):
        return state
    changed = changed_meanwhile(question.contest, state)
    if changed is not None:
        return for_staff(Code.DATA_CONFLICT, changed, seen=tuple(shown_texts(page.reading)))
    stopped = await _fill(question, portal) or await _review(question, state, portal)
    return stopped or await _press(question, there, portal)


def _not_found(outcome: Outcome) -> Outcome:
    """That the portal does not show the claim is no answer to an appeal: a claim that was denied must be there."""
    if outcome.ending is not Ending.NEGATIVE:
        return outcome
    return for_staff(Code.BUS_NOTFOUND, "The portal does not show the claim of this appeal now; nothing was filed.")


async def _fill(question: Appeal, portal: Portal) -> Outcome | None:
    """Go through the forms until the review page is before us; an outcome where the portal refuses the appeal."""
    view: str | None = None
    for form, asked in _forms(question, portal.appeals):
        followed = await portal.go_on(form, asked)
        if followed.means is Means.REFUSED and followed.refused is not None:
            return _refused(followed.refused, followed.shown, portal)
        if followed.view is None or followed.means is not None:
            what = "A form of the appeal did not lead to the next one."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)
        view = followed.view
    if view != REVIEW:
        what = "The last form of the appeal did not lead to the page on which it is reviewed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view)
    return None


def _forms(question: Appeal, rules: AppealRules) -> Iterator[tuple[str, Appeal]]:
    """Every form in its order with what it is asked; the one for a document once for each."""
    yield START, question
    for form in rules.forms:
        if form == DOCUMENT:
            for attachment in question.attachments:
                yield form, question.model_copy(update={"attachment": attachment})
        else:
            yield form, question


async def _review(question: Appeal, state: ClaimState, portal: Portal) -> Outcome | None:
    """Why the button is not pressed; None when the review page says what the appeal says."""
    all_lines = [str(line.number) for line in state.lines]
    reviewed = review(await portal.read(REVIEW), question, all_lines, portal.matching)
    if reviewed.unmapped is not None:
        what = "The page that reviews the appeal uses words that are not in the portal's map of texts."
        return for_staff(Code.DATA_UNMAPPED, what, seen=(reviewed.unmapped,))
    if reviewed.differ:
        names = ", ".join(sorted(reviewed.differ))
        what = f"The page that reviews the appeal differs from what was approved, and nothing was filed: {names}."
        return for_staff(Code.DATA_CONFLICT, what, seen=reviewed.seen)
    if not reviewed.is_enough:
        what = "The page that reviews the appeal shows too little to be sure of it, and nothing was filed."
        return for_staff(Code.DATA_PARTIAL, what)
    return None


async def _press(question: Appeal, there: frozenset[str], portal: Portal) -> Outcome:
    """The one press, and what the portal says to it."""
    followed = await portal.submit(SUBMIT, question)
    if followed.means is Means.REFUSED and followed.refused is not None:
        return _refused(followed.refused, followed.shown, portal)
    if followed.view != RECEIPT or followed.means is not None:
        return _uncertain("What came after the press is not the receipt.", portal, question, view=followed.view)
    try:
        receipt = await portal.read(RECEIPT)
    except Stop as stopped:
        return _unread(stopped, portal, question)
    number = text_of(receipt.fields, "payer_claim_number")
    if number is not None and canonical_id(number) != canonical_id(question.claim.payer_claim_number or ""):
        seen = (receipt.fields["payer_claim_number"].shown,)
        return _uncertain("The receipt is about another claim.", portal, question, view=RECEIPT, seen=seen)
    filed_on = day_of(receipt.fields, "filed_on")
    if _number(receipt.fields) in there or (filed_on is not None and filed_on < day_before(portal.now().date())):
        return _uncertain("The receipt is that of an earlier appeal.", portal, question, view=RECEIPT)
    filed = _filed(receipt, found_on_list=False)
    answer = answer_of(portal, filed, extracted=tuple(shown_texts(receipt)))
    return Outcome(ending=Ending.ANSWERED, answer=answer)


def _number(shown: Mapping[str, Value]) -> str:
    """The payer's number of an appeal as it is compared; "" while there is none."""
    return canonical_id(text_of(shown, "confirmation") or "")


# How it ends


def _filed(shown: Reading | ListedAppeal, *, found_on_list: bool) -> AppealFiled:
    fields = shown.fields if isinstance(shown, Reading) else shown.shown
    return AppealFiled(
        confirmation=text_of(fields, "confirmation"),
        filed_on=day_of(fields, "filed_on"),
        expected_by=day_of(fields, "expected_by"),
        found_on_list=found_on_list,
    )


def _refused(refusal: Refusal, said: Shown | None, portal: Portal, extracted: tuple[Shown, ...] = ()) -> Outcome:
    """`said` is the portal's message; `extracted` what else shows why."""
    refused = AppealRefused(refusal=refusal, portal_text=None if said is None else said.text)
    shown = extracted if said is None else (said, *extracted)
    return Outcome(ending=Ending.NEGATIVE, answer=answer_of(portal, refused, extracted=shown))


def _uncertain(
    what: str,
    portal: Portal,
    question: Appeal,
    *,
    view: str | None = None,
    seen: tuple[Shown, ...] = (),
    candidates: Sequence[ListedAppeal] = (),
) -> Outcome:
    """Pressed, and not known whether it was filed: the list is looked at again when it must show the appeal."""
    reason = Reason(
        code=Code.TECH_UNKNOWN_FILED,
        what=what,
        view=view,
        seen=seen,
        candidates=tuple(each.candidate() for each in candidates),
        not_before=_look_again_at(portal, question),
    )
    return Outcome(ending=Ending.UNCERTAIN, reason=reason)


def _unread(stopped: Stop, portal: Portal, question: Appeal) -> Outcome:
    """The receipt could not be read, whatever it was that stopped us."""
    reason = stopped.outcome.reason
    outcome = _uncertain("The receipt came and could not be read.", portal, question, view=RECEIPT)
    if reason is None or outcome.reason is None:
        return outcome
    why = {"element": reason.element, "seen": reason.seen, "ways": reason.ways}
    return outcome.model_copy(update={"reason": outcome.reason.model_copy(update=why)})


def _look_again_at(portal: Portal, question: Appeal) -> datetime:
    soon = portal.now() + _LOOK_AGAIN
    if question.pressed_at is None:
        return soon
    return max(soon, question.pressed_at + timedelta(hours=portal.appeals.listed_after_hours))
