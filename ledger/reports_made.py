"""Reports as they were made, kept so that looking at one costs nothing: asked for once, made once, the newest shown."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor
from ledger.errors import NotThere

_LOST_AFTER = timedelta(minutes=15)
_KEPT = 60


class WantedReport(Frozen):
    """Which report: its name, of one portal (None: all), of these days (both included, open where None)."""

    name: str
    portal: str | None = None
    since: date | None = None
    until: date | None = None


class ReportRow(Frozen):
    """A report that was asked for. `made_at` is None while it is being made; `failed`: it could not be. UTC."""

    id: int
    wanted: WantedReport
    asked_at: datetime
    asked_by: str
    made_at: datetime | None
    failed: bool


class ReportContent(Frozen):
    """A report that was made, with its content (JSON without patients)."""

    row: ReportRow
    content: str


def ask(wanted: WantedReport, actor: Actor, now: datetime) -> tuple[int, bool]:
    """Ask for a report to be made anew; its number, and whether the one who asks has to make it.

    Who asks while the same is being made waits for that one. One that was not made in fifteen minutes is lost (its
    process went away), and is begun again.
    """
    with transaction.atomic():
        # Two people who ask at once would each make it.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        rows = _of(actor.practice_id, wanted).filter(made_at=None)
        waiting = rows.filter(asked_at__gt=now - _LOST_AFTER).order_by("-id").first()
        if waiting is not None:
            return waiting.pk, False
        rows.delete()
        row = models.ReportMade.objects.create(
            practice_id=actor.practice_id,
            name=wanted.name,
            portal=wanted.portal or "",
            since=wanted.since,
            until=wanted.until,
            asked_at=now,
            account_id=actor.account_id,
        )
        audit.append(actor, "report.make", "report", row.pk, now, portal=wanted.portal or "", result=wanted.name)
        return row.pk, True


def finish(practice_id: int, report_id: int, content: str | None, now: datetime) -> None:
    """It is made (content: None when it could not be). Of each report the newest sixty are kept, whatever their days.

    Nothing happens where nobody waits for it any more.
    """
    with transaction.atomic():
        rows = models.ReportMade.objects.filter(practice_id=practice_id, pk=report_id, made_at=None)
        row = rows.first()
        if row is None:
            return
        rows.update(content=content or "", made_at=now)
        made = models.ReportMade.objects.filter(practice_id=practice_id, name=row.name, made_at__isnull=False)
        older = list(made.order_by("-made_at", "-id").values_list("pk", flat=True)[_KEPT : _KEPT + 500])
        models.ReportMade.objects.filter(pk__in=older).delete()


def newest(practice_id: int, wanted: WantedReport) -> ReportContent | None:
    """The newest that was made of exactly this; None where there is none."""
    rows = _of(practice_id, wanted).filter(made_at__isnull=False).exclude(content="")
    row = rows.select_related("account").order_by("-made_at", "-id").first()
    return None if row is None else ReportContent(row=_row(row), content=row.content)


def under_way(practice_id: int, wanted: WantedReport, now: datetime) -> ReportRow | None:
    """The one that is being made of exactly this now, if any."""
    rows = _of(practice_id, wanted).filter(made_at=None, asked_at__gt=now - _LOST_AFTER)
    row = rows.select_related("account").order_by("-id").first()
    return None if row is None else _row(row)


def last(practice_id: int, wanted: WantedReport) -> ReportRow | None:
    """The newest that ended of exactly this, made or failed."""
    rows = _of(practice_id, wanted).filter(made_at__isnull=False).select_related("account")
    row = rows.defer("content").order_by("-made_at", "-id").first()
    return None if row is None else _row(row, failed=not rows.filter(pk=row.pk).exclude(content="").exists())


def newest_of_each(practice_id: int) -> dict[str, datetime]:
    """By its name, when the newest of each report was made, of all portals and all days."""
    whole = models.ReportMade.objects.filter(practice_id=practice_id, portal="", since=None, until=None)
    made = whole.filter(made_at__isnull=False).exclude(content="")
    return dict(made.values_list("name").annotate(newest=Max("made_at")))


def history(practice_id: int, name: str, most: int = 20) -> tuple[ReportRow, ...]:
    """The newest of this report that were made, of whatever days and portal."""
    rows = models.ReportMade.objects.filter(practice_id=practice_id, name=name, made_at__isnull=False)
    made = rows.exclude(content="").select_related("account").defer("content").order_by("-made_at", "-id")
    return tuple(_row(row, failed=False) for row in made[:most])


def get(practice_id: int, report_id: int) -> ReportContent:
    """One that was made. Raises NotThere."""
    rows = models.ReportMade.objects.filter(practice_id=practice_id, pk=report_id, made_at__isnull=False)
    row = rows.exclude(content="").select_related("account").first()
    if row is None:
        raise NotThere("report of this number")
    return ReportContent(row=_row(row), content=row.content)


def _of(practice_id: int, wanted: WantedReport) -> QuerySet[models.ReportMade]:
    return models.ReportMade.objects.filter(
        practice_id=practice_id,
        name=wanted.name,
        portal=wanted.portal or "",
        since=wanted.since,
        until=wanted.until,
    )


def _row(row: models.ReportMade, *, failed: bool | None = None) -> ReportRow:
    return ReportRow(
        id=row.pk,
        wanted=WantedReport(name=row.name, portal=row.portal or None, since=row.since, until=row.until),
        asked_at=row.asked_at,
        asked_by=row.account.name,
        made_at=row.made_at,
        failed=(row.made_at is not None and not row.content) if failed is None else failed,
    )
