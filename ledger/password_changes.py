"""Whether a portal took a new password, as far as the presses tell: read by the robot, settled by it or by a person.

The change is a press like any other, in the journal before it happens (`presses.begin` with `PressKind.CHANGE`, of the
version that the new password would have). From it and from the one sign-in that proves the new password follows all
that is known; the passwords themselves are in the vault and never here. (DESIGN 2.3, 8.)
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import audit, closures, models
from ledger.accounts import Actor, must_be_person
from ledger.cases import lift_credential
from ledger.errors import NotThere, PasswordNotInDoubt, PasswordUnsettled, SignInAtWork
from ledger.presses import PressKind, PressResult
from ledger.wakes import Wake, wake


@dataclass(frozen=True)
class Change:
    """One press of the button that changes a password. Results are None until an answer was seen.

    `proof` is the result of the sign-in with the new password, where one was `tried`.
    """

    press_id: int
    version: int
    pressed_at: datetime
    result: PressResult | None
    tried: bool
    proof: PressResult | None

    @property
    def took(self) -> bool | None:
        """Did the portal take the new password? None: nobody knows."""
        if self.result is PressResult.PROVED or self.proof is PressResult.PROVED:
            return True
        return False if self.result is PressResult.REJECTED else None


def of_version(practice_id: int, portal: str, alias: str, version: int) -> Change | None:
    """The press by which this practice's sign-in was to get the password of this version; None: it never was."""
    ours = models.Press.objects.filter(
        credential__practice=practice_id, credential__portal=portal, credential__alias=alias, credential_version=version
    )
    pressed = ours.filter(kind=PressKind.CHANGE).order_by("-id").first()
    if pressed is None:
        return None
    proofs = list(ours.filter(kind=PressKind.PASSWORD).order_by("id").values_list("result", flat=True))
    proof = PressResult.PROVED if PressResult.PROVED in proofs else next((_seen(one) for one in reversed(proofs)), None)
    return Change(pressed.pk, version, pressed.pressed_at, _seen(pressed.result), bool(proofs), proof)


def settle_by_person(
    portal: str, alias: str, version: int, actor: Actor, *, new_works: bool, reason: str, now: datetime
) -> int:
    """A person has tried the passwords by hand and says which one works; the sign-in may be pressed again.

    `version` is the one of the new password. Whoever calls it promotes or drops that password in the vault afterwards:
    a crash in between leaves a word that the next sign-in acts on. Returns how many presses no longer count. Raises
    NotAPerson, NotThere for a sign-in that was never used, PasswordNotInDoubt, or SignInAtWork.
    """
    must_be_person(actor, "say which password of a sign-in works")
    with transaction.atomic():
        credential = _locked(actor.practice_id, portal, alias)
        _must_rest(credential, now)
        mine = models.Press.objects.filter(credential=credential)
        changes = mine.filter(kind=PressKind.CHANGE, credential_version=version)
        doubted = changes.filter(result__in=("", PressResult.UNKNOWN)).order_by("id").values_list("pk", flat=True)
        said = PressResult.PROVED if new_works else PressResult.REJECTED
        settled = list(doubted)
        if not settled:
            raise PasswordNotInDoubt(portal)
        changes.filter(pk__in=settled).update(result=said, settled_at=now, cleared_why=reason)
        others = mine.filter(cleared_at=None).exclude(pk__in=settled).exclude(result=PressResult.PROVED)
        cleared = others.update(cleared_at=now, cleared_by_id=actor.account_id, cleared_why=reason)
        lift_credential(portal, alias, actor, reason, now)
        closures.lift(portal, alias)
        wake(Wake.CLEARED, now)
        for press_id in settled:
            audit.append(actor, "press.settle", "press", press_id, now, portal=portal, result=f"{said} by a person")
        return cleared


def check_unpressed(portal: str, alias: str, version: int, actor: Actor, now: datetime) -> None:
    """May a person drop this new password: was it never pressed, and is nobody about to press it?

    A session that begins later begins with a look at what waits, so that it does not press what was dropped meanwhile.
    Raises NotAPerson, PasswordUnsettled where it was pressed (say which one works instead), or SignInAtWork.
    """
    must_be_person(actor, "drop a new password")
    with transaction.atomic():
        credential = _locked(actor.practice_id, portal, alias)
        _must_rest(credential, now)
        changes = models.Press.objects.filter(credential=credential, kind=PressKind.CHANGE, credential_version=version)
        if changes.exclude(result=PressResult.REJECTED).exists():
            raise PasswordUnsettled(portal)


def _locked(practice_id: int, portal: str, alias: str) -> models.Credential:
    ours = models.Credential.objects.filter(practice_id=practice_id).select_for_update()
    credential = ours.filter(portal=portal, alias=alias).first()
    if credential is None:
        raise NotThere("such credential in use yet")
    return credential


def _must_rest(credential: models.Credential, now: datetime) -> None:
    lanes = models.Lane.objects.select_for_update().filter(credential=credential)
    # Every lane is locked, so that no session begins between this look and the end of what a person says.
    if any(lane.holder and lane.until is not None and lane.until > now for lane in lanes):
        raise SignInAtWork(credential.portal)


def _seen(result: str) -> PressResult | None:
    return PressResult(result) if result else None
