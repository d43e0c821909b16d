"""What tells the planning that something about a question has changed, so that its day is worked out anew.

Whoever changes a question, or what is known about its subject, says so in the same transaction.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.db.models import Q

from flows.questions import Flow
from ledger import models
from ledger.portals import portals_with_claims

UNPLANNED: Mapping[str, None] = MappingProxyType({"planned_at": None})
"""Columns for whoever puts a question back as it was."""
ASKED_ANEW: Mapping[str, None] = MappingProxyType({"planned_at": None, "due_at": None, "review_at": None})
"""Columns for whoever moves a question: no day that was planned holds any more, and `not_before` is what was wanted."""

_BATCH = 400


def unplan_claims(practice_id: int, claim_ids: Collection[int]) -> None:
    """What is known about these claims has changed: a payment, an acceptance, a hold.

    So it has for the same visit's claims at other payers, whose turn may have come. Call it in a transaction that holds
    the practice's row, as imports and matching do: then no planning is half-way through. A question that a session has
    in its hands at this moment is planned when that ends, and is not waited for.
    """
    ids, portals = sorted(claim_ids), portals_with_claims(practice_id)
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        numbers = models.Claim.objects.filter(practice_id=practice_id, pk__in=batch).values("patient_account_number")
        # These claims are among them. The portals are named for the index, which begins with them.
        same_visits = models.Claim.objects.filter(
            practice_id=practice_id, portal__in=portals, patient_account_number__in=numbers
        )
        _unplan(Q(claim__in=list(same_visits.values_list("id", flat=True))))


def unplan_patients(practice_id: int, patient_ids: Collection[int]) -> None:
    """The same for all claims and visits of these patients."""
    ids = list(patient_ids)
    claims = models.Claim.objects.filter(practice_id=practice_id, patient__in=ids).values("id")
    visits = models.Appointment.objects.filter(practice_id=practice_id, patient__in=ids).values("id")
    _unplan(Q(claim__in=claims) | Q(appointment__in=visits))


def _unplan(about: Q) -> None:
    flows = (Flow.CLAIM_STATUS, Flow.ELIGIBILITY)
    # What is locked is in the hands of a session, which waits for nobody here: it would be waited for in a circle.
    free = models.WorkItem.objects.select_for_update(skip_locked=True, of=("self",)).filter(about, flow__in=flows)
    ids = list(free.values_list("id", flat=True))
    models.WorkItem.objects.filter(pk__in=ids).update(**UNPLANNED)
