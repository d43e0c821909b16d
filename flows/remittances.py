"""Remittances: list the payments of some days, and fetch for each what explains it (835, EOB, both in a ZIP).

Every payment is gone through before the flow ends: a document that conflicts with the list, or does not come, keeps no
other one from being fetched. What a document says must be what the list says, to the cent and to the day. A payment
without any document is told as it is: without.
"""

from collections.abc import Sequence
from datetime import timedelta

from flows.downloads import fetch
from flows.errand import Errand, soon
from flows.outcomes import Code, Ending, Outcome, stop
from flows.payments import Payment, check_page, explains, halves, offered, parts, payment_of
from flows.portal import Collected, Followed, Means, Portal, Reading, Row
from flows.questions import Period, Remittances
from flows.reading import Unreadable, shown_texts
from flows.rejections import REJECTIONS
from flows.remittance_names import (
    ARCHIVE,
    BUNDLE,
    DOCUMENTS,
    PAYMENT,
    PAYMENT_ARCHIVE,
    PAYMENT_SEARCH,
    PAYMENTS,
    REPORT_LIST,
    REPORT_REQUEST,
)
from flows.reports import report_of

SEARCHES = (PAYMENT_SEARCH, PAYMENT_ARCHIVE, REPORT_LIST, REPORT_REQUEST)
"""The forms that a pack may have. Only the first one must be there."""


async def remittances(question: Remittances, portal: Portal) -> Outcome:
    """Fetch the payments of some days at one portal. Raises `flows.outcomes.Stop` where the portal ends it early."""
    errand = Errand(question.provider)
    for part in parts(question.period, portal.remittances.longest_days):
        await _fetch_part(question.model_copy(update={"period": part}), portal, errand)
    return errand.outcome(portal)


async def _fetch_part(asked: Remittances, portal: Portal, errand: Errand) -> None:
    """List the payments of these days, and fetch what explains each."""
    await portal.open(PAYMENT_SEARCH, asked)
    followed = await portal.ask(PAYMENT_SEARCH, asked)
    smaller = halves(asked.period) if followed.means is Means.TOO_MANY else None
    if smaller is not None:
        for half in smaller:
            await _fetch_part(asked.model_copy(update={"period": half}), portal, errand)
        return
    if followed.view != PAYMENTS or followed.means is not None:
        _note_no_list(followed, errand)
        return
    listing = await portal.read(PAYMENTS)
    errand.shown.extend(shown_texts(listing))
    found = list(_payments(listing.tables[PAYMENTS], asked, errand))
    errand.payments.extend(found)
    for payment in found:
        await _fetch_of_row(PAYMENTS, payment.row, payment, portal, errand)
    await _fetch_of_list(listing, found, asked.period, portal, errand)
    await _fetch_of_archive(asked, found, portal, errand)
    await _fetch_of_report(asked, found, portal, errand)


def _note_no_list(followed: Followed, errand: Errand) -> None:
    match followed.means:
        case Means.NOT_FOUND:
            return
        case Means.TOO_MANY:
            errand.note(Code.BUS_MULTI, "The portal has more payments on one day than it shows.")
        case Means.REJECTED:
            rejection = REJECTIONS.get(followed.rejected or "")
            errand.note(Code.DATA_INPUT, rejection.what if rejection else "The portal does not take the question.")
        case _:
            what = "The search for payments did not lead to the list of payments."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)


def _payments(rows: Sequence[Row], asked: Remittances, errand: Errand) -> list[Payment]:
    """The payments of the list; a row that cannot be one of these days and this provider is noted for a person."""
    found = []
    for row in rows:
        try:
            found.append(payment_of(row, asked.period, asked.provider))
        except Unreadable as unreadable:
            errand.note(unreadable.code, unreadable.what, row=row, seen=(unreadable.shown,))
    return found


