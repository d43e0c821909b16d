"""The work list: patients, claims, appointments, periods of payments, what is asked about each, and cases for people.

A question is about one of four things: a claim (claim status), an appointment (eligibility), a period of payments
(remittances) or an appeal. Rows that belong to a question have a column for each kind, and exactly one of them is
filled.
"""

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
        indexes = (
            models.Index(fields=["practice", "last_name", "first_name", "id"], name="patients_by_name"),
            models.Index(fields=["practice", "member_id"], name="patients_by_member_id"),
        )


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
        indexes = (
            models.Index(
                fields=["practice", "payer_claim_number"],
                condition=models.Q(payer_claim_number__isnull=False),
                name="claims_by_payer_number",
            ),
        )


class Appointment(models.Model):
    """A visit for which coverage is needed, under the office's own number; the plan and payers that the office holds.

    `revision` goes up when an import changes it.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    provider_tin = models.CharField(max_length=20)
    provider_npi = models.CharField(max_length=20)
    patient = models.ForeignKey(Patient, models.PROTECT)
    appointment_number = models.CharField(max_length=80)
    service_from = models.DateField()
    service_to = models.DateField()
    service_type = models.CharField(max_length=10)
    plan_name = models.CharField(max_length=200, null=True)
    group_number = models.CharField(max_length=80, null=True)
    other_payer = models.CharField(max_length=200, null=True)
    revision = models.PositiveIntegerField(default=1)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "appointment_number"], name="one_appointment_per_number"
            ),
        )


class PaymentPeriod(models.Model):
    """The days, both included, whose payments to one provider are looked for at one portal. Never changed."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    provider_tin = models.CharField(max_length=20)
    provider_npi = models.CharField(max_length=20)
    paid_from = models.DateField()
    paid_to = models.DateField()
    asked_for_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "provider_tin", "provider_npi", "paid_from", "paid_to"],
                name="one_row_per_period",
            ),
        )


def _filled(*names: str) -> models.Q:
    """These are filled, of the four columns for what a question is about, and the others are not."""
    return models.Q(**{f"{name}__isnull": name not in names for name in ("claim", "appointment", "period", "appeal")})


EXACTLY_ONE_SUBJECT = _filled("claim") | _filled("appointment") | _filled("period") | _filled("appeal")
AT_MOST_ONE_SUBJECT = _filled() | EXACTLY_ONE_SUBJECT


