"""Whose a sign-in is: each belongs to one practice, and to another it is as if it were not there."""

from ledger import models
from ledger.accounts import Actor, default_practice
from ledger.errors import RecordWrong


def claim(portal: str, alias: str, actor: Actor) -> None:
    """The sign-in of this name at this portal is the actor's practice's from now on.

    Raises RecordWrong where it is another practice's; names are the office's, so that one name is one sign-in.
    """
    row, _ = models.Credential.objects.get_or_create(
        portal=portal, alias=alias, defaults={"practice_id": actor.practice_id}
    )
    if row.practice_id != actor.practice_id:
        raise RecordWrong(
            f"{portal}: another practice has a credential with this name. Nothing was changed; choose another name."
        )


def is_ours(practice_id: int, portal: str, alias: str) -> bool:
    """May this practice use the sign-in? One that nobody has claimed or used yet is the office's first practice's."""
    row = models.Credential.objects.filter(portal=portal, alias=alias).first()
    return practice_id == (default_practice().id if row is None else row.practice_id)
