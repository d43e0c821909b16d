"""The rules that an office works by, kept in the ledger so that every machine of the office goes by the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from flows.deadlines import DeadlineRule, DeadlineRules, shipped_rules, with_office
from flows.payer_types import PayerType
from flows.routing_rules import OfficeRules, RoutingRules, routing_rules
from ledger import audit, case_routing, models
from ledger.accounts import Actor
from ledger.canonical import canonical_json
from ledger.prepared import Prepared


@dataclass(frozen=True)
class RulesInForce:
    """The rules of one practice: for tasks, for deadlines, and what kind of payer each portal belongs to.

    `cadence` is the office's own part of when to ask, as `schedules.cadence` keeps it (JSON); `zones` are the names of
    the portals' time zones, whose days it counts.
    """

    routing: RoutingRules
    deadlines: Sequence[DeadlineRule]
    payers: Mapping[str, PayerType]
    cadence: str = "{}"
    zones: Mapping[str, str] = field(default_factory=dict)

    def payer(self, portal: str) -> PayerType:
        """The kind of payer of this portal; UNKNOWN where nobody has said."""
        return self.payers.get(portal, PayerType.UNKNOWN)


def adopt(
    actor: Actor,
    now: datetime,
    *,
    routing: OfficeRules | None = None,
    deadlines: DeadlineRules | None = None,
    cadence: str | None = None,
    payers: Mapping[str, PayerType] | None = None,
    zones: Mapping[str, str] | None = None,
) -> bool:
    """From now on the practice works by these; what is None stays as it is, and so do portals that are not named.

    True when something has changed. Open cases follow them at once, tasks with the next answer or refresh.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        row = models.WorkRules.objects.filter(practice_id=actor.practice_id).first()
        if row is None:
            row = models.WorkRules(practice_id=actor.practice_id)
        earlier = in_force(actor.practice_id).routing.cases
        was = (row.routing, row.deadlines, row.cadence, row.payers, row.zones)
        if routing is not None:
            row.routing = canonical_json(routing.model_dump(mode="json", exclude_defaults=True))
        if deadlines is not None:
            row.deadlines = canonical_json(deadlines.model_dump(mode="json", exclude_defaults=True))
        if cadence is not None:
            row.cadence = cadence
        row.payers = canonical_json({**json.loads(row.payers), **(payers or {})})
        row.zones = canonical_json({**json.loads(row.zones), **(zones or {})})
        changed = was != (row.routing, row.deadlines, row.cadence, row.payers, row.zones)
        if changed or row.pk is None:
            row.changed_at, row.account_id = now, actor.account_id
            row.save()
        if changed:
            case_routing.follow_rules(actor.practice_id, earlier, in_force(actor.practice_id).routing.cases)
            audit.append(actor, "work-rules.adopt", "practice", actor.practice_id, now)
        return changed


def in_force(practice_id: int) -> RulesInForce:
    """The rules that the practice works by now."""
    routing, deadlines, payers, cadence, zones = _STANDING.first(practice_id=practice_id) or ("{}",) * 5
    return _read(routing, deadlines, payers, cadence, zones)


def _standing(practice_id: int) -> "QuerySet[models.WorkRules, tuple[str, str, str, str, str]]":
    rows = models.WorkRules.objects.filter(practice_id=practice_id).order_by("pk")
    return rows.values_list("routing", "deadlines", "payers", "cadence", "zones")[:1]


_STANDING = Prepared(_standing)


@lru_cache(maxsize=8)
def _read(routing: str, deadlines: str, payers: str, cadence: str, zones: str) -> RulesInForce:
    return RulesInForce(
        routing=routing_rules(OfficeRules.model_validate_json(routing)),
        deadlines=with_office(shipped_rules(), DeadlineRules.model_validate_json(deadlines)),
        payers={portal: PayerType(kind) for portal, kind in json.loads(payers).items()},
        cadence=cadence,
        zones=json.loads(zones),
    )
