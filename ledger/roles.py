"""What a person's account may be in a practice. What each role may see and do stands in `console.rights`."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of DOMAIN 6 (45 CFR 164.308(a)(4)). An account may have several, and has none by itself."""

    OPERATOR = "operator"
    """Watches the night: portals, sessions, codes. Sees no patient."""
    BILLER = "biller"
    """Works the exceptions and the claims."""
    DENIAL_SPECIALIST = "denial-specialist"
    """Judges denials and drafts appeals."""
    POSTER = "poster"
    """Works remittances and what does not balance."""
    APPROVER = "approver"
    """Approves appeals in their own name."""
    CREDENTIAL_CUSTODIAN = "credential-custodian"
    """Clears sign-ins that are blocked and looks after the age of passwords."""
    AUDITOR = "auditor"
    """Reads the audit log and who may do what."""
    ADMIN = "admin"
    """Makes accounts and gives roles."""
