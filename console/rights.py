"""What each role may see and do at the desk: one table, nothing by default (45 CFR 164.308(a)(4), 164.502(b))."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from ledger.roles import Role


class Right(StrEnum):
    """One thing that may be seen or done. A page names the right that each of its methods takes."""

    SIGNED_IN = "signed-in"
    """No more than to be signed in: one's own account."""
    SEE_NIGHT = "see-night"
    """The night and the portals: counts, names of portals, no patient."""
    RUN_NIGHT = "run-night"
    """Pause a portal, end a session, lower a rate."""
    GIVE_CODES = "give-codes"
    SEE_INCIDENTS = "see-incidents"
    """Exceptions of the access, technical and policy families, without a patient."""
    CLOSE_INCIDENTS = "close-incidents"
    CLEAR_SIGN_INS = "clear-sign-ins"
    SEE_PATIENTS = "see-patients"
    """Patients, claims, visits, evidence and exceptions about them. Every look is recorded."""
    WORK_CASES = "work-cases"
    """Take, comment, snooze, answer by hand, correct, close."""
    CONFIRM_TEXTS = "confirm-texts"
    DRAFT_APPEALS = "draft-appeals"
    APPROVE_APPEALS = "approve-appeals"
    SEE_MONEY = "see-money"
    """Remittances, deposits and what does not balance."""
    SEE_REPORTS = "see-reports"
    SEE_AUDIT = "see-audit"
    SEE_ACCOUNTS = "see-accounts"
    MANAGE_ACCOUNTS = "manage-accounts"
    BREAK_GLASS = "break-glass"
    """Look at one claim or patient in an emergency, for a while and with a reason that somebody else reviews."""


_STAFF = frozenset(
    {Right.SEE_NIGHT, Right.SEE_INCIDENTS, Right.SEE_PATIENTS, Right.WORK_CASES, Right.CONFIRM_TEXTS, Right.SEE_REPORTS}
)

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.OPERATOR: frozenset(
            {Right.SEE_NIGHT, Right.RUN_NIGHT, Right.GIVE_CODES, Right.SEE_INCIDENTS, Right.CLOSE_INCIDENTS}
            | {Right.BREAK_GLASS}
        ),
        Role.BILLER: _STAFF | {Right.SEE_MONEY},
        Role.DENIAL_SPECIALIST: _STAFF | {Right.SEE_MONEY, Right.DRAFT_APPEALS},
        Role.POSTER: _STAFF | {Right.SEE_MONEY},
        Role.APPROVER: frozenset(
            {Right.SEE_NIGHT, Right.SEE_PATIENTS, Right.SEE_MONEY, Right.SEE_REPORTS, Right.APPROVE_APPEALS}
        ),
        Role.CREDENTIAL_CUSTODIAN: frozenset(
            {Right.SEE_NIGHT, Right.SEE_INCIDENTS, Right.CLOSE_INCIDENTS, Right.GIVE_CODES, Right.CLEAR_SIGN_INS}
            | {Right.BREAK_GLASS}
        ),
        Role.AUDITOR: frozenset({Right.SEE_NIGHT, Right.SEE_REPORTS, Right.SEE_AUDIT, Right.SEE_ACCOUNTS}),
        Role.ADMIN: frozenset(
            {Right.SEE_NIGHT, Right.SEE_REPORTS, Right.SEE_AUDIT, Right.SEE_ACCOUNTS, Right.MANAGE_ACCOUNTS}
            | {Right.BREAK_GLASS}
        ),
    }
)


DOES: Mapping[Role, str] = MappingProxyType(
    {
        Role.OPERATOR: "watches the night, gives codes, pauses portals; sees no patient",
        Role.BILLER: "works the exceptions and the claims",
        Role.DENIAL_SPECIALIST: "works exceptions and claims, and drafts appeals",
        Role.POSTER: "works exceptions, remittances and what does not balance",
        Role.APPROVER: "reads claims and payments, and approves appeals in their own name",
        Role.CREDENTIAL_CUSTODIAN: "clears sign-ins that are blocked, gives codes; sees no patient",
        Role.AUDITOR: "reads the audit log and who may do what; sees no patient",
        Role.ADMIN: "makes accounts and gives roles; sees no patient",
    }
)
"""What each role is for, in words for whoever gives it."""


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """All that somebody with these roles may, who is signed in."""
    return frozenset({Right.SIGNED_IN}).union(*(RIGHTS[role] for role in roles))
