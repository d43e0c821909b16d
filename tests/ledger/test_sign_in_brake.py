"""Names cannot be tried without end: a place's wrong entries count whatever their names, and so do all places'."""

from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import membership, models, portable, sign_in_brake, sign_ins
from ledger.accounts import Actor
from ledger.console_accounts import Entered
from ledger.sign_in_brake import EVERY_PLACE, Braked, Bucket
from ledger.sign_ins import LockRule
from tests.ledger.at_once import at_once
from tests.ledger.office import NOW

PASSWORD, WRONG = "correct horse battery staple", "correct horse battery stable"
RULE = LockRule(failures=100, length=timedelta(minutes=15))
EACH, BURST = timedelta(seconds=20), 4
HERE, THERE = Bucket("here", BURST, EACH), Bucket("there", BURST, EACH)
ALL = Bucket(EVERY_PLACE, 6, timedelta(seconds=2))


@pytest.fixture
def sam(person: Actor) -> Actor:
    membership.add_person("sam", PASSWORD, [], person, NOW, must_change=False)
    return membership.enter("sam", None, NOW)[1]


def enter(
    password: str = WRONG,
    *,
    name: str = "nobody",
    brake: tuple[Bucket, ...] = (HERE, ALL),
    after: timedelta = timedelta(),
    rule: LockRule = RULE,
) -> Entered | Braked | None:
    return sign_ins.sign_in(name, password, lambda _: None, rule, NOW + after, brake=brake)


def acts(action: str) -> list[tuple[str, str, str]]:
    rows = models.AuditEntry.objects.filter(action=action).order_by("sequence")
    return list(rows.values_list("object_type", "object_id", "result"))


def kept() -> set[str]:
    return set(models.SignInBrake.objects.values_list("key", flat=True)) - {EVERY_PLACE}


