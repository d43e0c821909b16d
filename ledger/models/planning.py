"""What the planning of questions remembers: by which rules it went, and which claims a person wants left alone."""

from django.db import models

from ledger.models.people import Account, Practice
from ledger.models.work import Claim, Patient


class Planning(models.Model):
    """The rules (their digest) by which the questions of a practice were planned.

    `again_after` is the id of the newest question that was planned anew since they changed; null: all are.
    """

    practice = models.OneToOneField(Practice, models.PROTECT, related_name="+")
    rules = models.CharField(max_length=64)
    again_after = models.BigIntegerField(null=True)


class Hold(models.Model):
    """That the payer is not to be asked: about one claim, or (claim null) about a patient. `why` is one of a few words.

    It holds until a person ends it.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="holds")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="holds")
    why = models.CharField(max_length=20)
    note = models.TextField(default="")
    since = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
