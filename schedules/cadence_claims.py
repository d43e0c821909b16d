"""When the payer is asked about a claim: from its acceptance on, less often while nothing changes, then no more."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flows.outcomes import Code
from ledger.planning_values import Check, ClaimToAsk, ForPerson, Plan, Rank, Said, Stop, ToAsk
from schedules.cadence import CadenceRules, ClaimRule, ForPeople, PayerOrder
from schedules.cadence_days import begins, day_in, day_words

_REJECTED = frozenset({"A3", "A6", "A7", "A8"})
"""Status categories (X12 507) of a claim that never entered adjudication."""


@dataclass(frozen=True)
class _Anchor:
    """The day that a claim's days are counted from, and who gave it."""

    day: date
    source: str


@dataclass(frozen=True)
class _Claim:
    """One claim in front of the rules."""

    item: ToAsk
    about: ClaimToAsk
    rules: CadenceRules
    rule: ClaimRule
    anchor: _Anchor
    today: date
    zone: ZoneInfo

    @property
    def last(self) -> Check | None:
        """The newest answer."""
        return self.about.checks[-1] if self.about.checks else None

    @property
    def balance(self) -> Decimal:
        """What is still open with the payer, in dollars."""
        paid = self.last.paid if self.last is not None else None
        return self.about.billed - (paid or Decimal(0))


def plan_claim(item: ToAsk, about: ClaimToAsk, rules: CadenceRules, now: datetime, zone: ZoneInfo) -> Plan:
    """What the rules say about a claim, with each rule that spoke."""
    order = None
    if about.primary is not None:
        order = PayerOrder.CROSSOVER if about.primary.crossover else PayerOrder.SECONDARY
    claim = _Claim(
        item=item,
        about=about,
        rules=rules,
        rule=rules.claim_rule(item.portal, item.payer, order),
        anchor=_anchor(about, rules, zone),
        today=day_in(now, zone),
        zone=zone,
    )
    counted = Said("counted-from", f"Days are counted from {claim.anchor.day}: {claim.anchor.source}.")
    plan = _stopped(claim) or _next(claim)
    return replace(plan, said=(counted, *plan.said))


def _anchor(about: ClaimToAsk, rules: CadenceRules, zone: ZoneInfo) -> _Anchor:
    if about.primary is not None:
        return _Anchor(about.primary.paid_on, "the primary payer paid")
    if about.accepted_on is not None:
        return _Anchor(about.accepted_on, "the payer accepted the claim (277CA)")
    if about.received_on is not None:
        return _Anchor(about.received_on, "the payer's page says that it received the claim")
    imported = day_in(about.imported_at, zone)
    presumed = about.service_to + timedelta(days=rules.stops.presumed_sent_days)
    if presumed < imported:
        return _Anchor(
            presumed, f"{day_words(rules.stops.presumed_sent_days)} after the last day of service, for want of better"
        )
    return _Anchor(imported, "it came into the work list, for want of better")


def _stopped(claim: _Claim) -> Plan | None:
    """Why it is not asked by itself any more; None when it is."""
    about, stops, last = claim.about, claim.rules.stops, claim.last
    if claim.item.by_hand:
        return _stop(Stop.BY_HAND, "A person has ended it by hand.")
    if about.hold is not None:
        return _stop(Stop.HELD, f"It is on hold ({about.hold}) until a person ends that.")
    if last is not None and last.category in _REJECTED:
        return _stop(Stop.REJECTED, f"The payer has rejected it ({last.category}); the new claim is asked about.")
    if about.rejected and last is None:
        return _stop(Stop.REJECTED, "It was rejected when it came in (277CA); the new claim is asked about.")
    if _finalised(last) and _money_settled(claim):
        return _stop(Stop.SETTLED, "The payer has decided, and no money is missing here.")
    if 0 < claim.balance < stops.small_balance:
        return _stop(Stop.SMALL_BALANCE, f"The balance is below {stops.small_balance:,.2f} dollars.")
    if (not_accepted := _not_accepted(claim)) is not None:
        return not_accepted
    if len(about.checks) >= stops.most_checks:
        return _asked_too_often(claim)
    told = [one for one in claim.rule.people if claim.today >= _after(claim, one)]
    if told and last is not None and not _finalised(last) and told[-1] == claim.rule.people[-1]:
        says = f"{day_words(told[-1].day)} are over and nothing is decided: it is a person's now."
        return _stop(Stop.OVERDUE, says, claim.rule.id, for_person=_overdue(claim, told[-1]))
    return None


