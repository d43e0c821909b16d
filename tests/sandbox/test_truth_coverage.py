"""The coverage of the truth ledger can be believed: dates and amounts fit, appointments have the answers it says."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from sandbox.clock import Clock
from sandbox.eligibility import EligibilityAnswer, EligibilityQuery, EligibilitySearch, Found, Rejected, SeveralMembers
from sandbox.events import EventLog
from sandbox.person_match import PREFIX_LETTERS
from sandbox.quirks import EVERYWHERE, Quirks
from sandbox.search import Refusal
from sandbox.truth.appointment_scenarios import SCENARIOS
from sandbox.truth.coverage import Appointment, AppointmentAsk
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth
from sandbox.truth.payer_rules import Way

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module", params=[(portal, seed) for portal in EVERYWHERE for seed in (1, 7, 2026)], ids=str)
def truth(request: pytest.FixtureRequest) -> Truth:
    portal, seed = request.param
    return make_truth(seed, 60, TODAY, portal, 60)


def search_of(truth: Truth) -> EligibilitySearch:
    portal, clock = truth.rows[0].portal, Clock(TODAY)
    return EligibilitySearch(portal, truth, clock, Quirks(truth.seed, portal, {}, EventLog(clock)))


def answers(truth: Truth, appointment: Appointment) -> list[EligibilityAnswer]:
    """What the payer says to each of the searches that the office could make for this appointment."""
    search = search_of(truth)
    member_id = appointment.member_id
    if search.rules.member_id == "without-prefix":
        member_id = member_id[PREFIX_LETTERS:]
    whole = EligibilityQuery(
        member_id=member_id,
        last_name=appointment.last_name,
        first_name=appointment.first_name,
        birth_date=appointment.birth_date,
        service_from=appointment.service_from,
        service_to=appointment.service_to,
    )
    return [search.ask(_only(whole, way)) for way in search.rules.ways]


def _only(query: EligibilityQuery, way: Way) -> EligibilityQuery:
    """The form with these fields and the days filled, the others left blank."""
    blank = EligibilityQuery(service_from=query.service_from, service_to=query.service_to)
    return replace(blank, **{name: getattr(query, name) for name in way})


def pairs(truth: Truth) -> list[tuple[Appointment, AppointmentAsk]]:
    return list(zip(truth.appointments, truth.appointment_asks, strict=True))


def test_each_appointment_has_a_number_of_its_own_and_one_expected_answer(truth: Truth) -> None:
    numbers = [appointment.appointment_number for appointment, _ in pairs(truth)]
    assert len(set(numbers)) == len(numbers) == 60
    for appointment, ask in pairs(truth):
        assert appointment.appointment_number == ask.appointment_number
        assert (ask.expect == "ANSWERED") == (ask.coverage is not None)
        assert ask.expect != "NEGATIVE" or ask.rejected


def test_every_member_has_coverage_whose_amounts_and_dates_fit(truth: Truth) -> None:
    assert {coverage.patient for coverage in truth.coverages} == {member.patient for member in truth.members}
    births = {member.patient: member.birth_date for member in truth.members}
    for coverage in truth.coverages:
        for one in coverage.accumulators:
            assert one.total == one.met + one.remaining
            assert min(one.total, one.met, one.remaining) >= 0
            assert one.total == one.total.quantize(one.total)
        assert births[coverage.patient] < coverage.plan_begins or (TODAY - births[coverage.patient]).days < 20 * 365
        for begins, ends in (
            (coverage.plan_begins, coverage.plan_ends),
            *((one.begins, one.ends) for one in coverage.segments),
        ):
            assert ends is None or begins <= ends
        keys = [(one.kind, one.level, one.network) for one in coverage.accumulators]
        assert len(set(keys)) == len(keys)


def test_an_appointment_that_can_be_answered_is_answered_so_by_a_search_the_portal_has(truth: Truth) -> None:
    search = search_of(truth)
    for appointment, ask in pairs(truth):
        if ask.coverage is None:
            continue
        found = []
        for answer in answers(truth, appointment):
            if isinstance(answer, SeveralMembers):
                name = appointment.first_name.upper()
                same = [one for one in answer.members if one.first_name == name]
                assert len(same) == 1, ask.scenario
                found.append(search.open(same[0].patient, answer.first_day, answer.last_day).coverage)
            elif isinstance(answer, Found):
                found.append(answer.coverage)
        assert ask.coverage in found, ask.scenario


def test_what_the_payer_rejects_it_rejects_with_a_code_that_is_foreseen(truth: Truth) -> None:
    for appointment, ask in pairs(truth):
        codes = {answer.code for answer in answers(truth, appointment) if isinstance(answer, Rejected)}
        if ask.expect == "NEGATIVE":
            assert codes == set(ask.rejected), ask.scenario
            for answer in answers(truth, appointment):
                # Three letters of a name may find a namesake, who has another name and another id.
                assert not isinstance(answer, SeveralMembers)
                if isinstance(answer, Found):
                    assert answer.member.member_id != appointment.member_id
                    assert answer.member.last_name != appointment.last_name.upper()
        if ask.scenario == "day outside the window":
            assert codes == set(ask.rejected)
        if ask.scenario == "wrong birth date" and codes and truth.rows[0].portal != "practice-medicaid":
            assert "71" in codes
            assert "58" not in codes


def test_a_question_for_a_person_is_never_answered_with_coverage_that_looks_right(truth: Truth) -> None:
    """Whoever is shown is not the patient asked about, or the page contradicts itself."""
    for appointment, ask in pairs(truth):
        if ask.expect != "NEEDS_STAFF" or ask.scenario in ("last name changed",):
            continue
        for answer in answers(truth, appointment):
            if not isinstance(answer, Found):
                continue
            shown = answer.coverage
            same = (shown.member_id, shown.birth_date) == (appointment.member_id, appointment.birth_date)
            contradicts = any(one.total != one.met + one.remaining for one in shown.accumulators)
            assert contradicts or not same, ask.scenario


def test_differences_are_exactly_those_between_what_office_and_payer_hold(truth: Truth) -> None:
    for appointment, ask in pairs(truth):
        if ask.coverage is None:
            continue
        found = set()
        for field in ("member_id", "plan_name", "group_number"):
            held, theirs = getattr(appointment, field), getattr(ask.coverage, field)
            if held and held != theirs:
                found.add(field)
        if appointment.last_name.upper() != ask.coverage.last_name:
            found.add("last_name")
        if {one.name for one in ask.coverage.other_payers} - {appointment.other_payer.upper()}:
            found.add("other_payer")
        assert found == set(ask.differences), ask.scenario


@pytest.mark.parametrize("portal", EVERYWHERE)
@pytest.mark.parametrize("seed", [3, 5, 11])
def test_every_ordinary_scenario_occurs_among_20_and_every_one_among_40(portal: str, seed: int) -> None:
    for appointments in (20, 40):
        truth = make_truth(seed, 3, TODAY, portal, appointments)
        told = {ask.scenario for ask in truth.appointment_asks}
        here = [one for one in SCENARIOS if portal in one.where]
        assert told >= {one.name for one in here if one.ordinary or appointments == 40}


def test_status_follows_from_the_day_asked_about(truth: Truth) -> None:
    statuses = Counter(ask.coverage.status for ask in truth.appointment_asks if ask.coverage)
    assert {"1", "5", "6", "7"} <= set(statuses)
    for ask in truth.appointment_asks:
        shown = ask.coverage
        if shown is None or shown.status == "not-loaded":
            continue
        within = shown.plan_begins <= shown.first_day and (
            shown.plan_ends is None or shown.plan_ends >= shown.first_day
        )
        if shown.status in ("1", "5"):
            assert within
            assert shown.benefits
        else:
            assert not shown.benefits
            assert not shown.accumulators
            assert shown.payer_to_bill is None
            assert not within or any(one.kind == "spend-down" for one in shown.segments)


def test_a_form_with_too_little_is_refused_by_the_portal_and_a_missing_birth_date_by_the_payer() -> None:
    truth = make_truth(7, 3, TODAY, "practice-contractor")
    search = search_of(truth)
    member = truth.members[0]
    named = EligibilityQuery(member_id=member.member_id, last_name=member.last_name, first_name=member.first_name)
    whole = replace(named, birth_date=member.birth_date)
    assert search.ask(EligibilityQuery(birth_date=member.birth_date)) == Refusal(("more-needed",))
    assert search.ask(named) == Rejected("58")
    assert search.ask(replace(whole, member_id=f"{member.member_id} ")) == Refusal(("bad-member-id",))
    assert isinstance(search.ask(whole), Found)
    assert search.unreadable("birth_date") == Rejected("58")
    assert search.unreadable("service_date") == Rejected("57")


def test_58_is_not_71() -> None:
    """71 when one person was located with another birth date, 58 when nobody single was (X12's ruling)."""
    truth = make_truth(7, 3, TODAY, "practice-national", 40)
    search = search_of(truth)
    codes = {}
    for row, ask in pairs(truth):
        query = EligibilityQuery(member_id=row.member_id, birth_date=row.birth_date, service_from=row.service_from)
        answer = search.ask(query)
        if isinstance(answer, Rejected):
            codes[ask.scenario] = answer.code
    assert (codes["wrong birth date"], codes["birth date of nobody"]) == ("71", "58")


def test_benefits_that_are_not_loaded_say_neither_active_nor_inactive() -> None:
    truth = make_truth(7, 3, TODAY, "practice-multipayer")
    clock = Clock(TODAY)
    die = Quirks(7, "practice-multipayer", {"benefits-not-loaded": 1.0}, EventLog(clock))
    search = EligibilitySearch("practice-multipayer", truth, clock, die)
    member = truth.members[0]
    found = search.open(member.patient, TODAY, TODAY)
    assert (found.coverage.status, found.coverage.benefits, found.coverage.accumulators) == ("not-loaded", (), ())
    assert found.coverage.messages
    noted = [dict(event.details) for event in die.events.since() if event.kind == "quirk"]
    assert noted == [{"name": "benefits-not-loaded", "member": member.patient}]
