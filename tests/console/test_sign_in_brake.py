"""Whoever tries names at the sign-in page is told to wait, by where they come from, and the others are not kept out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import Client

from console.application import Application
from console.sign_in.brake import buckets_of, place_of
from ledger import models
from ledger.roles import Role
from ledger.sign_in_brake import EVERY_PLACE
from tests.console.conftest import PASSWORD
from tests.ledger.office import NOW

PROXY, OTHER = "192.0.2.7", "192.0.2.8"


@dataclass
class Clock:
    """A clock that the test moves."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock(application: Application, settings: LazySettings) -> Clock:
    made = Clock(NOW)
    settings.CONSOLE_APPLICATION = replace(application, clock=made)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return made


def attempt(name: str, password: str = "wrong", *, peer: str = PROXY, **headers: str) -> tuple[int, str, str]:
    """Status, Retry-After and what the page says, without what was typed."""
    answer = Client(REMOTE_ADDR=peer, headers=headers).post("/sign-in/", {"name": name, "password": password})
    said = re.search(r'role="alert">([^<]*)<', answer.content.decode())
    return answer.status_code, answer.headers.get("Retry-After", ""), said[1] if said else ""


def close(peer: str = PROXY, **headers: str) -> int:
    """Try names until the page says to wait; how many were looked at."""
    for looked_at in range(500):
        if attempt(f"name{looked_at}", peer=peer, **headers)[0] == 429:
            return looked_at
    raise AssertionError("names can be tried without end")


def test_names_cannot_be_tried_without_end_and_known_ones_are_told_alike(
    clock: Clock, person: Callable[..., str]
) -> None:
    name = person(Role.BILLER)
    assert close() == 30
    told = {attempt(*typed) for typed in (("nobody",), (name,), (name, PASSWORD))}
    assert [(status, wait) for status, wait, _ in told] == [(429, "20")]
    assert "Wait 20 seconds" in next(iter(told))[2]
    assert models.ConsoleAccess.objects.get().failures == 0, "an account does not lock by what was not looked at"


def test_who_shares_the_address_waits_for_seconds_and_others_do_not_wait(
    clock: Clock, person: Callable[..., str]
) -> None:
    name = person(Role.BILLER)
    close()
    assert attempt(name, PASSWORD, peer=OTHER)[0] == 302
    clock.at += timedelta(seconds=19)
    status, wait, said = attempt(name, PASSWORD)
    assert (status, wait, "Wait 1 second, then" in said) == (429, "1", True)
    clock.at += timedelta(seconds=1)
    assert attempt(name, PASSWORD)[0] == 302


def test_no_header_says_where_somebody_comes_from(clock: Clock) -> None:
    for place in range(30):
        attempt("nobody", **{"X-Forwarded-For": f"198.51.100.{place}", "Forwarded": f"for=198.51.100.{place}"})
    assert attempt("nobody", **{"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"})[0] == 429


def test_names_tried_from_everywhere_keep_nobody_from_signing_in_at_the_offices_computer(
    clock: Clock, person: Callable[..., str]
) -> None:
    name = person(Role.BILLER)
    looked_at = [attempt("nobody", peer=f"198.51.100.{place}")[:2] for place in range(150)]
    assert looked_at == [(422, "")] * 120 + [(429, "2")] * 30
    assert attempt(name, PASSWORD, peer=OTHER)[0] == 429
    assert attempt(name, PASSWORD, peer="127.0.0.1")[0] == 302
    assert close("127.0.0.1") == 30


def test_what_is_kept_is_no_address(clock: Clock) -> None:
    attempt("hunter2-typed-here")
    told = repr(list(models.SignInBrake.objects.values_list())) + repr(list(models.AuditEntry.objects.values_list()))
    assert PROXY not in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("127.0.0.1", "::1", True),
        ("127.0.0.1", "127.9.9.9", True),
        ("127.0.0.1", "::ffff:127.0.0.1", True),
        (PROXY, f"::ffff:{PROXY}", True),
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        (PROXY, OTHER, False),
        (PROXY, "127.0.0.1", False),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
        ("", "127.0.0.1", False),
    ],
)
def test_what_counts_as_one_place(one: str, other: str, same: bool) -> None:
    assert (place_of(one) == place_of(other)) is same


def test_without_a_peer_an_entry_counts_as_of_some_other_computer() -> None:
    assert [bucket.key == EVERY_PLACE for bucket in buckets_of(HttpRequest())] == [False, True]
