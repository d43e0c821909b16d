"""Who is on Practice Exchange: payers (two of them with nearly one name), organizations, regions, providers."""

from dataclasses import dataclass

from sandbox.truth.model import BillingProvider, Practice


@dataclass(frozen=True)
class Payer:
    """A payer; `code` is its number on this site."""

    id: str
    name: str
    code: str
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Organization:
    """An office that a user may work for."""

    id: str
    name: str
    tin: str


REGIONS = ("Lakes", "Harbor", "Prairie")
"""The first is the one that is chosen to begin with; the truth's payer is not there."""
OWN_PAYER = "p3"
"""The payer whose claims the truth holds."""
PAYERS = (
    Payer("p1", "Practice Coastal Mutual", "60114", ("Harbor", "Lakes")),
    Payer("p2", "Practice Exchange Health Plan HMO", "70471", ("Harbor", "Lakes", "Prairie")),
    Payer(OWN_PAYER, "Practice Exchange Health Plan", "70417", ("Harbor",)),
    Payer("p4", "Practice Trades Benefit Fund", "81230", ("Harbor", "Prairie")),
    Payer("p5", "Practice Valley Care", "52088", ("Lakes", "Prairie")),
)


def organizations(practice: Practice) -> tuple[Organization, ...]:
    """The user's organizations; the first is chosen to begin with and is not the practice."""
    other_tin = practice.tin[:-1] + str((int(practice.tin[-1]) + 1) % 10)
    return (
        Organization("o1", "Harbor Lane Surgical Supply", other_tin),
        Organization("o2", practice.name, practice.tin),
    )


def find_payers(typed: str, region: str) -> tuple[Payer, ...]:
    """Payers of a region whose name or number holds every word that was typed."""
    return tuple(one for one in PAYERS if region in one.regions and _fits(typed, f"{one.name} {one.code}"))


def find_providers(typed: str, practice: Practice, organization: str) -> tuple[BillingProvider, ...]:
    """The organization's providers whose name or NPI holds every word that was typed."""
    if organization != "o2":
        return ()
    return tuple(one for one in practice.providers if _fits(typed, f"{one.name} {one.npi}"))


def _fits(typed: str, text: str) -> bool:
    words = typed.casefold().split()
    return bool(words) and all(word in text.casefold() for word in words)