@pytest.mark.parametrize("name", ["nobody", "sam"])
def test_after_so_many_wrong_entries_from_a_place_no_name_is_looked_at(
    sam: Actor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(BURST):
        assert enter(name=name if place % 2 else f"{name}{place}") is None

    def hashed(*_: object, **__: object) -> bool:
        raise AssertionError("a password was hashed")

    monkeypatch.setattr(sign_ins, "make_password", hashed)
    monkeypatch.setattr(sign_ins, "check_password", hashed)
    assert [enter(name=one) for one in ("nobody", "else", "sam", "robot")] == [Braked(EACH)] * 4
    assert enter(PASSWORD, name="sam") == Braked(EACH)
    assert enter(after=timedelta(seconds=19)) == Braked(timedelta(seconds=1))


def test_one_more_is_looked_at_each_while_and_all_of_them_after_a_rest(sam: Actor) -> None:
    for _ in range(BURST):
        enter()
    assert enter(after=EACH) is None
    assert enter(after=EACH) == Braked(EACH)
    assert isinstance(enter(PASSWORD, name="sam", after=2 * EACH), Entered)
    rested = (BURST + 1) * EACH
    assert [enter(after=rested) for _ in range(BURST + 1)] == [*[None] * BURST, Braked(EACH)]


def test_another_place_is_not_braked_with_it_but_all_of_them_together_are(sam: Actor) -> None:
    for _ in range(BURST):
        enter()
    assert isinstance(enter(PASSWORD, name="sam", brake=(THERE, ALL)), Entered)
    assert [enter(brake=(THERE, ALL)) for _ in range(3)] == [None, None, Braked(ALL.each)]
    third = Bucket("third", BURST, EACH)
    assert enter(brake=(third, ALL)) == Braked(ALL.each)
    assert isinstance(enter(PASSWORD, name="sam", brake=(third,)), Entered), "not counted over all"
    assert kept() == {"here", "there", "third"}


def test_a_right_entry_does_not_count(sam: Actor) -> None:
    for _ in range(3 * BURST):
        assert isinstance(enter(PASSWORD, name="sam"), Entered)
    assert [enter() for _ in range(BURST + 1)] == [*[None] * BURST, Braked(EACH)]


def test_that_it_closed_is_told_once_and_what_came_meanwhile_not_at_all(sam: Actor) -> None:
    for _ in range(BURST + 20):
        enter()
    for late in range(1, 10):
        assert enter(after=late * EACH) is None
        assert isinstance(enter(after=late * EACH), Braked)
    assert acts("console.brake") == [("place", "here", "closed")]
    assert len(acts("console.refused")) == BURST + 9
    again = timedelta(hours=1)
    for _ in range(BURST + 20):
        enter(after=again)
    assert acts("console.brake") == [("place", "here", "closed")] * 2


def test_that_all_places_together_closed_it_is_told_as_well(sam: Actor) -> None:
    for place in range(20):
        enter(brake=(Bucket(f"place{place}", BURST, EACH), ALL))
    assert acts("console.brake") == [("desk", "", "closed")]


def test_what_is_kept_is_bounded_and_forgotten_when_the_bucket_is_full_again(sam: Actor) -> None:
    rounds = [timedelta(seconds=step) for step in range(60)]
    most = 0
    for now in rounds:
        for place in range(10):
            enter(brake=(Bucket(f"{now.seconds}-{place}", BURST, EACH), ALL), after=now)
        most = max(most, len(kept()))
    assert most <= ALL.burst + EACH / ALL.each
    sign_in_brake.forget(NOW + rounds[-1] + EACH)
    assert kept() == set()


def test_neither_the_name_nor_the_password_that_was_typed_is_kept(sam: Actor) -> None:
    for _ in range(BURST + 3):
        enter("typed-as-password", name="hunter2-typed-as-name")
    rows = b"".join(portable.write_rows("default"))
    assert b"here" in rows
    assert b"hunter2" not in rows
    assert b"typed-as-password" not in rows


def test_a_known_name_and_an_unknown_one_cost_the_same(sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many hashes and transactions, and none without something written: a commit takes longer than many reads."""
    hashed: list[str] = []
    monkeypatch.setattr(hashers, "get_hashers", lambda: [_Counting(hashed)])
    monkeypatch.setattr(hashers, "get_hashers_by_algorithm", lambda: {"md5": _Counting(hashed)})
    locked = LockRule(failures=1, length=timedelta(hours=1))
    costs = []
    for name, rule in (("nobody", RULE), ("sam", RULE), ("sam", locked), ("sam", locked)):
        enter(name="else")  # the rows of the brake are there
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            enter(name=name, rule=rule, brake=(Bucket("here", 50, EACH), Bucket(EVERY_PLACE, 50, EACH)))
        writes = [one["sql"].split()[0] for one in asked if one["sql"].split()[0] in {"SAVEPOINT", "BEGIN"}]
        costs.append((len(hashed), len(writes)))
    assert len(set(costs)) == 1, costs
    assert costs[0][0] == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_are_looked_at_than_the_brake_lets_through(sam: Actor) -> None:
    found = at_once(20, lambda _: enter(brake=(HERE, Bucket(EVERY_PLACE, 100, EACH))))
    assert found.count(None) == BURST
    assert len(acts("console.refused")) == BURST
    assert acts("console.brake") == [("place", "here", "closed")]


@pytest.mark.django_db(transaction=True)
def test_right_and_wrong_entries_at_once_wait_for_each_other_and_for_nobody_for_good(sam: Actor) -> None:
    large = tuple(Bucket(key, 100, EACH) for key in ("here", EVERY_PLACE))
    typed = [PASSWORD, WRONG] * 10
    found = at_once(20, lambda _: enter(typed.pop(), name="sam", brake=large))
    assert found.count(None) == 10
    here = models.SignInBrake.objects.get(key="here")
    assert here.free_at == NOW + 10 * EACH


def test_after_the_clock_was_set_back_nobody_waits_longer(sam: Actor) -> None:
    for _ in range(BURST):
        enter(after=timedelta(hours=2))
    assert enter(after=timedelta(hours=2)) == Braked(EACH)
    assert enter() is None
    models.SignInBrake.objects.update(free_at=NOW + timedelta(days=9))
    with transaction.atomic():
        assert sign_in_brake.take((THERE,), NOW) is None
    assert kept() == {"there"}


class _Counting(hashers.MD5PasswordHasher):
    def __init__(self, hashed: list[str]) -> None:
        self._hashed = hashed

    def encode(self, password: str, salt: str) -> str:
        self._hashed.append(password)
        return super().encode(password, salt)
