"""Reports on the office's doors and papers: signing in, permissions, and what is missing of payments."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from console.charts import Bar, Bars
from console.reports.pieces import MOST_BARS, ZERO, Asked, day, dollars, number, share, text
from console.reports.shape import Report, Table
from ledger import permissions
from ledger.remittances_missing import BUSINESS_DAYS, Lacks, Missing, missing
from ledger.report_figures_portals import sign_ins

_MOST_LISTED = 500


def register(asked: Asked) -> Report:
    """How signing in goes, and what the office may do where: credentials and permissions."""
    signed = sign_ins(asked.practice.id, asked.within, asked.portal)
    held = [one for one in permissions.in_force(asked.practice.id) if asked.portal in (None, one.grant.portal)]
    granted = [one.grant for one in held if not one.published]
    published = Counter((one.grant.portal, one.grant.status, one.verified_on) for one in held if one.published)
    sessions, at_once = sum(row.sessions for row in signed), sum(row.at_once for row in signed)
    return Report(
        name="register",
        title="Sign-ins and permissions",
        tables=(
            Table(
                title="Sign-ins",
                columns=(
                    text("portal"),
                    text("sign-in"),
                    number("sessions"),
                    text("signed in at once"),
                    number("rejected"),
                    number("not recognised"),
                    number("never answered"),
                    number("locked"),
                    day("last signed in"),
                ),
                rows=[
                    (
                        row.portal,
                        row.alias,
                        row.sessions,
                        share(row.at_once, row.sessions),
                        row.rejected,
                        row.unknown,
                        row.unproved,
                        row.locked,
                        row.proved_at.date() if row.proved_at else None,
                    )
                    for row in signed
                ],
                empty="The office has no sign-in at any portal.",
            ),
            Table(
                title="Permissions",
                columns=(
                    text("portal"),
                    text("flow"),
                    text("status"),
                    text("basis"),
                    day("from"),
                    day("until"),
                    day("look again on"),
                    number("days left"),
                ),
                rows=[
                    (
                        one.portal,
                        one.flow,
                        one.status,
                        one.basis,
                        one.valid_from,
                        one.valid_to,
                        one.review_on,
                        _left(one.valid_to, asked.today),
                    )
                    for one in granted
                ],
                empty="The office has recorded no permission, so that no payer's portal is asked.",
            ),
            Table(
                title="What payers have published, where the office recorded nothing",
                columns=(text("portal"), text("status"), number("flows"), day("read on")),
                rows=[(portal, status, flows, on) for (portal, status, on), flows in sorted(published.items())],
                empty="Nothing.",
            ),
        ),
        charts=(
            Bars(
                "Signed in at once, by portal",
                [
                    Bar(f"{row.portal}, {row.alias}", row.at_once / row.sessions, share(row.at_once, row.sessions))
                    for row in signed[:MOST_BARS]
                    if row.sessions
                ],
            ),
        ),
        notes=(
            f"Of all {sessions} sessions that pressed a sign-in button in these days, {at_once} were signed in by "
            f"their first press{f' ({share(at_once, sessions)})' if sessions else ''}; the goal is 98 % and no lock.",
            "The age of passwords stands on the page of the portals. Who may do what at the desk, for an access "
            "review, stands on the page of the accounts.",
        ),
    )


def lacking(asked: Asked) -> Report:
    """What is missing between payers, portals and the bank."""
    listed: list[Missing] = []
    times: Counter[Lacks] = Counter()
    amounts: dict[Lacks, Decimal] = dict.fromkeys(Lacks, ZERO)
    oldest: dict[Lacks, date] = {}
    for one in missing(asked.practice.id, asked.today):
        if asked.portal not in (None, one.portal):
            continue
        times[one.lacks] += 1
        amounts[one.lacks] += one.amount or ZERO
        if one.paid_on is not None:
            oldest[one.lacks] = min(one.paid_on, oldest.get(one.lacks, one.paid_on))
        if times[one.lacks] <= _MOST_LISTED:
            listed.append(one)
    return Report(
        name="missing",
        title="What is missing of payments",
        tables=(
            Table(
                title="Missing, by kind",
                columns=(text("what is missing"), number("times"), dollars("amount"), day("oldest")),
                rows=[(kind, times[kind], amounts[kind], oldest.get(kind)) for kind in Lacks if times[kind]],
                empty="Nothing is missing.",
            ),
            Table(
                title="Each one",
                columns=(
                    text("what is missing"),
                    text("portal"),
                    text("payer"),
                    text("trace"),
                    day("paid on"),
                    dollars("amount"),
                    text("known by"),
                ),
                rows=list(_each(listed)),
                empty="Nothing is missing.",
            ),
        ),
        charts=(
            Bars("Missing, by kind", [Bar(kind, times[kind], f"{times[kind]:,}") for kind in Lacks if times[kind]]),
        ),
        notes=(
            f"Missing: the other half of a payment after {BUSINESS_DAYS} business days, as far as the bank's lists "
            f"reach. At most {_MOST_LISTED} of each kind are listed; `portalwright remits --missing` lists all, and "
            "the claims whose status names a payment by their account numbers.",
        ),
    )


def _each(listed: Iterable[Missing]) -> Iterable[tuple[str | date | Decimal | None, ...]]:
    for one in listed:
        # A claim is known by its account number, which stands in no report that is kept.
        known_by = "a claim's status" if one.lacks is Lacks.REMITTANCE_OF_STATUS else one.known_by
        yield one.lacks, one.portal, one.payer, one.trace, one.paid_on, one.amount, known_by


def _left(until: date | None, today: date) -> int | None:
    return None if until is None else (until - today).days
