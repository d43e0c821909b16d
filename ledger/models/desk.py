"""What people at the desk need: their roles and second factors, words on a case, texts they confirm, reports made."""

from django.db import models

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.people import Account, Practice
from ledger.models.work import Case


class RoleHeld(models.Model):
    """An account has this role in this practice."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="roles")
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    role = models.CharField(max_length=30)
    given_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "practice", "role"], name="one_row_per_role_held"),)


class ConsoleAccess(models.Model):
    """How an account signs in to the console. `stamp` changes with all that ends its sessions.

    `sealed` is the seed of its authenticator app under `wrapped_key`; it counts once `confirmed_at` is there. A code is
    never taken twice: `last_step` is the newest that was. `failures` in a row lock the account until `locked_until`.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="console")
    stamp = models.CharField(max_length=32)
    password_set_at = models.DateTimeField()
    must_change = models.BooleanField(default=False)
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(null=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)


class SignInBrake(models.Model):
    """How many entries at the sign-in page still come from a place (`ledger.sign_in_brake`); full again at `free_at`.

    `key` is a keyed hash of the place. `told`: that it was empty stands in the audit log.
    """

    key = models.CharField(max_length=64, unique=True)
    free_at = models.DateTimeField()
    told = models.BooleanField(default=False)


class CaseComment(AddedOnly):
    """What a person did to a case, or, where `what` is "comment", wrote on it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="comments")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=20, default="comment")
    text = models.TextField(default="")

    objects = AddedOnlyManager()


class TextMapping(models.Model):
    """A text of a portal that no map knew, and what people say it means. Two of them make it a rule of the office.

    `place` names the map in the pack, `means` a member of the closed set that the map leads to. `written_at`: when it
    went into the office's own pack.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100)
    place = models.CharField(max_length=200)
    text = models.TextField()
    means = models.CharField(max_length=100)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+", db_index=False)
    proposed_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "portal", "place", "text"],
                condition=models.Q(refused_at=None),
                name="one_living_mapping_per_text",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="two_people_make_a_rule",
            ),
        )


class ReportMade(models.Model):
    """A report as it was made, so that looking at it costs nothing. `content` is canonical JSON without patients."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    name = models.CharField(max_length=40)
    portal = models.CharField(max_length=100, default="")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    content = models.TextField(default="")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = (models.Index(fields=["practice", "name", "made_at"], name="reports_as_made"),)
