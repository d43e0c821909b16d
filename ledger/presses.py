"""Presses of sign-in buttons, counted so that no robot ever locks an account out.

A press is committed before it happens (`begin`) and settled by what was seen after it (`settle`):

- proved: a recognised signed-in page, or a page that the portal shows only to a right password. It no longer counts.
- rejected, or unknown (anything not recognised, a 5xx too): bars every further press with this credential version, of
  either kind, until a person clears it or the office enters a new secret (a new version).
- never settled (crash, cut line): unproved. It may have been a strike. Within the portal's window there are never more
  than `attempts - 2` presses of a kind that may have been strikes: one more strike is left for the person who comes to
  look, and one for the press whose answer nobody saw. With two attempts or fewer there is no unattended press at all.

Portals count strikes for a user, not for our versions of the password. So the window counts presses of older versions
too that were not proved; a new password does not give new strikes. A person's `clear` does: they have signed in by
hand or had the portal unlock the account, which sets the portal's count back.

The button that changes a password is a press too (`PressKind.CHANGE`, of the version that the new password would have).
While nobody knows whether the portal took the new one, no password is pressed: neither the old one nor any older, and
the new one once, to prove it. A refusal by the portal, that proof, or a person's word settles it; `clear` does not,
because it does not say which of the two passwords works (DESIGN 2.3; `ledger.password_changes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from ledger import audit, closures, models
from ledger.accounts import Actor, must_be_person
from ledger.cases import check_stops, lift_credential
from ledger.errors import NotThere, PasswordUnsettled, PressRefused, PressSettled
from ledger.lanes import Lease, hold
from ledger.server_clock import check_clock
from ledger.wakes import Wake, wake


class PressKind(StrEnum):
    """Which button: the password's, the one-time code's, the security answer's, or the one that changes the password.

    Each has its own budget.
    """

    PASSWORD = "password"  # noqa: S105 - the kind of a press, no secret
    CODE = "code"
    QUESTION = "question"
    CHANGE = "change"


class PressResult(StrEnum):
    """What was seen after a press."""

    PROVED = "proved"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Bar(StrEnum):
    """Why a press is refused."""

    REJECTED = "rejected"
    UNKNOWN = "unknown"
    BUDGET = "budget"
    FEW_ATTEMPTS = "few-attempts"
    CODE_USED = "code-used"
    CHANGE = "change"


@dataclass(frozen=True)
class LockoutRule:
    """After how many wrong attempts of a user within which time the portal locks the account."""

    attempts: int
    window: timedelta


@dataclass(frozen=True)
class Standing:
    """How a credential version stands: may it be pressed unattended, and if not, why and until when."""

    version: int
    bar: Bar | None
    why: str
    until: datetime | None
    unproved: int
    last_pressed_at: datetime | None


def begin(
    lease: Lease,
    credential_version: int,
    kind: PressKind,
    lockout: LockoutRule,
    now: datetime,
    *,
    code_step: int | None = None,
) -> int:
    """Record that the button is about to be pressed, and return the press's id. Committed when this returns.

    Must not be called inside another transaction: a press that could be rolled back would not be counted.
    `code_step` is the time step (RFC 6238) of a time-based code; a step is never used twice, nor one before it.
    Raises PressRefused, CredentialFrozen, PortalStopped, LeaseLost, or ClockOff for a clock by which presses would be
    forgotten too early; then nothing may be pressed.
    """
    with transaction.atomic(durable=True):
        lane = hold(lease)
        check_clock()
        # Another slot of the same credential is another lane: the count needs the credential's own lock.
        models.Credential.objects.select_for_update().get(pk=lane.credential_id)
        check_stops(lease.portal, alias=lease.alias)
        presses = _uncleared(lane.credential_id)
        if refused := _refusal(presses, credential_version, kind, lockout, now):
            raise PressRefused(*refused)
        used = last_code_step(lease.actor.practice_id, lease.portal, lease.alias)
        if code_step is not None and used is not None and code_step <= used:
            raise PressRefused(
                Bar.CODE_USED, "This one-time code was used before. Nothing was pressed; wait for the next one."
            )
        press = models.Press.objects.create(
            credential_id=lane.credential_id,
            credential_version=credential_version,
            kind=kind,
            code_step=code_step,
            lane=lane,
            token=lease.token,
            account_id=lease.actor.account_id,
            pressed_at=now,
        )
        audit.append(
            lease.actor, "press.begin", "press", press.pk, now,
            portal=lease.portal, run_id=lane.run_id, result=kind,
        )  # fmt: skip
        return press.pk


def settle(lease: Lease | None, press_id: int, result: PressResult, now: datetime) -> None:
    """Record what was seen after the press. The same result twice changes nothing.

    Without a lease (the process that pressed has lost its lane) only rejected and unknown are taken: what is seen late
    may bar, never free. Raises LeaseLost, NotThere, or PressSettled when the press has another result.
    """
    with transaction.atomic():
        if lease is not None:
            hold(lease)
        elif result is PressResult.PROVED:
            raise PressSettled("Only the session that holds its lane can prove a press. The press stays unproved.")
        press = (
            models.Press.objects.select_for_update(of=("self",))
            .select_related("credential", "account")
            .filter(pk=press_id)
            .first()
        )
        if press is None or (lease is not None and press.lane_id != lease.lane_id):
            raise NotThere("such press")
        if press.result == result:
            return
        if press.result:
            raise PressSettled(f"This press is already recorded as {press.result}. Nothing was changed.")
        models.Press.objects.filter(pk=press_id).update(result=result, settled_at=now)
        actor = lease.actor if lease else _who_pressed(press)
        audit.append(actor, "press.settle", "press", press_id, now, portal=press.credential.portal, result=result)


def _who_pressed(press: models.Press) -> Actor:
    return Actor(press.account_id, press.account.name, press.account.is_robot, press.credential.practice_id)


def clear(portal: str, alias: str, actor: Actor, reason: str, now: datetime) -> int:
    """A person declares the account sound: presses not proved no longer count, and the credential is no longer frozen.

    Returns how many presses were cleared. Raises NotAPerson for a robot's account, NotThere for an unknown credential,
    PasswordUnsettled while nobody knows which of two passwords works.
    """
    must_be_person(actor, "clear presses of a sign-in button")
    with transaction.atomic():
        ours = models.Credential.objects.filter(practice_id=actor.practice_id)
        credential = ours.select_for_update().filter(portal=portal, alias=alias).first()
        if credential is None:
            raise NotThere("such credential in use yet")
        if _changes(_uncleared(credential.pk)):
            raise PasswordUnsettled(portal)
        cleared = _uncleared_rows(credential.pk).update(
            cleared_at=now, cleared_by_id=actor.account_id, cleared_why=reason
        )
        lift_credential(portal, alias, actor, reason, now)
        closures.lift(portal, alias)
        wake(Wake.CLEARED, now)
        audit.append(actor, "press.clear", "credential", credential.pk, now, portal=portal, result=str(cleared))
        return cleared


def last_code_step(practice_id: int, portal: str, alias: str) -> int | None:
    """The newest time step whose code was ever about to be pressed for this practice's sign-in; None: none yet."""
    return (
        _presses(practice_id, portal, alias)
        .filter(code_step__isnull=False)
        .order_by("-code_step")
        .values_list("code_step", flat=True)
        .first()
    )


