"""Legal holds, sealed files that are yet to be removed, looks in an emergency, and where the audit chain begins."""

from django.db import models

from ledger.models.people import Account, Practice
from ledger.models.work import Claim, Patient


class LegalHold(models.Model):
    """That nothing of a claim, a patient, a portal, or (all three empty) a practice may be removed until released."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="legal_holds")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="legal_holds")
    portal = models.CharField(max_length=100, default="")
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    release_reason = models.TextField(default="")


class Shredded(models.Model):
    """A sealed file whose key was deleted by a purge, and that is yet to be removed from its store."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()


class EmergencyAccess(models.Model):
    """That somebody without the role for it may look at one claim or one patient until then, and why.

    Somebody else has to review it afterwards.
    """

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.SET_NULL, null=True, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, models.SET_NULL, null=True, related_name="+", db_index=False)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    reviewed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    review = models.TextField(default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("account")),
                name="nobody_reviews_their_own_look",
            ),
        )
        indexes = (
            models.Index(
                fields=["practice", "opened_at"],
                condition=models.Q(reviewed_at__isnull=True),
                name="looks_not_reviewed",
            ),
        )


class AuditStart(models.Model):
    """Up to this entry the audit log was purged by rule; the chain goes on from its hash. One row, or none."""

    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
