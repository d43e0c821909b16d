"""One-time codes are those of the standards, and none is used twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.errors import SeedNotUnderstood
from vault.secret import Secret
from vault.totp import Totp

SEED = b"12345678901234567890"
SEEDS = {
    "SHA1": SEED,
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
RFC_4226_APPENDIX_D = [
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
]
RFC_6238_APPENDIX_B = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
INSTANTS = st.integers(0, 7 * 10**15).map(lambda microseconds: instant(microseconds / 10**6))


def instant(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(("step", "code"), list(enumerate(RFC_4226_APPENDIX_D)))
def test_codes_are_those_of_rfc_4226(step: int, code: str) -> None:
    assert Totp(Secret(SEED)).code_of(step).reveal() == code


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), RFC_6238_APPENDIX_B)
def test_codes_are_those_of_rfc_6238(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    for algorithm, code in (("SHA1", sha1), ("SHA256", sha256), ("SHA512", sha512)):
        totp = Totp(Secret(SEEDS[algorithm]), digits=8, algorithm=algorithm)
        assert totp.code_at(instant(seconds)).reveal() == code


@pytest.mark.parametrize(
    "text",
    [
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        " GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ\n",
        "otpauth://totp/Payer:user?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Payer",
    ],
)
def test_a_seed_is_understood_however_the_portal_writes_it(text: str) -> None:
    assert Totp.from_text(Secret(text)) == Totp(Secret(SEED))


def test_an_address_may_ask_for_other_codes() -> None:
    text = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=sha-256&digits=8&period=60"
    assert Totp.from_text(Secret(text)) == Totp(Secret(SEED), digits=8, period=60, algorithm="SHA256")


@pytest.mark.parametrize(
    "text",
    [
        "not base32 1890",
        "JBSWY3DP",
        "A",
        " ",
        "ÄÖÜ",
        "otpauth://totp/x",
        "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=5",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=six",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=0",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=MD5",
        "otpauth://[/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ],
)
def test_a_seed_that_is_not_understood_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SeedNotUnderstood) as refused:
        Totp.from_text(Secret(text))
    assert "GEZD" not in str(refused.value)


def test_a_code_never_shows_itself() -> None:
    totp = Totp(Secret(SEED))
    assert totp.code_of(0).reveal() not in repr((totp, totp.code_of(0)))


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Totp(Secret(SEED)).step_of(datetime(2026, 1, 1))  # noqa: DTZ001 # the point of the test


def test_a_code_is_not_used_twice_in_its_window() -> None:
    totp = Totp(Secret(SEED))
    assert totp.next_fresh_step(None, instant(65)) == 2
    assert totp.next_fresh_step(1, instant(65)) == 2
    assert totp.next_fresh_step(2, instant(65)) == 3
    assert totp.seconds_until_step(3, instant(65)) == 25.0
    assert totp.next_fresh_step(7, instant(65)) == 8, "a clock set back does not make a used code fresh"


@given(INSTANTS, st.integers(1, 3600), st.none() | st.integers(0, 10**10))
def test_the_next_fresh_step_is_never_past_and_never_used(now: datetime, period: int, last: int | None) -> None:
    totp = Totp(Secret(SEED), period=period)
    fresh = totp.next_fresh_step(last, now)
    assert fresh >= totp.step_of(now)
    assert last is None or fresh > last
    left = totp.seconds_until_next_step(now)
    assert 0 < left <= period
    assert totp.step_of(now + timedelta(seconds=left)) == totp.step_of(now) + 1
