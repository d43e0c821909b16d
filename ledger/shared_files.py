"""The office's own files (packs, calendar, templates, rules) as a person published them for all its computers.

Each version is sealed as one, under the vault's key and its own number: somebody who can write to the database, but has
not the key, can neither change a pack nor bring back an older one under a newer number.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import FilesPublishedSince
from vault.sealed import Sealer


class FileSet(Frozen):
    """The office's files as one: `content` in whatever form, its SHA-256 (hex), and how many files it holds."""

    content: bytes
    sha256: str
    files: int


class Published(Frozen):
    """One version of the office's files, who published it and when."""

    version: int
    holds: FileSet
    published_by: str
    published_at: datetime


def newest_version() -> int:
    """The number of the version that counts; 0 when nothing was ever published."""
    return models.PublishedFiles.objects.aggregate(newest=Max("version"))["newest"] or 0


def newest(sealer: Sealer) -> Published | None:
    """The version that counts, opened; None when nothing was ever published.

    Raises SealedItemDamaged when it is not as it was published, and WrongKey.
    """
    row = models.PublishedFiles.objects.select_related("account").order_by("-version").first()
    if row is None:
        return None
    content = sealer.open(bytes(row.wrapped_key), bytes(row.sealed), _label(row.version))
    return Published(
        version=row.version,
        holds=FileSet(content=content, sha256=row.sha256, files=row.files),
        published_by=row.account.name,
        published_at=row.published_at,
    )


def publish(files: FileSet, sealer: Sealer, actor: Actor, now: datetime, *, based_on: int) -> int:
    """Publish the next version, which from now on counts on every computer; returns its number.

    `based_on` is the version that these files were made from (0: from none). Raises FilesPublishedSince and changes
    nothing when another one was published since; NotAPerson.
    """
    must_be_person(actor, "publish the office's files")
    version = based_on + 1
    wrapped_key = sealer.new_item_key()
    sealed = sealer.seal(wrapped_key, files.content, _label(version))
    try:
        with transaction.atomic():
            if newest_version() != based_on:
                raise FilesPublishedSince(newest_version(), based_on)
            models.PublishedFiles.objects.create(
                version=version,
                wrapped_key=wrapped_key,
                sealed=sealed,
                sha256=files.sha256,
                files=files.files,
                account_id=actor.account_id,
                published_at=now,
            )
            audit.append(
                actor, "office.publish", "office files", version, now, result=f"{files.files} files, {files.sha256}"
            )
    except IntegrityError:
        raise FilesPublishedSince(newest_version(), based_on) from None
    return version


def _label(version: int) -> str:
    return f"office files {version}"
