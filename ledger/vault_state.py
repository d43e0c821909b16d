"""How new the vault must be: the highest version count seen, so that an older copy of the vault is noticed."""

from django.db import transaction

from ledger import models
from ledger.errors import VaultOlder


def counter() -> int:
    """The highest version count of the vault that was ever recorded; 0 before the first."""
    state = models.VaultState.objects.filter(pk=1).first()
    return state.counter if state else 0


def set_counter(count: int) -> None:
    """Record the vault's version count after it was opened or changed. Raises VaultOlder when it would go down."""
    with transaction.atomic():
        state, _ = models.VaultState.objects.select_for_update().get_or_create(pk=1, defaults={"counter": count})
        if count < state.counter:
            raise VaultOlder(state.counter, count)
        models.VaultState.objects.filter(pk=1).update(counter=count)