def _next(claim: _Claim) -> Plan:
    """When it is asked next."""
    said: list[Said] = []
    day = _next_day(claim, said)
    last = claim.last
    open_still = last is not None and not _finalised(last)
    told = [one for one in claim.rule.people if claim.today >= _after(claim, one)]
    reviews = [_after(claim, one) for one in claim.rule.people if _after(claim, one) > claim.today and open_still]
    if _may_lack_acceptance(claim):
        said.append(Said("acceptance", "No acceptance (277CA) has come yet."))
        reviews.append(_missed_on(claim))
    rank, why, jumps_on = _rank(claim, max(day or claim.today, claim.today))
    said.extend(why)
    if jumps_on is not None:
        reviews.append(jumps_on)
    review = min(reviews, default=None)
    return Plan(
        due_at=None if day is None else begins(day, claim.zone),
        rank=rank,
        review_at=None if review is None else begins(review, claim.zone),
        said=tuple(said),
        for_person=_overdue(claim, told[-1]) if told and open_still else None,
    )


def _next_day(claim: _Claim, said: list[Said]) -> date | None:
    rule, stops = claim.rule, claim.rules.stops
    days = (rule.first, *rule.then)
    listed = ", ".join(map(str, days)) + (f", then every {rule.every}" if rule.every else "")
    said.append(Said(rule.id, f"Asked {listed} days after that ({rule.source})."))
    last = claim.last
    if last is None:
        return claim.anchor.day + timedelta(days=rule.first)
    asked_on = day_in(last.at, claim.zone)
    said.append(Said("asked", f"Asked {len(claim.about.checks)} times, last on {asked_on}."))
    soonest = asked_on + timedelta(days=stops.least_days)
    on_days = (claim.anchor.day + timedelta(days=count) for count in days)
    day = next((one for one in on_days if one >= soonest), None)
    if day is None or _finalised(last):
        every = rule.every or (stops.widest_days if _finalised(last) else None)
        if every is None:
            said.append(Said(rule.id, "No further look by itself: the days of the rule are over."))
            return None
        day = asked_on + timedelta(days=every)
    return _widened(claim, asked_on, day, said)


def _widened(claim: _Claim, asked_on: date, day: date, said: list[Said]) -> date:
    stops, unchanged = claim.rules.stops, _unchanged(claim.about.checks)
    if unchanged < stops.unchanged:
        return day
    interval = (day - asked_on).days
    factor = stops.widen_by ** (unchanged - stops.unchanged + 1)
    wider = max(interval, min(stops.widest_days, int(interval * factor)))
    said.append(
        Said("unchanged", f"{unchanged} looks in a row showed the same: {day_words(wider)} instead of {interval}.")
    )
    return asked_on + timedelta(days=wider)


