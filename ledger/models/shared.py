"""What the computers of an office share when its ledger is on a server: the vault, sealed pages, the office's files."""

from django.db import models
from django.db.models.functions import Now

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.people import Account


class SharedVault(models.Model):
    """The vault, sealed, as the one file of a single machine would hold it: one row, or none on a single machine.

    `swept_until`: of the sealed items kept before this instant all are named by some row.
    """

    counter = models.PositiveBigIntegerField()
    content = models.BinaryField()
    swept_until = models.DateTimeField(null=True)


class SealedItem(models.Model):
    """A sealed page, picture or document, under a name that says nothing. `kept_at` is by the server's clock."""

    name = models.CharField(max_length=32, primary_key=True)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["kept_at"], name="sealed_items_by_age"),)


class PublishedFiles(AddedOnly):
    """The office's own files as a person published them for all computers, sealed as one; the newest version counts."""

    version = models.PositiveIntegerField(unique=True)
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    objects = AddedOnlyManager()
