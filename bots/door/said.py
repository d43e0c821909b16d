"""What a person is told when signing in ends on a page that the pack knows: what happened and what to do."""

from collections.abc import Mapping
from types import MappingProxyType

from flows.outcomes import Code

_SAID: Mapping[Code, str] = MappingProxyType(
    {
        Code.ACC_BADPW: "The portal rejected the user name or the password. Nothing more was pressed.",
        Code.ACC_LOCKED: (
            "The portal has locked or disabled the account. Have the payer's help desk open it, sign in by hand, then "
            "say so with `portalwright vault release`."
        ),
        Code.ACC_EXPIRED: (
            "The password has expired. Sign in by hand, choose a new one, and enter it with `portalwright vault add`."
        ),
        Code.ACC_MFA: (
            "The portal did not take the one-time code, or no longer takes codes of this kind. Either this computer's "
            "clock is wrong (a code holds for half a minute), or the seed in the vault is not the portal's, or the "
            "payer has retired the method: then the account needs another one."
        ),
        Code.ACC_ATTEST: (
            "The portal wants a training, a recertification or an attestation before it goes on. Only the person to "
            "whom the account belongs may do that; sign in by hand and do it."
        ),
        Code.ACC_TERMS: "The portal wants its terms accepted. Only a person may do that; sign in by hand.",
        Code.ACC_ENTITLE: "The account lacks a right at the portal. The office's administrator there has to give it.",
        Code.ACC_INUSE: (
            "Somebody else is signed in with the same user name, and the portal allows no second session. Nobody was "
            "thrown out. If it is nobody of the office, change the password."
        ),
        Code.ACC_CAPTCHA: (
            "The portal asks whether we are a robot. We are: a person signs in by hand, and decides with whoever "
            "answers for compliance whether the robot may go on."
        ),
        Code.ACC_BLOCKED: (
            "The portal says that robots are not wanted. Nothing is sent there any more until a person has settled it "
            "with the payer."
        ),
        Code.TECH_MAINT: "The portal is under maintenance.",
    }
)


def said(code: Code) -> str | None:
    """A sentence or two for the code; None where there is none of the door's own."""
    return _SAID.get(code)
