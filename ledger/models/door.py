"""What a portal's door asks for and leaves behind: closing times, codes that people hand over, terms, known devices."""

from django.db import models

from ledger.models.answers import Run
from ledger.models.lanes import Credential, Lane
from ledger.models.people import Account, Practice


class Closure(models.Model):
    """Until then nobody asks this portal (`alias` "") or uses this sign-in of it. One row each, the newest word."""

    portal = models.CharField(max_length=100)
    alias = models.CharField(max_length=100, default="")
    until = models.DateTimeField()
    code = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["portal", "alias"], name="one_closure_per_portal_and_alias"),)


class CodeRequest(models.Model):
    """A run that waits for a one-time code which only a person can read.

    `wrapped_key` seals the code on its way and is gone, as is `sealed`, once the code was taken or the wait ended.
    """

    lane = models.ForeignKey(Lane, models.PROTECT)
    token = models.PositiveBigIntegerField()
    view = models.CharField(max_length=200)
    wanted_at = models.DateTimeField()
    until = models.DateTimeField()
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["lane", "ended_at"], name="codes_a_lane_waits_for"),)


class Terms(models.Model):
    """One wording of a portal's terms of use, met at its door; whoever accepted it, and for whom, if anybody did."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    seen_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    accepted_as = models.TextField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "portal", "sha256"], name="one_row_per_wording"),)


class RememberedDevice(models.Model):
    """The sealed cookies by which a portal knows this office's browser again, for one version of one credential."""

    credential = models.OneToOneField(Credential, models.CASCADE, related_name="device")
    credential_version = models.PositiveIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()
    until = models.DateTimeField()


class Probe(models.Model):
    """A look at whether a portal's pages are still those of the pack. `checks` is JSON without patient data."""

    portal = models.CharField(max_length=100)
    flow = models.CharField(max_length=40)
    pack_version = models.CharField(max_length=60)
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    passed = models.BooleanField()
    checks = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["portal", "flow", "pack_version", "at"], name="probes_of_a_pack"),)
