"""Terms of use as portals show them: which wordings were met, and which of them a person has accepted for the office.

The robot agrees to a text only when a person accepted the same text, letter by letter, before (DOMAIN 1.6, 9 and 10).
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from flows.outcomes import Code
from ledger import audit, cases, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong
from ledger.states import CaseState, Resolution


@dataclass(frozen=True)
class TermsText:
    """One wording, met last at `seen_at`. `sha256` is that of its normalised text.

    `accepted_as` names the person who agreed to it for the office.
    """

    portal: str
    sha256: str
    text: str
    seen_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    accepted_as: str


def normalised(text: str) -> str:
    """The wording without its layout: one kind of each character (NFKC), one space for any run of blank."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def digest(text: str) -> str:
    """By which a wording is known: SHA-256 (hex) of its normalised text."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def met(portal: str, text: str, actor: Actor, now: datetime) -> bool:
    """The portal shows this text. True when a person has accepted just this; else it waits to be read from now on."""
    row, _ = models.Terms.objects.get_or_create(
        practice_id=actor.practice_id,
        portal=portal,
        sha256=digest(text),
        defaults={"text": normalised(text), "seen_at": now},
    )
    models.Terms.objects.filter(pk=row.pk).update(seen_at=now)
    return row.accepted_at is not None


def waiting(portal: str, practice_id: int) -> TermsText | None:
    """The text that waits to be read by a person: the one met last, unless it is accepted."""
    row = _rows(portal, practice_id).order_by("-seen_at", "-id").first()
    return None if row is None or row.accepted_at is not None else _text(row)


def history(portal: str, practice_id: int) -> tuple[TermsText, ...]:
    """Every wording met at this portal, newest first."""
    return tuple(_text(row) for row in _rows(portal, practice_id).order_by("-seen_at", "-id"))


def accept(portal: str, sha256: str, accepted_as: str, actor: Actor, now: datetime) -> int:
    """A person accepts the text of this hash for the office; what stood still because of terms goes on.

    `accepted_as` is the name of the person who may agree for the office; the actor is who records it. Returns how many
    cases that closes. Raises NotAPerson, NotThere when no such text waits, RecordWrong without a name.
    """
    must_be_person(actor, "accept terms of use")
    if not accepted_as.strip():
        raise RecordWrong("Terms are accepted by a person with a name. Nothing was recorded.")
    with transaction.atomic():
        row = (
            _rows(portal, actor.practice_id)
            .select_for_update(of=("self",))
            .filter(sha256=sha256, accepted_at=None)
            .first()
        )
        if row is None:
            raise NotThere(f"terms of {portal} that wait to be accepted")
        models.Terms.objects.filter(pk=row.pk).update(
            accepted_at=now, accepted_by_id=actor.account_id, accepted_as=accepted_as.strip()
        )
        audit.append(actor, "terms.accept", "terms", sha256, now, portal=portal)
        open_cases = models.Case.objects.filter(
            practice_id=actor.practice_id, portal=portal, code=Code.ACC_TERMS, state=CaseState.OPEN
        )
        numbers = list(open_cases.values_list("pk", flat=True))
        for number in numbers:
            cases.close(number, actor, Resolution.ASK_AGAIN, now, note="terms accepted")
        return len(numbers)


def _rows(portal: str, practice_id: int) -> QuerySet[models.Terms]:
    return models.Terms.objects.select_related("accepted_by").filter(portal=portal, practice_id=practice_id)


def _text(row: models.Terms) -> TermsText:
    return TermsText(
        portal=row.portal,
        sha256=row.sha256,
        text=row.text,
        seen_at=row.seen_at,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by.name if row.accepted_by else None,
        accepted_as=row.accepted_as,
    )