def standing(
    practice_id: int,
    portal: str,
    alias: str,
    version: int,
    lockout: LockoutRule,
    *,
    now: datetime,
    kind: PressKind = PressKind.PASSWORD,
) -> Standing:
    """How a credential version of this practice stands now, for display and before a browser is started."""
    rows = _presses(practice_id, portal, alias)
    newest = rows.order_by("-id").first()
    presses = _still_counting([_Press.of(row) for row in _not_settled(rows)], rows)
    refused = _refusal(presses, version, kind, lockout, now)
    bar, why, until = refused or (None, "", None)
    return Standing(
        version=version,
        bar=bar,
        why=why,
        until=until,
        unproved=len(_strikes(presses, kind, lockout, now)),
        last_pressed_at=newest.pressed_at if newest else None,
    )


@dataclass(frozen=True)
class _Press:
    version: int
    kind: str
    result: str
    pressed_at: datetime

    @classmethod
    def of(cls, row: models.Press) -> "_Press":
        return cls(row.credential_version, row.kind, row.result, row.pressed_at)


def _presses(practice_id: int, portal: str, alias: str) -> QuerySet[models.Press]:
    ours = models.Press.objects.filter(credential__practice=practice_id)
    return ours.filter(credential__portal=portal, credential__alias=alias)


