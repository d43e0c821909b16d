"""What the codes of exceptions mean, in words for people who have never seen one (DOMAIN 4)."""

from collections.abc import Mapping
from types import MappingProxyType

from flows.outcomes import Code, Family
from ledger.states import Stops

CODES: Mapping[Code, str] = MappingProxyType(
    {
        Code.BUS_NOTFOUND: "The payer has no such claim",
        Code.BUS_MULTI: "Several claims or members fit",
        Code.BUS_IDCORR: "The payer has another id or name",
        Code.BUS_COB: "Another payer comes first",
        Code.BUS_INACTIVE: "Coverage ended",
        Code.BUS_REQUEST: "The payer wants records",
        Code.BUS_DENIED_JUDGE: "Denied: appeal or not?",
        Code.BUS_DEADLINE: "Last day in a week or less",
        Code.BUS_UNDERPAID: "Paid less than the contract",
        Code.BUS_NOTAPPEALABLE: "The portal refuses the appeal",
        Code.DATA_INPUT: "Our own entry is wrong or missing",
        Code.DATA_UNMAPPED: "Words of the portal we do not know",
        Code.DATA_INCONSISTENT: "The amounts do not add up",
        Code.DATA_PARTIAL: "A part could not be read",
        Code.DATA_CONFLICT: "Two sources say different things",
        Code.ACC_BADPW: "Password refused",
        Code.ACC_LOCKED: "Account locked",
        Code.ACC_EXPIRED: "Password has to be changed",
        Code.ACC_MFA: "Code did not come",
        Code.ACC_TERMS: "New terms to accept",
        Code.ACC_ATTEST: "The portal wants something confirmed",
        Code.ACC_ENTITLE: "Our account may not see this",
        Code.ACC_INUSE: "Somebody else is signed in",
        Code.ACC_UNKNOWN: "Signing in ended in something unknown",
        Code.ACC_CAPTCHA: "The portal asks whether we are human",
        Code.ACC_BLOCKED: "The portal wants no robot",
        Code.TECH_TIMEOUT: "The portal did not answer in time",
        Code.TECH_5XX: "The portal failed",
        Code.TECH_429: "The portal wants us slower",
        Code.TECH_MAINT: "Maintenance",
        Code.TECH_LAYOUT: "The page has changed",
        Code.TECH_SESSION: "Signed out in between",
        Code.TECH_DOWNLOAD: "A download is broken",
        Code.TECH_BUILDING: "The portal is still making the file",
        Code.TECH_UNKNOWN_FILED: "Sent, but nobody saw the receipt",
        Code.TECH_DEFECT: "Our own mistake",
        Code.POL_NOPERMIT: "No permission on file",
        Code.POL_APPROVAL: "Somebody has to approve first",
    }
)

FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        Family.BUSINESS: "Claims and coverage",
        Family.DATA: "What was read",
        Family.ACCESS: "Signing in",
        Family.TECHNICAL: "Portals and pages",
        Family.POLICY: "Permission",
    }
)

STOPS: Mapping[Stops, str] = MappingProxyType(
    {
        Stops.NOTHING: "",
        Stops.VIEW: "stops this page",
        Stops.CREDENTIAL: "stops this sign-in",
        Stops.PORTAL: "stops the portal",
    }
)
