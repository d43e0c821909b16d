"""What follows when a payer rejects an eligibility question, by the reason code that it gives (X12 271 AAA03).

58 and 71 are far apart: with 58 the payer found nobody single, with 71 it found one person, who was born on another day
(X12 interpretation 1120): probably ours, with a mistake on one side. 75 means: search again, or ask another payer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.outcomes import Code


class Leads(StrEnum):
    """Where a rejection leads."""

    NEXT_SEARCH = "next-search"
    """The payer knows nobody like that: the next search is tried, and after the last one that is the answer."""
    NEXT_SEARCH_THEN_STAFF = "next-search-then-staff"
    """The payer knows something of it: the next search is tried, and after the last one a person looks."""
    STAFF = "staff"
    """No other search would help: a person looks."""
    LATER = "later"
    """The payer cannot say now; the same question may be asked again later."""


@dataclass(frozen=True)
class Rejection:
    """What one reason code leads to; `what` says in our words what is the matter, without a value."""

    leads: Leads
    what: str
    code: Code = Code.DATA_INPUT
    """Of the case, where it becomes one; with LATER, of the waiting."""


_NOT_KNOWN = {
    "64": "The payer knows no patient with this member id.",
    "67": "The payer does not find this patient.",
    "72": "The payer knows no member with this member id.",
    "75": "The payer does not find this member.",
}
_PERHAPS_KNOWN = {
    "58": "The payer finds nobody single by this birth date.",
    "65": "The patient's name is not as the payer holds it.",
    "73": "The member's name is not as the payer holds it.",
    "77": "The payer knows the subscriber, and not the patient under them.",
    "78": "The payer knows the member, and not in this group or plan.",
}
_OUR_INPUT = {
    "15": "The payer wants more than was asked with.",
    "33": "The payer finds a mistake in what was asked with.",
    "43": "The payer does not know the provider by this number.",
    "50": "The payer answers no questions of this provider.",
    "51": "The provider is not on the payer's file.",
    "52": "The provider was not enrolled with the payer on these service days.",
    "53": "The payer answers no such question of a provider of this kind.",
    "54": "The payer does not take this kind of service.",
    "55": "The payer does not take this kind of service.",
    "56": "The payer does not take this date.",
    "57": "The payer does not take these service dates.",
    "60": "The birth date lies after the service date.",
    "61": "The payer holds a date of death before the service date.",
    "62": "The service date lies outside the days that the payer answers for.",
    "63": "The service date lies too far in the future for the payer.",
    "66": "The payer does not take this sex of the patient.",
    "69": "The question does not go with the patient's age.",
    "70": "The question does not go with the patient's sex.",
    "74": "The payer does not take this sex of the member.",
    "79": "The payer does not know itself by the identification that was asked with.",
}

REJECTIONS: Mapping[str, Rejection] = {
    **{code: Rejection(Leads.NEXT_SEARCH, what) for code, what in _NOT_KNOWN.items()},
    **{code: Rejection(Leads.NEXT_SEARCH_THEN_STAFF, what) for code, what in _PERHAPS_KNOWN.items()},
    **{code: Rejection(Leads.STAFF, what) for code, what in _OUR_INPUT.items()},
    "41": Rejection(Leads.STAFF, "The payer does not let this account ask that.", Code.ACC_ENTITLE),
    "68": Rejection(Leads.STAFF, "Several patients share this member id.", Code.BUS_MULTI),
    "76": Rejection(Leads.STAFF, "Several members share this member id.", Code.BUS_MULTI),
    "71": Rejection(
        Leads.STAFF, "The payer found one member, who was born on another day: probably ours.", Code.BUS_IDCORR
    ),
    "42": Rejection(Leads.LATER, "The payer's system cannot answer at the moment.", Code.TECH_5XX),
    "80": Rejection(Leads.LATER, "The payer's system did not answer in time.", Code.TECH_TIMEOUT),
}
"""Every AAA reason code that a pack may name, and what it leads to (DOMAIN 2.1). A closed list: no other is guessed."""
