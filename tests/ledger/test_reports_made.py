"""A report is made once, whoever asks; the newest is shown, what failed never, and old ones do not pile up."""

from datetime import date, timedelta

import pytest

from ledger import models, reports_made
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import NotThere
from ledger.reports_made import WantedReport
from tests.ledger.office import NOW

DENIALS = WantedReport(name="denials")
OF_FEBRUARY = WantedReport(name="denials", since=date(2026, 2, 1), until=date(2026, 2, 28))
SOON = timedelta(minutes=1)


def test_two_who_ask_at_once_have_it_made_once(person: Actor) -> None:
    number, ours = reports_made.ask(DENIALS, person, NOW)
    assert ours
    assert reports_made.ask(DENIALS, person, NOW + SOON) == (number, False)
    assert reports_made.ask(OF_FEBRUARY, person, NOW + SOON)[1], "of other days it is another report"
    waiting = reports_made.under_way(person.practice_id, DENIALS, NOW + SOON)
    assert waiting is not None
    assert (waiting.id, waiting.asked_by) == (number, person.name)


def test_one_whose_process_went_away_is_begun_again(person: Actor) -> None:
    lost, _ = reports_made.ask(DENIALS, person, NOW)
    late = NOW + timedelta(minutes=16)
    assert reports_made.under_way(person.practice_id, DENIALS, late) is None
    number, ours = reports_made.ask(DENIALS, person, late)
    assert ours
    assert number != lost
    reports_made.finish(person.practice_id, lost, "{}", late)
    assert reports_made.newest(person.practice_id, DENIALS) is None, "the lost one comes too late"


def test_the_newest_is_shown_and_a_failure_only_told(person: Actor) -> None:
    number, _ = reports_made.ask(DENIALS, person, NOW)
    assert reports_made.newest(person.practice_id, DENIALS) is None
    reports_made.finish(person.practice_id, number, '{"a":1}', NOW + SOON)
    found = reports_made.newest(person.practice_id, DENIALS)
    assert found is not None
    assert (found.content, found.row.made_at, found.row.asked_by) == ('{"a":1}', NOW + SOON, person.name)
    assert reports_made.newest_of_each(person.practice_id) == {"denials": NOW + SOON}
    failed, _ = reports_made.ask(DENIALS, person, NOW + 2 * SOON)
    reports_made.finish(person.practice_id, failed, None, NOW + 3 * SOON)
    assert reports_made.newest(person.practice_id, DENIALS) == found
    last = reports_made.last(person.practice_id, DENIALS)
    assert last is not None
    assert (last.id, last.failed) == (failed, True)
    assert [row.id for row in reports_made.history(person.practice_id, "denials")] == [number]
    with pytest.raises(NotThere):
        reports_made.get(person.practice_id, failed)


def test_sixty_of_each_report_are_kept(person: Actor) -> None:
    for minute in range(62):
        at = NOW + minute * SOON
        number, _ = reports_made.ask(DENIALS, person, at)
        reports_made.finish(person.practice_id, number, "{}", at)
    assert models.ReportMade.objects.count() == 60
    assert reports_made.get(person.practice_id, number).row.made_at == NOW + 61 * SOON


def test_another_practice_has_none_of_it(person: Actor) -> None:
    number, _ = reports_made.ask(DENIALS, person, NOW)
    stranger = ensure_account(
        "stranger", is_robot=False, practice=ensure_practice("Another Practice", "987654321", ()), now=NOW
    )
    reports_made.finish(stranger.practice_id, number, "{}", NOW)
    assert reports_made.ask(DENIALS, stranger, NOW)[1]
    reports_made.finish(person.practice_id, number, "{}", NOW)
    assert reports_made.newest(stranger.practice_id, DENIALS) is None
    with pytest.raises(NotThere):
        reports_made.get(stranger.practice_id, number)
