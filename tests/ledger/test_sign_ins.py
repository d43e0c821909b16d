"""Passwords are guessed no more often than the office allows, a code is taken once, and nothing says what was wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session

from ledger import audit, console_accounts, membership, models, second_factors, sign_ins
from ledger.accounts import Actor
from ledger.console_accounts import Entered
from ledger.roles import Role
from ledger.second_factors import SealedSeed
from ledger.sign_in_brake import Braked
from ledger.sign_ins import LockRule
from ledger.start import PASSWORD_HASHERS
from tests.ledger.at_once import at_once
from tests.ledger.office import NOW

PASSWORD, WRONG = "correct horse battery staple", "correct horse battery stable"
RULE = LockRule(failures=5, length=timedelta(minutes=15))


def no_code(seed: SealedSeed) -> int | None:
    """Nobody typed one."""
    return None


@pytest.fixture
def sam(person: Actor) -> Actor:
    membership.add_person("sam", PASSWORD, [Role.BILLER], person, NOW, must_change=False)
    return membership.enter("sam", None, NOW)[1]


def enter(
    password: str = PASSWORD,
    *,
    name: str = "sam",
    code: Callable[[SealedSeed], int | None] = no_code,
    after: timedelta = timedelta(),
    rule: LockRule = RULE,
) -> Entered | None:
    found = sign_ins.sign_in(name, password, code, rule, NOW + after, brake=())
    assert not isinstance(found, Braked)
    return found


def acts(action: str) -> list[tuple[str, str, str]]:
    rows = models.AuditEntry.objects.filter(action=action).order_by("sequence")
    return list(rows.values_list("actor", "object_id", "result"))


def test_a_right_password_opens_and_a_wrong_one_does_not(sam: Actor) -> None:
    assert enter(WRONG) is None
    found = enter()
    assert found is not None
    assert (found.account_id, found.name, found.must_change, found.second_factor) == (
        sam.account_id, "sam", False, False,
    )  # fmt: skip
    assert acts("console.refused") == [("sign-in page", str(sam.account_id), "wrong")]
    assert acts("console.sign-in") == [("sam", str(sam.account_id), "")]


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password(person: Actor) -> None:
    membership.add_person("sam", "caf\u00e9 au lait, please", [], person, NOW, must_change=False)
    assert enter("cafe\u0301 au lait, please") is not None


def test_after_so_many_failures_even_the_right_password_is_refused_for_a_while(sam: Actor) -> None:
    for _ in range(RULE.failures):
        assert enter(WRONG) is None
    assert enter() is None
    assert enter(after=RULE.length - timedelta(seconds=1)) is None
    assert acts("console.locked") == [("sign-in page", str(sam.account_id), "")]
    assert [why for _, _, why in acts("console.refused")] == ["wrong"] * 5 + ["locked"] * 2
    assert enter(after=RULE.length) is not None


def test_after_the_lock_the_count_begins_anew_and_locks_again(sam: Actor) -> None:
    for _ in range(RULE.failures):
        enter(WRONG)
    for _ in range(RULE.failures):
        assert enter(WRONG, after=RULE.length) is None
    assert enter(after=RULE.length) is None
    assert len(acts("console.locked")) == 2


def test_a_right_password_takes_the_count_back(sam: Actor) -> None:
    for _ in range(3):
        for _ in range(RULE.failures - 1):
            enter(WRONG)
        assert enter() is not None
    assert acts("console.locked") == []


def test_an_admin_lets_a_locked_account_be_tried_again(sam: Actor, person: Actor) -> None:
    for _ in range(RULE.failures):
        enter(WRONG)
    console_accounts.unlock("sam", person, NOW)
    assert enter() is not None


def test_a_name_that_nobody_has_costs_as_much_and_is_never_written_down(
    sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []

    class Counting(hashers.MD5PasswordHasher):
        def encode(self, password: str, salt: str) -> str:
            hashed.append(password)
            return super().encode(password, salt)

    monkeypatch.setattr(hashers, "get_hashers", lambda: [Counting()])
    monkeypatch.setattr(hashers, "get_hashers_by_algorithm", lambda: {"md5": Counting()})
    costs = []
    for name in ("sam", "hunter2-typed-here", "robot"):
        hashed.clear()
        assert enter(WRONG, name=name) is None
        costs.append(len(hashed))
    assert costs == [1, 1, 1]
    assert acts("console.refused")[1:] == [("sign-in page", "", "unknown")] * 2
    told = list(models.AuditEntry.objects.values_list())
    assert "hunter2" not in repr(told)


def test_a_locked_account_costs_as_much(sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    models.ConsoleAccess.objects.update(failures=5, locked_until=NOW + timedelta(hours=1))
    made: list[str] = []
    monkeypatch.setattr(sign_ins, "make_password", made.append)
    assert enter() is None
    assert made == [PASSWORD]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_guesses_at_once_only_as_many_are_looked_at_as_are_allowed(sam: Actor) -> None:
    looked_at = at_once(20, lambda _: enter(WRONG))
    assert looked_at == [None] * 20
    outcomes = [why for _, _, why in acts("console.refused")]
    assert (outcomes.count("wrong"), outcomes.count("locked")) == (RULE.failures, 15)
    assert len(acts("console.locked")) == 1
    assert audit.verify().ok


@pytest.mark.django_db(transaction=True)
def test_twenty_failures_at_once_count_twenty(sam: Actor) -> None:
    at_once(20, lambda _: enter(WRONG, rule=LockRule(100, timedelta(minutes=1))))
    assert models.ConsoleAccess.objects.get().failures == 20


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_with_one_code_at_once_one_gets_in(sam: Actor) -> None:
    with_authenticator(sam)
    found = at_once(2, lambda _: enter(code=lambda _: 102))
    assert sorted(one is not None for one in found) == [False, True]


def with_authenticator(sam: Actor) -> None:
    second_factors.confirm(SealedSeed(sam.account_id, b"key", b"seed"), 100, sam, NOW)


def test_with_an_authenticator_a_password_alone_is_not_enough(sam: Actor) -> None:
    with_authenticator(sam)
    assert enter() is None
    found = enter(code=lambda _: 101)
    assert found is not None
    assert found.second_factor


def test_a_code_is_never_taken_twice_nor_one_before_it(sam: Actor) -> None:
    with_authenticator(sam)
    for step, right in ((100, False), (101, True), (101, False), (100, False), (102, True)):
        assert (enter(code=lambda _, step=step: step) is not None) is right, step  # type: ignore[misc] # bound now


def test_wrong_codes_lock_as_wrong_passwords_do_and_a_wrong_password_uses_up_no_code(sam: Actor) -> None:
    with_authenticator(sam)
    asked: list[SealedSeed] = []

    def keep(seed: SealedSeed) -> int | None:
        asked.append(seed)
        return None

    assert enter(WRONG, code=keep) is None
    assert asked == []
    for _ in range(RULE.failures - 1):
        enter(code=keep)
    assert asked[0] == SealedSeed(sam.account_id, b"key", b"seed")
    assert enter(code=lambda _: 101) is None


def test_a_reset_authenticator_is_forgotten_with_its_seed(sam: Actor, person: Actor) -> None:
    with_authenticator(sam)
    before = console_accounts.entered(sam.account_id)
    second_factors.reset_second_factor("sam", person, NOW)
    row = models.ConsoleAccess.objects.get()
    assert (row.wrapped_key, row.sealed, row.confirmed_at, row.last_step) == (None, None, None, None)
    assert before is not None
    assert row.stamp != before.stamp
    assert enter() is not None


def test_a_password_that_somebody_else_set_lapses(person: Actor) -> None:
    membership.add_person("sam", PASSWORD, [], person, NOW, must_change=True)
    found = enter(after=sign_ins.ONE_TIME_PASSWORD_LASTS)
    assert found is not None
    assert found.must_change
    assert enter(after=sign_ins.ONE_TIME_PASSWORD_LASTS + timedelta(seconds=1)) is None


@pytest.mark.parametrize("meanwhile", ["shut out", "another password", "another authenticator"])
def test_what_was_changed_while_the_password_was_looked_at_counts(
    sam: Actor, person: Actor, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    real = hashers.check_password

    def changed(*given: object, **more: object) -> bool:
        match meanwhile:
            case "shut out":
                membership.forbid("sam", person, NOW)
            case "another password":
                console_accounts.set_password("sam", "purple monkey dishwasher", person, NOW, must_change=False)
            case _:
                with_authenticator(sam)
        return real(*given, **more)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(sign_ins, "check_password", changed)
    assert enter() is None


def test_ones_password_asked_again_counts_and_locks_as_at_the_sign_in_page(sam: Actor) -> None:
    assert sign_ins.is_own_password(sam, PASSWORD, RULE, NOW)
    for _ in range(RULE.failures):
        assert not sign_ins.is_own_password(sam, WRONG, RULE, NOW)
    assert not sign_ins.is_own_password(sam, PASSWORD, RULE, NOW)
    assert enter() is None


def test_passwords_kept_in_an_older_way_are_kept_in_the_newest_after_one_use(sam: Actor, settings: object) -> None:
    settings.PASSWORD_HASHERS = [*PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined] # a stand-in
    assert models.Account.objects.get(name="sam").password.startswith("md5$")
    assert enter() is not None
    assert models.Account.objects.get(name="sam").password.startswith("scrypt$")
    assert enter() is not None


def test_sessions_that_have_ended_are_cleared(person: Actor) -> None:
    for key, ends in (("over", NOW - timedelta(seconds=1)), ("lives", NOW + timedelta(seconds=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    assert sign_ins.clear_expired_sessions(NOW) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["lives"]
