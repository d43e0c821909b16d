"""The state's own explanation-of-benefits codes: what each says, and which reason code (CARC) it stands for.

A Medicaid system prints its own four-digit codes; a table on the page, as on the paper remittance, says which national
code each one is. The sentences are this practice payer's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.truth.model import ServiceLine


@dataclass(frozen=True)
class Eob:
    """One of the state's codes and what it stands for: `carc` is a group and reason such as "CO 45"."""

    code: str
    text: str
    carc: str


EOB_TEXTS = {
    ("CO", "16"): ("0116", "THE CLAIM LACKS INFORMATION THAT IS NEEDED TO DECIDE IT"),
    ("CO", "18"): ("0518", "THIS SERVICE WAS ALREADY BILLED ON ANOTHER CLAIM"),
    ("CO", "22"): ("0322", "BILL THE MEMBER'S OTHER INSURANCE FIRST"),
    ("CO", "24"): ("0624", "THE SERVICE IS PART OF THE MONTHLY CAPITATION"),
    ("CO", "29"): ("0129", "THE CLAIM CAME IN AFTER THE FILING LIMIT"),
    ("CO", "45"): ("9045", "PRICED AT THE STATE FEE SCHEDULE"),
    ("CO", "50"): ("0750", "THE RECORDS DO NOT SHOW A MEDICAL NEED"),
    ("CO", "97"): ("0597", "THE SERVICE IS INCLUDED IN ANOTHER ONE OF THE SAME DAY"),
    ("CO", "197"): ("0797", "NO PRIOR AUTHORIZATION IS ON FILE"),
    ("CO", "252"): ("0152", "SEND THE ATTACHMENT THAT BELONGS TO THIS SERVICE"),
    ("CO", "B7"): ("0207", "THE PROVIDER WAS NOT ENROLLED ON THE DATE OF SERVICE"),
    ("PR", "1"): ("8001", "APPLIED TO THE MEMBER'S DEDUCTIBLE"),
    ("PR", "2"): ("8002", "THE MEMBER'S COINSURANCE"),
    ("PR", "3"): ("8003", "THE MEMBER'S CO-PAYMENT"),
    ("PR", "27"): ("0227", "THE MEMBER WAS NOT ENROLLED ON THE DATE OF SERVICE"),
    ("PR", "96"): ("0896", "THE SERVICE IS NOT COVERED BY THE PROGRAM"),
    ("PR", "204"): ("0804", "THE SERVICE IS NOT IN THE MEMBER'S BENEFIT PLAN"),
}
"""By group and reason code: the state's code and its sentence."""


def eob(group: str, carc: str) -> Eob:
    """The state's code for a group and reason code."""
    code, text = EOB_TEXTS[group, carc]
    return Eob(code, text, f"{group} {carc}")


def eobs_of(lines: Iterable[ServiceLine]) -> tuple[Eob, ...]:
    """The state's codes of these lines, each once, in the order in which they come."""
    seen = dict.fromkeys(eob(item.group, item.carc) for line in lines for item in line.adjustments)
    return tuple(seen)
