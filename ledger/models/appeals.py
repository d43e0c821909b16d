"""Appeals: each intent to contest a decision, the documents that go with it, and everything that happened to it.

An intent is unique among those that live: by practice, portal, payer claim number, level and lines. That it was pressed
is written before the press, and once written is never taken back. Amounts in cents.
"""

from django.db import models
from django.db.models.functions import StrIndex
from django.db.models.lookups import Exact

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.people import Account, Practice
from ledger.models.remittances import Document
from ledger.models.work import Claim

NEVER_FILED = ("refused", "not-filed", "withdrawn")
"""Stages of appeals that the payer does not have: the same may be begun anew."""


class Appeal(models.Model):
    """One appeal of one claim. `reference` is its opaque name for ever; `payer_claim_key` the number as compared.

    `own_words` is the argument as a person wrote it, with its placeholders; "" when a template made it.
    `lines`, `carcs` and `rarcs` are canonical JSON. `approvals` counts how often it was approved, `approved_digest` is
    of everything that was approved. `looks` counts the looks at the portal's list since it was pressed. The last four
    columns that are written are the payer's rules as they were when it was approved, in hours and days. `is_complete`:
    nothing of a draft is open that approval needs, but for what the calendar takes: argument without placeholders,
    amount, last day. The database works it out.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="appeals")
    reference = models.CharField(max_length=32, unique=True)
    payer_claim_number = models.TextField()
    payer_claim_key = models.CharField(max_length=100)
    level = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=30)
    lines = models.TextField()
    amount_cents = models.BigIntegerField()
    argument = models.TextField(default="")
    own_words = models.TextField(default="")
    carcs = models.TextField(default="[]")
    rarcs = models.TextField(default="[]")
    deadline = models.DateField(null=True)
    deadline_rule = models.TextField(default="")
    deadline_anchor = models.TextField(default="")
    deadline_anchor_date = models.DateField(null=True)
    deadline_source = models.TextField(default="")
    deadline_verified_on = models.DateField(null=True)
    stage = models.CharField(max_length=12)
    drafted_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    drafted_at = models.DateTimeField()
    approvals = models.PositiveIntegerField(default=0)
    approved_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=64, default="")
    pressed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    pressed_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=20, default="")
    filed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    filed_at = models.DateTimeField(null=True)
    filed_on = models.DateField(null=True)
    confirmation = models.TextField(default="")
    expected_by = models.DateField(null=True)
    standing = models.CharField(max_length=20, default="")
    decision = models.CharField(max_length=12, default="")
    decided_on = models.DateField(null=True)
    recovered_cents = models.BigIntegerField(null=True)
    next_level_due = models.DateField(null=True)
    is_complete = models.GeneratedField(
        expression=models.Case(
            models.When(
                ~models.Q(argument="")
                & models.Q(Exact(StrIndex("argument", models.Value("[[")), 0))
                & models.Q(amount_cents__gt=0, deadline__isnull=False),
                then=models.Value(True),
            ),
            default=models.Value(False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    listed_after_hours = models.PositiveIntegerField()
    first_check_days = models.PositiveIntegerField()
    decision_days = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "payer_claim_key", "level", "lines"],
                condition=~models.Q(stage__in=NEVER_FILED) & ~models.Q(decision="dismissed"),
                name="one_living_appeal_per_intent",
            ),
            # Whatever else is changed: nothing that was pressed becomes a draft again, and nothing is pressed unseen.
            models.CheckConstraint(
                condition=~models.Q(stage__in=("draft", "approved")) | models.Q(pressed_at=None),
                name="what_was_pressed_is_never_a_draft_again",
            ),
            models.CheckConstraint(
                condition=models.Q(pressed_at=None) | models.Q(approved_at__isnull=False),
                name="nothing_is_pressed_that_nobody_approved",
            ),
        )
        indexes = (
            models.Index(fields=["practice", "stage", "deadline", "id"], name="appeals_by_stage"),
            models.Index(fields=["payer_claim_key"], name="appeals_by_payer_number"),
            models.Index(
                fields=["practice", "is_complete", "deadline", "id"],
                condition=models.Q(stage="draft"),
                name="drafts_by_day",
            ),
        )


class AppealAttachment(models.Model):
    """A sealed document that goes with an appeal, under the name that the portal sees; `place` counts from 1."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    filename = models.CharField(max_length=100)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["appeal", "place"], name="one_attachment_per_place"),
            models.UniqueConstraint(fields=["appeal", "filename"], name="one_attachment_per_filename"),
            models.UniqueConstraint(fields=["appeal", "document"], name="one_attachment_per_document"),
        )


class AppealEvent(AddedOnly):
    """One thing that happened to an appeal: what, by whom, when; `note` is what a person wrote about it."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(max_length=30)
    note = models.TextField(default="")

    objects = AddedOnlyManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["appeal"], condition=models.Q(what="pressing"), name="an_appeal_is_pressed_once"
            ),
        )
