"""Who may see and end which exceptions: those about a patient take other rights than those about a portal."""

from console.request import Who
from console.rights import Right
from flows.outcomes import Family
from ledger.cases_values import INCIDENTS, CaseLine


def incidents_only(who: Who) -> bool:
    """Somebody who may see no patient sees what befell the portals, and nothing of whom it was about."""
    return not who.may(Right.SEE_PATIENTS)


def sees(who: Who, family: Family) -> bool:
    """May this person see exceptions of the family?"""
    return family in INCIDENTS or who.may(Right.SEE_PATIENTS)


def may_work(who: Who, line: CaseLine) -> bool:
    """May they take it, write on it, put it off, send it on?"""
    if line.family in INCIDENTS and who.may(Right.CLOSE_INCIDENTS):
        return True
    return sees(who, line.family) and who.may(Right.WORK_CASES)


def may_close(who: Who, line: CaseLine) -> bool:
    """May they end it? What befell a portal is ended by whoever runs the night, unless it is about one patient."""
    if line.family in INCIDENTS and not line.of_a_patient:
        return who.may(Right.CLOSE_INCIDENTS)
    return sees(who, line.family) and who.may(Right.WORK_CASES)
