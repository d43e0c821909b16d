"""Every look at protected data is recorded: who looked at what kind of thing, and at how many (45 CFR 164.312(b))."""

from ledger import audit
from portalwright.office import Desk, utc_now


def record_look(
    desk: Desk,
    action: str,
    count: int,
    *,
    names: bool,
    portal: str | None = None,
    case_id: int | None = None,
    about: str = "claim",
) -> None:
    """Put the look into the audit log; `names` says whether patients' names were shown. Call before showing.

    `about` says of what kind the things were: claim, appointment, payments.
    """
    audit.append(
        desk.actor,
        action,
        "case" if case_id is not None else "list",
        case_id if case_id is not None else "all",
        utc_now(),
        portal=portal or "",
        result=f"{count} shown",
        fields=(about, "patient") if names else (about,),
    )


def record_export(desk: Desk, kind: str, result: str, *, names: bool, portal: str | None, about: str = "claim") -> None:
    """Put an export of answers into the audit log: the kind of file and how many rows, never where it went."""
    audit.append(
        desk.actor,
        "answers.export",
        "file",
        kind,
        utc_now(),
        portal=portal or "",
        result=result,
        fields=(about, "patient") if names else (about,),
    )
