"""What signs in to a portal: user name, password, the seed of one-time codes and answers to security questions."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from vault.errors import NameNotAllowed, VaultDamaged
from vault.secret import Secret
from vault.totp import Totp

_PADDED_TO = 256
"""Plaintext is filled up to a multiple of this, so that the sealed length does not tell a password's length."""


@dataclass(frozen=True)
class Credential:
    """One version of a sign-in, opened for use. Let go of it as soon as the sign-in step is over."""

    portal: str
    alias: str
    version: int
    user_name: Secret[str]
    password: Secret[str]
    totp: Totp | None
    security_answers: Mapping[str, Secret[str]]


@dataclass(frozen=True)
class CredentialSummary:
    """What may be shown of a credential: never a secret, never the user name. Instants are UTC."""

    portal: str
    alias: str
    version: int
    has_totp: bool
    owner: str
    created_at: datetime
    age: timedelta


@dataclass(frozen=True)
class SignInSecrets:
    """The secret part of a credential, as a person enters it. `totp_seed` is base32 or an otpauth address."""

    user_name: Secret[str]
    password: Secret[str]
    totp_seed: Secret[str] | None
    security_answers: Mapping[str, Secret[str]]

    def encoded(self) -> Secret[bytes]:
        """The bytes that are sealed."""
        text = json.dumps(
            {
                "user_name": self.user_name.reveal(),
                "password": self.password.reveal(),
                "totp_seed": self.totp_seed.reveal() if self.totp_seed else None,
                "security_answers": {asked: answer.reveal() for asked, answer in self.security_answers.items()},
            }
        ).encode()
        return Secret(text + b" " * (-len(text) % _PADDED_TO))

    def with_answer(self, question: str, answer: Secret[str]) -> "SignInSecrets":
        """The same with this answer, in place of one to the same question in other capitals or blanks."""
        others = {asked: given for asked, given in self.security_answers.items() if folded(asked) != folded(question)}
        return replace(self, security_answers={**others, " ".join(question.split()): answer})

    @classmethod
    def from_encoded(cls, plaintext: Secret[bytes]) -> "SignInSecrets":
        """Read what `encoded` made; raises `VaultDamaged`."""
        opened = _decoded(plaintext)
        if opened is None:
            raise VaultDamaged("an entry")
        return opened

    def as_credential(self, portal: str, alias: str, version: int) -> Credential:
        """The credential as the sign-in step uses it; raises `SeedNotUnderstood`."""
        return Credential(
            portal=portal,
            alias=alias,
            version=version,
            user_name=self.user_name,
            password=self.password,
            totp=Totp.from_text(self.totp_seed) if self.totp_seed else None,
            security_answers=MappingProxyType(dict(self.security_answers)),
        )


def folded(question: str) -> str:
    """A security question by which it is known again, whatever its capitals, its blanks and its last mark."""
    return " ".join(unicodedata.normalize("NFKC", question).split()).casefold().rstrip(" ?:.")


def checked_name(what: str, name: str) -> str:
    """`name`, if it may stand in logs and in the audit; raises `NameNotAllowed` naming `what` it is."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise NameNotAllowed(what)
    return name


def _decoded(plaintext: Secret[bytes]) -> SignInSecrets | None:
    """None, not an exception, for anything else, so that no traceback holds a frame with the text in the clear."""
    try:
        fields = json.loads(plaintext.reveal())
        return SignInSecrets(
            user_name=Secret(fields["user_name"]),
            password=Secret(fields["password"]),
            totp_seed=Secret(fields["totp_seed"]) if fields["totp_seed"] else None,
            security_answers={asked: Secret(answer) for asked, answer in fields["security_answers"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
