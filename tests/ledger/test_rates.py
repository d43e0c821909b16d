"""No more look-ups a minute at a portal than it allows, whoever asks: any lane, any process, any clock."""

from datetime import timedelta

import pytest

from ledger import models, rates
from tests.ledger.at_once import at_once
from tests.ledger.office import NOW, PORTAL

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_a_hundred_look_ups_of_two_lanes_take_as_long_as_the_portal_says() -> None:
    now, made = [NOW, NOW], []
    for number in range(100):
        lane = number % 2
        now[lane] += rates.reserve(PORTAL, 30, now[lane])
        made.append(now[lane])
    assert timedelta(minutes=3) < made[-1] - NOW <= timedelta(minutes=3, seconds=20)
    for first, last in zip(made, made[31:], strict=False):
        assert last - first >= timedelta(minutes=1) - rates.burst(30) * SECOND * 2


@pytest.mark.django_db
def test_after_a_rest_a_few_look_ups_follow_at_once_and_no_more() -> None:
    assert rates.burst(60) == 5
    for at in (NOW, NOW + timedelta(hours=1)):
        waits = [rates.reserve(PORTAL, 60, at) for _ in range(7)]
        assert waits == [timedelta()] * 5 + [SECOND, 2 * SECOND]


@pytest.mark.django_db
def test_each_portal_has_a_bucket_of_its_own_and_each_look_up_pays_at_its_own_rate() -> None:
    assert rates.reserve(PORTAL, 1, NOW) == timedelta()
    assert rates.reserve("another", 1, NOW) == timedelta()
    assert rates.reserve(PORTAL, 2, NOW) == timedelta(minutes=1)
    assert rates.reserve(PORTAL, 1, NOW) == timedelta(minutes=1, seconds=30)


@pytest.mark.django_db
def test_a_clock_that_was_set_back_stalls_nobody_and_lets_nobody_rush() -> None:
    for _ in range(7):
        rates.reserve(PORTAL, 60, NOW)
    earlier = NOW - timedelta(hours=5)
    assert rates.reserve(PORTAL, 60, earlier) == 3 * SECOND
    assert rates.reserve(PORTAL, 60, earlier + 3 * SECOND) == SECOND


@pytest.mark.django_db
def test_computers_whose_clocks_differ_a_little_share_one_bucket() -> None:
    ahead = timedelta(seconds=30)
    for _ in range(5):
        rates.reserve(PORTAL, 60, NOW + ahead)
    assert rates.reserve(PORTAL, 60, NOW) == ahead + SECOND


@pytest.mark.django_db(transaction=True)
def test_of_look_ups_that_come_at_the_same_moment_each_gets_a_turn_of_its_own() -> None:
    together, each = 6, 8
    for waits in at_once(together, lambda _: [rates.reserve(PORTAL, 6000, NOW) for _ in range(each)]):
        assert waits == sorted(waits)
    bucket = models.RateBucket.objects.get(portal=PORTAL)
    assert bucket.free_at - NOW == timedelta(minutes=1) / 6000 * together * each
