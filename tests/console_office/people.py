"""Who works in the made-up office: a person for each role, one for the day's work, and one who may do everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from console.sign_in import authenticator
from ledger import membership, second_factors
from ledger.accounts import Actor
from ledger.roles import Role
from portalwright.office import Desk
from vault.secret import Secret
from vault.totp import Totp

PASSWORD = "correct horse battery staple"

ROLES: dict[str, tuple[Role, ...]] = {
    "olga": (Role.OPERATOR,),
    "bill": (Role.BILLER,),
    "denise": (Role.DENIAL_SPECIALIST,),
    "paul": (Role.POSTER,),
    "ada": (Role.APPROVER,),
    "cory": (Role.CREDENTIAL_CUSTODIAN,),
    "audrey": (Role.AUDITOR,),
    "adam": (Role.ADMIN,),
    "rae": (Role.BILLER, Role.DENIAL_SPECIALIST, Role.POSTER),
    "everything": tuple(Role),
}
"""By account: `rae` reviews all day long, `everything` may do everything."""

WITH_APP = ("rae", "ada")
"""These have set up an authenticator app."""


@dataclass(frozen=True)
class Person:
    """Somebody of the made-up office. `seed`: of the authenticator app, base32; "" where there is none."""

    name: str
    roles: tuple[Role, ...]
    password: str
    seed: str = ""

    def code(self, now: datetime) -> str:
        """What the app shows at this instant."""
        totp = Totp.from_text(Secret(self.seed))
        return totp.code_of(totp.step_of(now)).reveal()


def let_in(desk: Desk, now: datetime) -> dict[str, Person]:
    """Make them all, four weeks before `now`; by name."""
    then = now - timedelta(days=28)
    made = {}
    for name, roles in ROLES.items():
        membership.add_person(name, PASSWORD, roles, desk.actor, then, must_change=False)
        seed = _app(desk, name, then) if name in WITH_APP else ""
        made[name] = Person(name, roles, PASSWORD, seed)
    return made


def actor_of(desk: Desk, name: str, now: datetime) -> Actor:
    """The person as who acts for the office's practice."""
    return membership.enter(name, desk.practice.tin, now)[1]


def _app(desk: Desk, name: str, then: datetime) -> str:
    actor, sealer = actor_of(desk, name, then), desk.vault.sealer()
    seed = authenticator.pending_seed(cast(Any, {}), sealer, actor.account_id)
    shown = authenticator.letters(seed, sealer)
    step = Totp.from_text(Secret(shown)).step_of(then)
    second_factors.confirm(seed, step, actor, then)
    return shown