async def _fetch_of_row(view: str, row: Row, payment: Payment, portal: Portal, errand: Errand) -> None:
    """What the row of a list offers, and the page behind it."""
    for document in offered(row):
        if portal.offers(view, document):
            got = await fetch(portal, view, document, row, is_enough=lambda file: explains(file, payment))
            errand.take(got, payment, soon(portal))
    # Nothing on the page of a payment can be fetched when the list says that its documents were put away.
    if view == PAYMENTS and payment.is_put_away:
        return
    await _fetch_of_page(view, row, payment, portal, errand)


async def _fetch_of_page(view: str, row: Row, payment: Payment, portal: Portal, errand: Errand) -> None:
    there = [document for document in DOCUMENTS if portal.offers(PAYMENT, document)]
    if not there:
        return
    followed = await portal.pick(view, view, row)
    if followed.view != PAYMENT:
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A payment of the list did not open as a payment.", view=view)
    page = await portal.read(PAYMENT)
    errand.shown.extend(shown_texts(page))
    try:
        check_page(page, payment, errand.provider)
    except Unreadable as unreadable:
        errand.note(unreadable.code, unreadable.what, row=row, seen=(unreadable.shown,))
        return
    for document in there:
        got = await fetch(portal, PAYMENT, document, is_enough=lambda file: explains(file, payment))
        errand.take(got, payment, soon(portal))


async def _fetch_of_list(
    listing: Reading, found: Sequence[Payment], period: Period, portal: Portal, errand: Errand
) -> None:
    """One document for the whole list, where the portal offers that and no row has one of its own."""
    rows = listing.tables[PAYMENTS]
    if rows and portal.offers(PAYMENTS, BUNDLE) and BUNDLE not in rows[0].cells:
        got = await fetch(portal, PAYMENTS, BUNDLE, is_enough=lambda file: _all_explained(file, found))
        errand.take_bundle(got, found, period, soon(portal))


async def _fetch_of_archive(asked: Remittances, found: Sequence[Payment], portal: Portal, errand: Errand) -> None:
    """What was put away: for payments of the list that are too old for it, or of which the list says so."""
    wanted = [payment for payment in found if not payment.documents and _is_archived(payment, portal)]
    if not wanted or not portal.has_form(PAYMENT_ARCHIVE):
        return
    await portal.open(PAYMENT_ARCHIVE, asked)
    followed = await portal.ask(PAYMENT_ARCHIVE, asked)
    if followed.means is Means.NOT_FOUND:
        return
    if followed.view != ARCHIVE or followed.means is not None:
        what = "The search for what was put away did not lead to it."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)
    listing = await portal.read(ARCHIVE)
    errand.shown.extend(shown_texts(listing))
    for payment in wanted:
        for row in listing.tables[ARCHIVE]:
            if payment.is_shown_by(row):
                await _fetch_of_row(ARCHIVE, row, payment, portal, errand)


def _is_archived(payment: Payment, portal: Portal) -> bool:
    days = portal.remittances.archived_after_days
    # Portal-local days may be a day apart from ours: a payment on the border is looked for in the archive too.
    border = portal.now().date() - timedelta(days=(days or 0) - 1)
    return payment.is_put_away or (days is not None and payment.paid_on <= border)


async def _fetch_of_report(asked: Remittances, found: Sequence[Payment], portal: Portal, errand: Errand) -> None:
    """The report of these days, for the payments of which nothing was got otherwise."""
    without = [payment for payment in found if not payment.documents]
    if not without or not portal.has_form(REPORT_LIST):
        return
    report = await report_of(portal, asked, is_enough=lambda file: _all_explained(file, without))
    if report.ready_at is not None:
        errand.ready_at.append(report.ready_at)
    if report.reason is not None:
        errand.for_staff.append(report.reason)
    if report.fetched is not None:
        errand.take_bundle(report.fetched, without, asked.period, soon(portal))


def _all_explained(file: Collected, payments: Sequence[Payment]) -> bool:
    return all(explains(file, payment) for payment in payments)
