"""A secret does not show itself, by whatever way it is printed, logged, copied or compared."""

import copy
import io
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger
from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticSerializationError

from tests.vault.conftest import CANARIES, BrokenAudit, add_canary
from vault.credential import SignInSecrets
from vault.errors import SecretEmpty, SeedNotUnderstood, VaultDamaged
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage
from vault.totp import Totp
from vault.vault import Vault

CANARY = "canary-4711"


@pytest.mark.parametrize("secret", [Secret(CANARY), Secret(CANARY.encode())])
def test_only_reveal_gives_the_value(secret: Secret[str] | Secret[bytes]) -> None:
    assert secret.reveal() in (CANARY, CANARY.encode())
    for shown in (repr(secret), f"{secret!r}", "%r" % secret, repr([secret]), repr({"password": secret})):  # noqa: UP031
        assert CANARY not in shown
        assert "<Secret>" in shown


@pytest.mark.parametrize(
    "show",
    [
        str,
        lambda secret: f"{secret}",
        lambda secret: "%s" % secret,  # noqa: UP031
        "{}".format,
        "{:>20}".format,
        json.dumps,
        lambda secret: json.dumps(secret, default=str),
        pickle.dumps,
        lambda secret: pickle.dumps([secret], protocol=2),
        bytes,
        len,
        list,
        hash,
        vars,
        lambda secret: secret + "",
        lambda secret: sorted([secret, secret]),
    ],
)
def test_becoming_text_raises_so_that_no_mask_is_ever_typed_into_a_form(show: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as refused:
        show(Secret(CANARY))
    assert CANARY not in "".join(traceback.TracebackException.from_exception(refused.value).format())


def test_logs_and_tracebacks_stay_clean() -> None:
    text = io.StringIO()
    plain = logging.Logger("vault-test")
    plain.addHandler(logging.StreamHandler(text))
    secret = Secret(CANARY)
    plain.warning("signing in with %r", secret)
    sink = logger.add(text, diagnose=True, backtrace=True)
    try:
        raise RuntimeError("press failed", secret)
    except RuntimeError as problem:
        logger.exception("failed")
        plain.exception("failed")
        text.write("".join(traceback.TracebackException.from_exception(problem, capture_locals=True).format()))
    finally:
        logger.remove(sink)
    assert "press failed" in text.getvalue()
    assert CANARY not in text.getvalue()


def test_comparing_tells_equal_from_not_equal_only_between_secrets() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    assert Secret("a") != Secret(b"a")


def test_a_secret_does_not_change_and_copies_are_itself() -> None:
    secret = Secret(CANARY)
    with pytest.raises(AttributeError):
        secret.anything = 1
    with pytest.raises(AttributeError):
        del secret.anything  # type: ignore[attr-defined] # the point of the test
    assert copy.copy(secret) is secret
    assert copy.deepcopy(secret) is secret


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(SecretEmpty):
        Secret("")
    with pytest.raises(SecretEmpty):
        Secret(b"")


def test_a_pydantic_model_that_holds_one_does_not_dump_it() -> None:
    class Form(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)
        password: Secret[str]

    form = Form(password=Secret(CANARY))
    assert CANARY not in repr(form)
    assert CANARY not in repr(form.model_dump())
    with pytest.raises(PydanticSerializationError) as refused:
        form.model_dump_json()
    assert CANARY not in str(refused.value)


def test_an_opened_credential_does_not_show_itself(vault: Vault) -> None:
    add_canary(vault)
    credential = vault.credential("national", "main", "sign-in")
    for shown in (repr(credential), str(credential), repr(credential.security_answers), repr(vars(credential))):
        assert not any(canary in shown for canary in CANARIES)
    with pytest.raises(TypeError):
        pickle.dumps(credential)
    with pytest.raises(TypeError):
        pickle.dumps(vault)


def test_no_frame_of_a_failing_vault_holds_a_secret_in_the_clear(
    storage: FileStorage, key_file: KeyFile, vault: Vault
) -> None:
    user_name, password, totp_seed, _ = (Secret(canary) for canary in CANARIES)
    bad_seed = Secret(f"otpauth://totp/x?secret={CANARIES[2]}&digits=99")
    not_base32 = Secret(CANARIES[1] + "!")
    broken = Vault.open(storage, key_file, BrokenAudit())
    payload = Secret(json.dumps({"user_name": CANARIES[0], "password": CANARIES[1]}).encode())

    def shown(fail: Callable[[], object], kind: type[Exception]) -> str:
        with pytest.raises(kind) as failed:
            fail()
        return "".join(traceback.TracebackException.from_exception(failed.value, capture_locals=True).format())

    reports = [
        shown(lambda: broken.add_credential("p", "a", user_name, password, owner="o", totp_seed=totp_seed), OSError),
        shown(lambda: broken.credential("p", "a", "sign-in"), OSError),
        shown(lambda: Totp.from_text(bad_seed), SeedNotUnderstood),
        shown(lambda: Totp.from_text(not_base32), SeedNotUnderstood),
        shown(lambda: SignInSecrets.from_encoded(payload), VaultDamaged),
    ]
    for report in reports:
        assert not any(canary in report for canary in CANARIES)


@given(st.text(min_size=1), st.binary(min_size=1))
def test_a_secret_gives_back_what_it_was_given(text: str, content: bytes) -> None:
    assert Secret(text).reveal() == text
    assert Secret(content).reveal() == content
    assert repr(Secret(text)) == repr(Secret(content)) == "<Secret>"
