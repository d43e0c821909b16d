"""Messages go out once to each target, wait for quiet hours and for servers that are down, and hold nothing secret."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_string
from zoneinfo import ZoneInfo

import pytest

from flows.questions import Flow
from ledger.notifications import Found, Taken
from portalwright.settings import NotifySettings
from portalwright.watching import sending
from portalwright.watching.kinds import AlarmKind
from portalwright.watching.targets import Target, TargetRefused
from portalwright.watching.telling import quiet_until, tell
from tests.portalwright.boards import NOW, PORTAL
from tests.portalwright.sinks import free_port, mail_server, web_server
from vault.secret import Secret

CHICAGO = ZoneInfo("America/Chicago")
MANAGER = frozenset({"manager"})
LATE = Found("late:1", AlarmKind.RUN_LATE, PORTAL, Flow.CLAIM_STATUS, 12)


def target(address: str, name: str = "manager") -> Target:
    return Target(name, Secret(address))


def taken(*told_to: str) -> Taken:
    return Taken(1, LATE, NOW, frozenset(told_to), 1)


def test_a_message_comes_by_mail() -> None:
    with mail_server() as sink:
        to = target(f"mailto://127.0.0.1:{sink.port}?from=robot@example.com&to=manager@example.com&mode=insecure")
        assert sending.kind_of(to) == "E-Mail"
        assert tell(taken(), [to], sending.send) == (MANAGER, True)
    (mail,) = map(message_from_string, sink.got)
    assert mail["To"] == "manager@example.com"
    part = mail.get_payload(0) if mail.is_multipart() else mail
    body = part.get_payload(decode=True).decode()  # type: ignore[union-attr] # text
    assert body.startswith("Practice-national, claim-status: the night's work will not be done in time")
    assert "Found at 2026-03-02 07:00 UTC." in body


def test_a_message_comes_to_a_webhook_without_pictures_or_addresses_of_others() -> None:
    with web_server() as sink:
        assert sending.send(target(f"json://user:secret@127.0.0.1:{sink.port}/hook"), "a subject", "A body.")
    (posted,) = map(json.loads, sink.got)
    assert (posted["title"], posted["message"]) == ("portalwright: a subject", "A body.")
    assert "http" not in sink.got[0]
    assert "secret" not in sink.got[0]


def test_a_server_that_is_down_or_refuses_has_not_taken_it() -> None:
    assert not sending.send(target(f"json://127.0.0.1:{free_port()}/"), "subject", "body")
    assert not sending.send(target(f"mailto://127.0.0.1:{free_port()}?from=a@b.com&to=c@d.com&mode=insecure"), "a", "b")
    with web_server() as sink:
        sink.answers = [503]
        assert not sending.send(target(f"json://127.0.0.1:{sink.port}/"), "subject", "body")


def test_a_webhook_that_points_elsewhere_is_not_followed() -> None:
    with web_server() as sink:
        sink.answers = [307]
        assert not sending.send(target(f"json://127.0.0.1:{sink.port}/"), "subject", "body")
    assert len(sink.got) == 1


def test_only_those_are_sent_to_who_do_not_have_it() -> None:
    sent: list[str] = []

    def send(to: Target, _subject: str, _body: str) -> bool:
        sent.append(to.name)
        return to.name != "pager"

    both = [target("json://127.0.0.1/"), target("json://127.0.0.1/", "pager")]
    assert tell(taken(), both, send) == (MANAGER, False)
    assert tell(taken("manager"), both, send) == (MANAGER, False)
    assert sent == ["manager", "pager", "pager"]
    assert tell(taken("manager"), both[:1], send) == (MANAGER, True)


@pytest.mark.parametrize("address", ["nonsense", "foo://password@host", "http://", "mailto://"])
def test_an_address_that_names_no_service_is_refused_and_never_repeated(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(TargetRefused) as refused:
        sending.kind_of(target(address))
    assert address not in str(refused.value)
    assert not sending.send(target(address), "subject", "body")


QUIET = NotifySettings.model_validate({"quiet-from": "21:00", "quiet-to": "06:30"})
AT: list[tuple[str, str | None]] = [
    ("2026-03-02T20:59", None),
    ("2026-03-02T21:00", "2026-03-03T06:30"),
    ("2026-03-03T00:15", "2026-03-03T06:30"),
    ("2026-03-03T06:29", "2026-03-03T06:30"),
    ("2026-03-03T06:30", None),
    ("2026-03-07T23:00", "2026-03-08T06:30"),
]


@pytest.mark.parametrize(("local", "until"), AT, ids=str)
def test_quiet_hours_are_the_offices_own_over_midnight_and_changes_of_the_clock(local: str, until: str | None) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=CHICAGO).astimezone(UTC)
    ends = quiet_until(QUIET, CHICAGO, at)
    assert ends == (datetime.fromisoformat(until).replace(tzinfo=CHICAGO).astimezone(UTC) if until else None)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = NotifySettings.model_validate({"quiet-from": "12:00", "quiet-to": "13:00"})
    at = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert quiet_until(noon, ZoneInfo("UTC"), at) == at + timedelta(minutes=30)
    assert quiet_until(noon, ZoneInfo("UTC"), at + timedelta(hours=1)) is None
    assert quiet_until(NotifySettings(), CHICAGO, at) is None


def test_no_kind_is_told_without_words_of_its_own() -> None:
    read: list[Callable[[AlarmKind], str]] = [lambda kind: kind.subject, lambda kind: kind.what_to_do]
    for words in read:
        assert all(words(kind) for kind in AlarmKind)
