"""`portalwright remit show` and `remit document`: one payment whole, and the papers that it came with."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, NamesOption, OfficeOption

if TYPE_CHECKING:
    from flows.remittance import RemitAdjustment, RemitClaim
    from ledger.remittances_listed import ClaimLink, RemittanceWhole
    from portalwright.cli.tables import Cell


def show(
    number: Annotated[
        str, typer.Argument(metavar="PAYMENT|TRACE", help="The payment's number in the list, or its trace.")
    ],
    *,
    by_trace: Annotated[bool, typer.Option("--trace", help="It is a trace, even if it looks like a number.")] = False,
    names: NamesOption = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """One payment with all that is in it: claims, lines, adjustments, provider's adjustments; and what belongs to it.

    That is: our claims, the deposit, reversals and their corrections, takebacks, the papers that told of it, the cases
    that hold it. Every look is recorded.

    Example:

    \b
        portalwright remit show 12
        portalwright remit show 0881234567 --trace --json
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.REMIT, office, account) as desk:
        from ledger.errors import NotThere
        from ledger.remittances_listed import get, list_all
        from portalwright.viewing import record_look

        practice_id = desk.actor.practice_id
        found: list[RemittanceWhole] = []
        if number.isascii() and number.isdecimal() and len(number) < 10 and not by_trace:
            try:
                found = [get(practice_id, int(number))]
            except NotThere:
                found = []
        found = found or [get(practice_id, record.id) for record in list_all(practice_id, trace=number)]
        if not found:
            raise NotThere("payment of this number or trace")
        record_look(desk, "remit.view", len(found), names=names or as_json, about="payments")
    for payment in found:
        if as_json:
            typer.echo(payment.model_dump_json())
        else:
            _print(payment, names=names)


def document(
    number: Annotated[int, typer.Argument(metavar="DOCUMENT", help="The document's number, as `remit show` has it.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; an older one is replaced.")],
    *,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write a sealed document into a file, as the payer made it: patients' data in the clear, by your own wish.

    Only this account can read it at first. That it was taken out is recorded.

    Example:

    \b
        portalwright remit document 7 eob.pdf
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.REMIT, office, account) as desk:
        from documents.written_whole import write_whole
        from ledger.document_files import content
        from portalwright.viewing import record_export

        plain = content(desk.evidence, desk.practice.id, number)
        record_export(desk, "document", f"document {number}", names=True, portal=None, about="document")
        write_whole(file, plain)
    typer.echo(f"{len(plain)} bytes written.")


def _print(payment: "RemittanceWhole", *, names: bool) -> None:
    from portalwright.cli.tables import print_table, printable

    record, said = payment.record, payment.said
    typer.echo(
        f"Payment {record.id}: {printable(record.payer or 'unknown payer')}, "
        f"trace {printable(record.trace) or 'none'}, "
        f"{record.method}, {record.paid_on or 'no day'}, {record.amount:,.2f}"
    )
    deposit = payment.deposit
    typer.echo(
        f"Balanced: {'yes' if record.balance.whole else 'no'}. "
        f"Deposit: {f'{deposit.deposited_on} by {deposit.fit}' if deposit else 'none known'}. "
        f"Posted: {f'{record.posted_at:%Y-%m-%d %H:%M} UTC' if record.posted_at else 'no'}."
    )
    for place in said.unbalanced:
        typer.echo(f"  does not add up: {place}")
    for case in record.held_by:
        typer.echo(f"  held by case {case}")
    links = {link.number: link for link in payment.links}
    columns = (
        "claim",
        "account number",
        "payer's number",
        "status",
        "billed",
        "paid",
        "patient",
        "service",
        "belongs to",
    )
    print_table(
        (*columns, "name") if names else columns,
        [_claim(claim, links.get(claim.number), names=names) for claim in said.claims],
        empty="It has no claims.",
    )
    print_table(
        ("claim", "line", "procedure", "units", "billed", "allowed", "paid", "adjustments", "remarks"),
        [row for claim in said.claims for row in _lines(claim)],
        empty="It has no service lines.",
    )
    about = {one.number: one.about for one in payment.takebacks}
    if said.provider_adjustments:
        print_table(
            ("provider adjustment", "reason", "reference", "amount", "about"),
            [
                (place, one.reason, one.reference, one.amount, about.get(place))
                for place, one in enumerate(said.provider_adjustments, start=1)
            ],
            empty="",
        )
    print_table(
        ("document", "form", "kept (UTC)", "leads", "says", "balanced", "least confidence"),
        [
            (
                copy.document_id,
                copy.source,
                copy.at,
                "yes" if copy.leads else "no",
                "the same" if copy.same else "its own",
                "yes" if copy.balance.whole else "no",
                "" if copy.least_confidence is None else f"{copy.least_confidence:.2f}",
            )
            for copy in payment.copies
        ],
        empty="",
    )


def _claim(claim: "RemitClaim", link: "ClaimLink | None", *, names: bool) -> "tuple[Cell, ...]":
    days = [f"{day}" for day in (claim.service_from, claim.service_to) if day is not None]
    row: tuple[Cell, ...] = (
        claim.number,
        claim.patient_account_number,
        claim.payer_claim_number,
        claim.status,
        claim.billed,
        claim.paid,
        claim.patient_responsibility,
        " to ".join(dict.fromkeys(days)),
        "; ".join(_belongs(link)) if link is not None else "",
    )
    name = ", ".join(part for part in (claim.patient.last_name, claim.patient.first_name) if part)
    return (*row, name) if names else row


def _belongs(link: "ClaimLink") -> Iterator[str]:
    if link.our_account_number is not None:
        yield f"{link.our_portal} {link.our_account_number} by {link.fit}"
    elif link.fit:
        yield link.fit
    if link.portal_says:
        yield f"claim status {link.portal_says}"
    for what, other in (
        ("takes back", link.reverses),
        ("taken back by", link.reversed_by),
        ("corrects", link.corrects),
        ("corrected by", link.corrected_by),
    ):
        if other is not None:
            yield f"{what} {other}"


def _lines(claim: "RemitClaim") -> "Iterator[tuple[Cell, ...]]":
    if claim.adjustments or claim.remark_codes:
        yield (
            claim.number, None, "", "", None, None, None, _adjustments(claim.adjustments), " ".join(claim.remark_codes),
        )  # fmt: skip
    for line in claim.lines:
        yield (
            claim.number,
            line.number,
            " ".join((line.procedure, *line.modifiers)),
            "" if line.units is None else f"{line.units:f}",
            line.billed,
            line.allowed,
            line.paid,
            _adjustments(line.adjustments),
            " ".join(line.remark_codes),
        )


def _adjustments(adjustments: "Iterable[RemitAdjustment]") -> str:
    return "; ".join(f"{one.group}-{one.carc} {one.amount:,.2f}" for one in adjustments)