def _rank(claim: _Claim, on: date) -> tuple[Rank, list[Said], date | None]:
    """How urgent it is on the day on which it is asked; and when the limit comes near, where that is later."""
    jumps, about, last = claim.rules.jumps, claim.about, claim.last
    why = list[Said]()
    near = None
    if about.limit is not None and (last is None or last.negative):
        near = about.limit - timedelta(days=jumps.limit_days)
        if near <= on:
            why.append(Said("jump-limit", f"The last day for filing is {about.limit} ({about.limit_rule})."))
    if jumps.balance is not None and claim.balance >= jumps.balance:
        why.append(Said("jump-balance", f"The balance is {jumps.balance:,.2f} dollars or more."))
    if jumps.changed and len(about.checks) > 1 and about.checks[-1].same != about.checks[-2].same:
        why.append(Said("jump-changed", "The payer said something else last time than the time before."))
    if last is not None and last.category and last.category.startswith(jumps.categories):
        why.append(Said("jump-category", f"The payer waits for something of the office ({last.category})."))
    if why:
        return Rank.JUMPS, why, None
    if _finalised(last):
        return Rank.CAN_WAIT, [Said("can-wait", "The payer has decided; only its money is not posted.")], None
    return Rank.NORMAL, why, near if near is not None and near > claim.today else None


def _unchanged(checks: tuple[Check, ...]) -> int:
    """How many of the newest looks showed the same."""
    count = 0
    for one in reversed(checks):
        if one.same != checks[-1].same:
            break
        count += 1
    return count


def _finalised(last: Check | None) -> bool:
    return last is not None and last.category.startswith("F")


def _money_settled(claim: _Claim) -> bool:
    about, last = claim.about, claim.last
    if last is None:
        return False
    if about.posted or (about.remitted and claim.rules.stops.settled_by == "remitted"):
        return True
    # A denial pays nothing; where the portal shows no amount, only a payment that is here can tell.
    return last.paid == 0 or (last.paid is None and last.category.startswith("F2"))


def _may_lack_acceptance(claim: _Claim) -> bool:
    about = claim.about
    known = any(not one.negative for one in about.checks)
    return about.acceptances_come and about.accepted_on is None and about.primary is None and not known


def _missed_on(claim: _Claim) -> date:
    """The day on which the acceptance should have come."""
    return day_in(claim.about.imported_at, claim.zone) + timedelta(days=claim.rules.stops.acceptance_days)


def _not_accepted(claim: _Claim) -> Plan | None:
    if not _may_lack_acceptance(claim) or claim.today < _missed_on(claim):
        return None
    stops, sent = claim.rules.stops, day_in(claim.about.imported_at, claim.zone)
    says = f"No acceptance (277CA) in {day_words(stops.acceptance_days)}: not the portal is asked."
    what = (
        f"The payer has not acknowledged this claim within {day_words(stops.acceptance_days)} (no 277CA). Look for it "
        f"at the clearinghouse, not at the portal, and send it anew by {sent + timedelta(days=stops.rebill_day)}."
    )
    person = ForPerson(Code.BUS_NOTFOUND, f"no acceptance since {sent}", what)
    return _stop(Stop.NO_ACCEPTANCE, says, "acceptance", for_person=person)


def _asked_too_often(claim: _Claim) -> Plan:
    times = len(claim.about.checks)
    says = f"Asked {times} times, which is as often as the robot asks: it is a person's now."
    if _finalised(claim.last):
        # What the payer decided is known, and whose money is missing is told by the missing remittance.
        return _stop(Stop.MOST_CHECKS, says, "most-checks")
    what = f"The portal was asked {times} times about this claim, and the payer has not decided. Call the payer."
    person = ForPerson(Code.BUS_DEADLINE, f"asked {times} times since {claim.anchor.day}", what)
    return _stop(Stop.MOST_CHECKS, says, "most-checks", for_person=person)


def _overdue(claim: _Claim, told: ForPeople) -> ForPerson:
    what = f"{day_words(told.day)} after {claim.anchor.day} ({claim.anchor.source}) nothing is decided. {told.what}"
    return ForPerson(Code.BUS_DEADLINE, f"undecided after {told.day} since {claim.anchor.day}", what)


def _after(claim: _Claim, one: ForPeople) -> date:
    return claim.anchor.day + timedelta(days=one.day)


def _stop(why: Stop, says: str, rule: str | None = None, *, for_person: ForPerson | None = None) -> Plan:
    return Plan(due_at=None, stop=why, said=(Said(rule or why.value, says),), for_person=for_person)
