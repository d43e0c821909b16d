"""How many exceptions wait, in all and by part; counted no further than anybody wants to know."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from flows.outcomes import Code
from ledger import models
from ledger.case_conditions import IS_INCIDENT, IS_OPEN
from ledger.cases_listed import not_put_off
from ledger.cases_values import INCIDENTS, MOST_COUNTED, MOST_OF_A_PART, Counts


def counts(
    practice_id: int, account_id: int, queues: Iterable[str], today: date, *, incidents_only: bool = False
) -> Counts:
    """How much waits: of incidents, which are few, by looking at them; of all the others in one statement."""
    mine = models.Case.objects.filter(IS_OPEN, practice_id=practice_id)
    incidents = _incidents(mine, account_id, today)
    if incidents_only:
        return incidents
    codes = [code for code in Code if code.family not in INCIDENTS]
    names = sorted(queues)
    here = mine.filter(not_put_off(today))
    parts: list[tuple[QuerySet[models.Case], int]] = [
        (here, MOST_COUNTED),
        (here.filter(owner_id=account_id), MOST_OF_A_PART),
        (here.filter(owner_id__isnull=True), MOST_OF_A_PART),
        (mine.filter(snoozed_until__isnull=False, snoozed_until__gt=today), MOST_OF_A_PART),
        *((here.filter(code=code), MOST_OF_A_PART) for code in codes),
        *((here.filter(queue=name), MOST_OF_A_PART) for name in names),
    ]
    found = _counted(parts)
    of_codes, of_queues = found[4 : 4 + len(codes)], found[4 + len(codes) :]
    by_code = {code: number for code, number in zip(codes, of_codes, strict=True) if number}
    return Counts(
        in_all=found[0],
        mine=found[1],
        nobodys=found[2],
        snoozed=found[3],
        by_code={**by_code, **incidents.by_code},
        by_queue={name: number for name, number in zip(names, of_queues, strict=True) if number},
    )


def _incidents(mine: "QuerySet[models.Case]", account_id: int, today: date) -> Counts:
    """Of what befell the portals alone: one cause is one case, however many questions it met."""
    rows = mine.filter(IS_INCIDENT).values_list("code", "queue", "owner_id", "snoozed_until")
    found = list(rows[: MOST_COUNTED + 1])
    here = [one for one in found if one[3] is None or one[3] <= today]
    by_code, by_queue = Counter(Code(code) for code, *_ in here), Counter(queue for _, queue, *_ in here)
    return Counts(
        in_all=len(here),
        mine=_capped(sum(owner == account_id for *_, owner, _ in here)),
        nobodys=_capped(sum(owner is None for *_, owner, _ in here)),
        snoozed=_capped(len(found) - len(here)),
        by_code={code: _capped(number) for code, number in by_code.items()},
        by_queue={queue: _capped(number) for queue, number in by_queue.items()},
    )


def _capped(number: int) -> int:
    return min(number, MOST_OF_A_PART + 1)


def _counted(parts: list[tuple["QuerySet[models.Case]", int]]) -> list[int]:
    """How many rows each of these gives, up to one more than its limit; all in one statement."""
    texts: list[str] = []
    given: list[Any] = []
    for rows, most in parts:
        sql, params = rows.order_by().values_list(F("pk"))[: most + 1].query.sql_with_params()
        texts.append(f"(SELECT COUNT(*) FROM ({sql}) AS part)")  # noqa: S608 - made by the ORM, values are parameters
        given.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", given)
        return [int(number) for number in cursor.fetchone()]