class WorkItem(models.Model):
    """One question that is asked again and again: a flow about one thing. `attempt` names the try that is under way.

    `revision` is the form of its claim or appointment that is being asked about; of an appeal, its approval. `due_at`:
    when the cadence wants it asked (again); null: not by itself; of what is done, `not_before` says the same. `rank` 0
    jumps the queue. `planned_at` null: something has changed since the cadence looked. `review_at`: when it has to look
    again though nothing has changed.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, db_index=False)
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="items")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="items", db_index=False)
    period = models.ForeignKey(PaymentPeriod, models.PROTECT, null=True, related_name="items", db_index=False)
    appeal = models.ForeignKey("ledger.Appeal", models.PROTECT, null=True, related_name="items", db_index=False)
    state = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    review_at = models.DateTimeField(null=True)
    lane = models.ForeignKey("ledger.Lane", models.PROTECT, null=True, related_name="+")
    token = models.PositiveBigIntegerField(default=0)
    attempt = models.CharField(max_length=32, default="")
    taken_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    answer = models.OneToOneField("ledger.AnswerVersion", models.PROTECT, null=True, related_name="newest_of")
    case = models.ForeignKey("ledger.Case", models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["flow", "claim"], name="one_item_per_flow_and_claim"),
            # Of the rows that have one only: a claim's item pays for none of these indexes.
            models.UniqueConstraint(
                fields=["appointment", "flow"],
                condition=models.Q(appointment__isnull=False),
                name="one_item_per_appointment_and_flow",
            ),
            models.UniqueConstraint(
                fields=["period", "flow"], condition=models.Q(period__isnull=False), name="one_item_per_period_and_flow"
            ),
            models.UniqueConstraint(
                fields=["appeal", "flow"], condition=models.Q(appeal__isnull=False), name="one_item_per_appeal_and_flow"
            ),
            models.CheckConstraint(condition=EXACTLY_ONE_SUBJECT, name="an_item_is_about_one_thing"),
        )
        indexes = (
            models.Index(
                fields=["practice", "portal", "flow", "state", "rank", "not_before", "id"], name="next_of_a_lane"
            ),
            models.Index(
                fields=["not_before", "practice", "portal", "flow", "rank"],
                condition=models.Q(state="ready"),
                name="what_is_due",
            ),
            models.Index(
                fields=["due_at"], condition=models.Q(state="done", due_at__isnull=False), name="what_is_due_again"
            ),
            models.Index(
                fields=["practice", "id"], condition=models.Q(planned_at__isnull=True), name="what_is_not_planned"
            ),
            models.Index(
                fields=["review_at"], condition=models.Q(review_at__isnull=False), name="what_is_to_be_reviewed"
            ),
            models.Index(fields=["lane", "state"], name="what_a_lane_runs"),
        )


_OPEN = models.Q(state="open")


class Case(models.Model):
    """An exception that waits for a person. `cause` groups what has one cause; `stops` says what stands still.

    `attempt` is null for what was found in a file that no portal gave. `queue`, `role`, `due` (by its code's rule) and
    `money_cents` (what is at stake) are worked out when it is opened; `limit` is the last day, where one is known; a
    person may send it to another queue. `owner` has taken it; `changes` counts what people did to it, so that a save on
    a page that is old is noticed.
    """

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
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True)
    period = models.ForeignKey(PaymentPeriod, models.PROTECT, null=True)
    appeal = models.ForeignKey("ledger.Appeal", models.PROTECT, null=True)
    attempt = models.ForeignKey("ledger.Attempt", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=30, default="")
    note = models.TextField(default="")
    queue = models.CharField(max_length=40, default="")
    role = models.CharField(max_length=40, default="")
    due = models.DateField(null=True)
    limit = models.DateField(null=True)
    money_cents = models.BigIntegerField(default=0)
    owner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True)
    snoozed_until = models.DateField(null=True)
    snooze_why = models.TextField(default="")
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "cause"],
                condition=models.Q(state="open") & ~models.Q(cause=""),
                name="one_open_incident_per_cause",
            ),
            models.CheckConstraint(condition=AT_MOST_ONE_SUBJECT, name="a_case_is_about_one_thing"),
        )
        indexes = (
            # Each order of the list of exceptions, and each way to a part of it, so that nothing is read but what is
            # shown. The columns after the id are looked at by filters and counts, without reading the cases themselves.
            *(
                models.Index(
                    fields=["practice", *ordered, "id", "snoozed_until", "family", "code", "queue", "role", "portal"],
                    condition=_OPEN,
                    name=f"open_cases_by_{name}",
                )
                for name, ordered in (
                    ("day", ["due", "-money_cents"]),
                    ("money", ["-money_cents"]),
                    ("age", ["opened_at"]),
                )
            ),
            *(
                models.Index(
                    fields=["practice", part, "due", "-money_cents", "id", "snoozed_until"],
                    condition=_OPEN,
                    name=f"open_cases_of_a_{part}",
                )
                for part in ("family", "code", "queue")
            ),
            models.Index(
                fields=["practice", "owner", "due", "-money_cents", "id", "snoozed_until"],
                condition=_OPEN,
                name="open_cases_of_an_owner",
            ),
            models.Index(
                fields=["practice", "portal", "due", "-money_cents", "id", "snoozed_until"],
                condition=_OPEN,
                name="open_cases_at_a_portal",
            ),
            models.Index(
                fields=["practice", "snoozed_until", "id"],
                condition=_OPEN & models.Q(snoozed_until__isnull=False),
                name="cases_put_off",
            ),
            models.Index(
                # By the state, so that no database prefers the way through all open cases to this one.
                fields=["practice", "state", "due", "-money_cents", "id", "snoozed_until", "code", "queue", "owner"],
                condition=models.Q(family__in=("access", "technical", "policy")),
                name="incidents_by_day",
            ),
            models.Index(
                fields=["state", "practice", "due", "-money_cents", "id"],
                condition=models.Q(stops__in=("view", "credential", "portal")),
                name="cases_that_stop_something",
            ),
            models.Index(
                fields=["practice", "-closed_at", "-id"], condition=models.Q(state="closed"), name="cases_closed_lately"
            ),
        )
