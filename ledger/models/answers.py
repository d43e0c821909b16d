"""What happened and what the portals said: runs, attempts, answers in versions, and where the evidence lies."""

from django.db import models
from django.db.models import F, Func, Value

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.lanes import Lane
from ledger.models.people import Account
from ledger.models.work import EXACTLY_ONE_SUBJECT, Appointment, Claim, PaymentPeriod, WorkItem

SEARCHED_LETTERS = 60
"""So much of a payer's claim number stands in the index that it is searched by: no portal's text is too long for it."""


class Run(models.Model):
    """One session's work over its items. `why_ended` is "" while it runs and "lost" when its process went away.

    `doing` is a word of ours, `stepped_at` when the session last got anywhere, `due` how many questions waited for it
    when it began; for those who watch.
    """

    lane = models.ForeignKey(Lane, models.PROTECT)
    token = models.PositiveBigIntegerField()
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=30, default="")
    doing = models.CharField(max_length=60, default="")
    stepped_at = models.DateTimeField(null=True)
    due = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["portal", "started_at"], name="runs_of_a_portal"),)


class Attempt(AddedOnly):
    """One try at one item, or (item null) what befell the session itself. `key` makes recording it twice harmless."""

    key = models.CharField(max_length=32, unique=True)
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True)
    run = models.ForeignKey(Run, models.PROTECT, null=True)
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    ending = models.CharField(max_length=20)
    code = models.CharField(max_length=40, default="")
    view = models.CharField(max_length=200, default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    objects = AddedOnlyManager()

    class Meta:
        indexes = (
            models.Index(fields=["portal", "flow", "ending", "id"], name="endings_in_order"),
            models.Index(fields=["run", "ending"], name="endings_of_a_run"),
        )


class AnswerVersion(AddedOnly):
    """One answer to one question. Amounts in cents; `normalised` and `extracted` are canonical JSON.

    `taken_from` is the answer to another question that answers this one too; then both have the same attempt.
    `manual_source`: where a person had it from who entered it by hand; "" for what the robot read.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, null=True)
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, db_index=False)
    period = models.ForeignKey(PaymentPeriod, models.PROTECT, null=True, db_index=False)
    appeal = models.ForeignKey("ledger.Appeal", models.PROTECT, null=True, db_index=False)
    flow = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="+", db_index=False)
    taken_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    portal = models.CharField(max_length=100)
    pack_version = models.CharField(max_length=60)
    ending = models.CharField(max_length=20)
    normalised = models.TextField()
    extracted = models.TextField()
    category = models.CharField(max_length=10, default="")
    coverage_status = models.CharField(max_length=20, default="")
    portal_text = models.TextField(default="")
    payer_claim_number = models.TextField(default="")
    billed_cents = models.BigIntegerField(null=True)
    allowed_cents = models.BigIntegerField(null=True)
    paid_cents = models.BigIntegerField(null=True)
    patient_responsibility_cents = models.BigIntegerField(null=True)
    finalised_date = models.DateField(null=True)
    payment_number = models.TextField(default="")
    payment_date = models.DateField(null=True)
    manual_source = models.CharField(max_length=20, default="")

    objects = AddedOnlyManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["claim", "flow", "version"], name="one_answer_per_version"),
            models.UniqueConstraint(
                fields=["appointment", "flow", "version"],
                condition=models.Q(appointment__isnull=False),
                name="one_appointment_answer_per_version",
            ),
            models.UniqueConstraint(
                fields=["period", "flow", "version"],
                condition=models.Q(period__isnull=False),
                name="one_period_answer_per_version",
            ),
            models.UniqueConstraint(
                fields=["appeal", "flow", "version"],
                condition=models.Q(appeal__isnull=False),
                name="one_appeal_answer_per_version",
            ),
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(taken_from=None), name="one_answer_per_attempt"
            ),
            models.CheckConstraint(condition=EXACTLY_ONE_SUBJECT, name="an_answer_is_about_one_thing"),
        )
        indexes = (
            models.Index(fields=["recorded_at"], name="answers_by_time"),
            models.Index(
                Func(F("payer_claim_number"), Value(1), Value(SEARCHED_LETTERS), function="substr"),
                name="answers_by_payer_number",
            ),
        )


class EvidenceKey(models.Model):
    """The wrapped key of an attempt's evidence. Deleting it makes the evidence unreadable for ever."""

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="evidence_key")
    wrapped = models.BinaryField()


class EvidenceBlob(AddedOnly):
    """One sealed file of an attempt: its opaque name, the SHA-256 and size in bytes of what was sealed, what it is."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10)
    view = models.CharField(max_length=200, default="")

    objects = AddedOnlyManager()