def _not_settled(rows: QuerySet[models.Press]) -> QuerySet[models.Press]:
    return rows.filter(cleared_at=None).exclude(result=PressResult.PROVED)


def _uncleared_rows(credential_id: int) -> QuerySet[models.Press]:
    return _not_settled(models.Press.objects.filter(credential_id=credential_id))


def _uncleared(credential_id: int) -> list[_Press]:
    rows = models.Press.objects.filter(credential_id=credential_id)
    return _still_counting([_Press.of(row) for row in _not_settled(rows)], rows)


def _still_counting(presses: list[_Press], rows: QuerySet[models.Press]) -> list[_Press]:
    """Without the changes of a password that are of no interest any more: a newer one has opened the door since."""
    if not any(press.kind == PressKind.CHANGE for press in presses):
        return presses
    opened = rows.filter(kind=PressKind.PASSWORD, result=PressResult.PROVED)
    newest = opened.order_by("-credential_version").values_list("credential_version", flat=True).first() or 0
    return [press for press in presses if press.kind != PressKind.CHANGE or press.version > newest]


def _changes(presses: Sequence[_Press]) -> list[_Press]:
    """The changes of which nobody knows whether the portal took the new password."""
    return [press for press in presses if press.kind == PressKind.CHANGE and press.result != PressResult.REJECTED]


def _may_prove(presses: Sequence[_Press], version: int, kind: PressKind) -> bool:
    """Is this the one sign-in by which the new password of an unanswered change is proved?"""
    open_changes = _changes(presses)
    unanswered = all(press.result == "" for press in open_changes)
    tried = any(press.kind == PressKind.PASSWORD and press.version == version for press in presses)
    ours = all(press.version == version for press in open_changes)
    return ours and unanswered and kind is not PressKind.CHANGE and not (kind is PressKind.PASSWORD and tried)


def _strikes(presses: Sequence[_Press], kind: PressKind, lockout: LockoutRule, now: datetime) -> list[_Press]:
    return [press for press in presses if press.kind == kind and press.pressed_at > now - lockout.window]


def _refusal(
    presses: Sequence[_Press], version: int, kind: PressKind, lockout: LockoutRule, now: datetime
) -> tuple[Bar, str, datetime | None] | None:
    answered = {press.result for press in presses if press.version == version}
    unsettled = max((press.version for press in _changes(presses)), default=0)
    if (version <= unsettled or (unsettled and kind is PressKind.CHANGE)) and not _may_prove(presses, version, kind):
        return (
            Bar.CHANGE,
            "The password of this sign-in was being changed, and it is not known whether the portal took the new one. "
            "Nothing was pressed, and both passwords are kept in the vault; see `portalwright vault pending`.",
            None,
        )
    if PressResult.REJECTED in answered:
        return (
            Bar.REJECTED,
            "The portal rejected this sign-in before. Nothing was pressed; enter the right secret in the vault, or "
            "sign in by hand and clear it.",
            None,
        )
    if PressResult.UNKNOWN in answered:
        return (
            Bar.UNKNOWN,
            "An earlier sign-in ended on a page that nobody recognised. Nothing was pressed; sign in by hand, see "
            "whether the account is well, and clear it.",
            None,
        )
    allowed = lockout.attempts - 2
    if allowed < 1:
        return (
            Bar.FEW_ATTEMPTS,
            "This portal locks accounts after so few attempts that no unattended sign-in is safe. Nothing was pressed; "
            "a person signs in.",
            None,
        )
    strikes = _strikes(presses, kind, lockout, now)
    if len(strikes) >= allowed:
        oldest = sorted(press.pressed_at for press in strikes)[len(strikes) - allowed]
        return (
            Bar.BUDGET,
            "An earlier sign-in may have been a failed attempt: its end was never seen. Nothing was pressed; sign in "
            "by hand and clear it, or wait until the portal forgets it.",
            oldest + lockout.window,
        )
    return None
