"""What a person has to do because of what a payer said; the office's prices, rules and licensed texts. In cents."""

from django.db import models

from ledger.models.people import Account, Practice
from ledger.models.remittances import Remittance
from ledger.models.work import Appointment, Claim


def _about(name: str) -> models.Q:
    """This one is filled, of the three columns for what a task is about."""
    return models.Q(**{f"{one}__isnull": one != name for one in ("claim", "appointment", "remittance")})


class Task(models.Model):
    """One thing to do: open, or closed by a person (`done`, `not-needed`), or because it follows no more (`settled`).

    There is one open task for each thing, kind and topic. `digest` is of what it rests on: the same is not opened again
    after a person has closed it. `codes` and `lines` are canonical JSON.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="tasks")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="tasks")
    remittance = models.ForeignKey(Remittance, models.PROTECT, null=True, related_name="tasks")
    kind = models.CharField(max_length=40)
    topic = models.CharField(max_length=100)
    queue = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    due = models.DateField()
    limit = models.DateField(null=True)
    money_cents = models.BigIntegerField()
    explains_cents = models.BigIntegerField()
    why = models.TextField()
    codes = models.TextField()
    lines = models.TextField()
    frequency = models.CharField(max_length=1, default="")
    replaces = models.TextField(default="")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    owner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, default="")
    note = models.TextField(default="")

    class Meta:
        constraints = (
            *(
                models.UniqueConstraint(
                    fields=[about, "kind", "topic"],
                    condition=models.Q(state="open") & models.Q(**{f"{about}__isnull": False}),
                    name=f"one_open_task_per_{about}_and_topic",
                )
                for about in ("claim", "appointment", "remittance")
            ),
            models.CheckConstraint(
                condition=_about("claim") | _about("appointment") | _about("remittance"),
                name="a_task_is_about_one_thing",
            ),
        )
        indexes = (
            models.Index(fields=["practice", "state", "due"], name="open_tasks_by_day"),
            models.Index(
                fields=["practice", "limit", "id"],
                condition=models.Q(state="open", limit__isnull=False),
                name="open_tasks_by_limit",
            ),
        )


class WorkRules(models.Model):
    """The office's own rules: for what follows from an answer, for when it asks; each portal's kind of payer and zone.

    Canonical JSON. They are kept here so that every machine of the office goes by the same.
    """

    practice = models.OneToOneField(Practice, models.PROTECT, related_name="work_rules")
    routing = models.TextField(default="{}")
    deadlines = models.TextField(default="{}")
    cadence = models.TextField(default="{}")
    payers = models.TextField(default="{}")
    zones = models.TextField(default="{}")
    changed_at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)


class Fee(models.Model):
    """What a contract gives for one unit of a service, on these days. `npi` "" holds for every provider."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    procedure = models.CharField(max_length=20)
    modifier = models.CharField(max_length=10, default="")
    npi = models.CharField(max_length=10, default="")
    amount_cents = models.BigIntegerField()
    begins = models.DateField()
    ends = models.DateField(null=True)
    imported_at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "procedure", "modifier", "npi", "begins"], name="one_fee_per_beginning"
            ),
        )


class CodeText(models.Model):
    """The licensed description of a code, loaded by an office that has the licence."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    code_set = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    text = models.TextField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "code_set", "code"], name="one_text_per_code"),)
