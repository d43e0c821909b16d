"""Remembered devices: the sealed cookies by which a portal asks a known browser for no code, for some days."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import audit, models
from ledger.lanes import Lease, hold


@dataclass(frozen=True)
class Device:
    """Sealed cookies and the wrapped key that opens them, until when they are of use."""

    wrapped_key: bytes
    sealed: bytes
    until: datetime


def known(lease: Lease, credential_version: int, now: datetime) -> Device | None:
    """The device that this version of the credential signed in with; None when there is none or its days are over.

    What is of another version or over is deleted. Raises LeaseLost.
    """
    with transaction.atomic():
        lane = hold(lease)
        row = models.RememberedDevice.objects.filter(credential_id=lane.credential_id).first()
        if row is None:
            return None
        if row.credential_version != credential_version or row.until <= now:
            row.delete()
            return None
        return Device(bytes(row.wrapped_key), bytes(row.sealed), row.until)


def keep(lease: Lease, credential_version: int, device: Device, now: datetime) -> None:
    """Keep the device in place of an older one. Raises LeaseLost."""
    with transaction.atomic():
        lane = hold(lease)
        models.RememberedDevice.objects.update_or_create(
            credential_id=lane.credential_id,
            defaults={
                "credential_version": credential_version,
                "wrapped_key": device.wrapped_key,
                "sealed": device.sealed,
                "kept_at": now,
                "until": device.until,
            },
        )
        audit.append(lease.actor, "device.keep", "credential", lane.credential_id, now, portal=lease.portal)


def forget(lease: Lease, now: datetime) -> None:
    """The portal no longer knows the device. Raises LeaseLost."""
    with transaction.atomic():
        lane = hold(lease)
        gone, _ = models.RememberedDevice.objects.filter(credential_id=lane.credential_id).delete()
        if gone:
            audit.append(lease.actor, "device.forget", "credential", lane.credential_id, now, portal=lease.portal)
