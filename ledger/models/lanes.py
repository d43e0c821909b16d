"""Credentials (never their secrets), the lanes on which sessions run, and every press of a sign-in button."""

from django.db import models

from ledger.models.people import Account, Practice


class Credential(models.Model):
    """That the office has a sign-in of this name at this portal. The secrets themselves are in the vault."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    alias = models.CharField(max_length=100)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["portal", "alias"], name="one_alias_per_portal"),)


class Lane(models.Model):
    """One session that the portal allows. The token goes up each time the lane changes hands."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="lanes")
    slot = models.PositiveSmallIntegerField()
    token = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=200, default="")
    until = models.DateTimeField(null=True)
    run = models.ForeignKey("ledger.Run", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["credential", "slot"], name="one_lane_per_slot"),)


class Press(models.Model):
    """One press of a sign-in or code button, written before it happens. `result` is "" until the answer was seen."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="presses")
    credential_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    code_step = models.BigIntegerField(null=True)
    lane = models.ForeignKey(Lane, models.PROTECT)
    token = models.PositiveBigIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    pressed_at = models.DateTimeField()
    result = models.CharField(max_length=10, default="")
    settled_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    cleared_why = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=["credential", "pressed_at"], name="presses_of_a_credential"),)
