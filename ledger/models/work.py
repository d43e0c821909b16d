"""The work list: patients, their claims, what is to be asked about them, and the cases that wait for a person."""

from django.db import models

from ledger.models.people import Account, Practice


class Patient(models.Model):
    """A patient as the office holds them. Never changed: a correction is another row, and the claim points to it.

    `reference` is a keyed hash of all that is below, for places where no name may stand.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    reference = models.CharField(max_length=128)
    member_id = models.CharField(max_length=80)
    last_name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=200)
    birth_date = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "reference"], name="one_row_per_patient"),)


class Claim(models.Model):
    """A claim as it was sent. `revision` goes up when an import changes it."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    provider_tin = models.CharField(max_length=20)
    provider_npi = models.CharField(max_length=20)
    patient = models.ForeignKey(Patient, models.PROTECT)
    patient_account_number = models.CharField(max_length=80)
    payer_claim_number = models.CharField(max_length=80, null=True)
    service_from = models.DateField()
    service_to = models.DateField()
    billed_cents = models.BigIntegerField()
    first_procedure = models.CharField(max_length=20, null=True)
    revision = models.PositiveIntegerField(default=1)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "patient_account_number"], name="one_claim_per_account_number"
            ),
        )


class WorkItem(models.Model):
    """One question that is asked again and again: a flow about a claim. `attempt` names the try that is under way."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="items")
    state = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    lane = models.ForeignKey("ledger.Lane", models.PROTECT, null=True, related_name="+")
    token = models.PositiveBigIntegerField(default=0)
    attempt = models.CharField(max_length=32, default="")
    taken_at = models.DateTimeField(null=True)
    claim_revision = models.PositiveIntegerField(default=0)
    answer = models.OneToOneField("ledger.AnswerVersion", models.PROTECT, null=True, related_name="newest_of")
    case = models.ForeignKey("ledger.Case", models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "claim"], name="one_item_per_flow_and_claim"),)
        indexes = (
            models.Index(fields=["portal", "flow", "state", "not_before"], name="what_is_due"),
            models.Index(fields=["lane", "state"], name="what_a_lane_runs"),
        )


class Case(models.Model):
    """An exception that waits for a person. `cause` groups what has one cause; `stops` says what stands still."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    family = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    what = models.TextField()
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    alias = models.CharField(max_length=100, default="")
    view = models.CharField(max_length=200, default="")
    element = models.CharField(max_length=200, default="")
    seen = models.TextField()
    candidates = models.TextField()
    ways = models.TextField(default="[]")
    cause = models.CharField(max_length=64, default="")
    stops = models.CharField(max_length=12, default="")
    state = models.CharField(max_length=10)
    times = models.PositiveIntegerField(default=1)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True)
    attempt = models.ForeignKey("ledger.Attempt", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=30, default="")
    note = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "cause"],
                condition=models.Q(state="open") & ~models.Q(cause=""),
                name="one_open_incident_per_cause",
            ),
        )
        indexes = (models.Index(fields=["state", "portal"], name="open_cases_of_a_portal"),)
