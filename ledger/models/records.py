"""The office's records about its robots: permissions, the audit log, and how new the vault must be."""

from django.db import models

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.people import Account, Practice


class Permission(AddedOnly):
    """What the office may do at a portal with one flow, from one change to the next; the newest row is in force."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    basis = models.CharField(max_length=30)
    document = models.TextField()
    granted_to = models.TextField()
    bot_identity = models.TextField()
    lookups_per_minute = models.PositiveIntegerField(null=True)
    hours = models.TextField(default="")
    windows = models.TextField(default="[]")
    sessions = models.PositiveSmallIntegerField(null=True)
    reviewer = models.TextField(default="")
    verified_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    review_on = models.DateField(null=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AddedOnlyManager()

    class Meta:
        indexes = (models.Index(fields=["practice", "portal", "flow"], name="permission_in_force"),)


class AuditEntry(AddedOnly):
    """One link of the audit chain. Opaque ids and keyed hashes only: no name, no password, no text of a page.

    `practice_id` is the practice that the actor worked for; None where an older release wrote the entry and it cannot
    be told any more.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    on_behalf_of = models.CharField(max_length=150, default="")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.TextField()
    patient_reference = models.CharField(max_length=128, default="")
    portal = models.CharField(max_length=100, default="")
    flow = models.CharField(max_length=40, default="")
    run_id = models.BigIntegerField(null=True)
    result = models.TextField(default="")
    fields = models.TextField()
    practice_id = models.BigIntegerField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AddedOnlyManager()

    class Meta:
        indexes = (
            models.Index(fields=["practice_id", "at"], name="audit_by_time"),
            models.Index(fields=["practice_id", "action", "at"], name="audit_by_action"),
            models.Index(fields=["practice_id", "patient_reference", "at"], name="audit_of_a_patient"),
        )


class AuditHead(models.Model):
    """The end of the audit chain: one row, locked by whoever adds to the chain."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class VaultState(models.Model):
    """The highest version count of the vault that this office has seen: one row."""

    counter = models.PositiveBigIntegerField()


class Restoration(models.Model):
    """That this ledger came out of a backup. Until a person has confirmed it, no session begins anywhere.

    What happened between `made_at` and `restored_at` is not in it. `nothing_since`: a person says that nothing did.
    """

    backup = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    nothing_since = models.BooleanField(default=False)
