"""At which portals a practice has claims or visits: one step of the index for each, however many rows there are."""

from collections.abc import Sequence

from ledger import models


def portals_with_claims(practice_id: int) -> Sequence[str]:
    """The portals at which the practice has claims, by name."""
    return _steps(models.Claim, practice_id)


def portals_asked(practice_id: int) -> Sequence[str]:
    """The portals at which the practice has claims or visits, by name."""
    return sorted({*_steps(models.Claim, practice_id), *_steps(models.Appointment, practice_id)})


def _steps(table: type[models.Claim] | type[models.Appointment], practice_id: int) -> Sequence[str]:
    rows = table._default_manager.filter(practice_id=practice_id).order_by("portal").values_list("portal", flat=True)
    found = list[str]()
    while following := list(rows.filter(portal__gt=found[-1] if found else "")[:1]):
        found.extend(following)
    return found
