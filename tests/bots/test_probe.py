"""A probe sees that a portal is what its pack says, says so once, and lets no run begin where it is not."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bots.browser import BrowserHost
from bots.probe import GOOD_FOR, Probed, Probing
from bots.probe_nobody import nobody_like
from flows.outcomes import Code
from flows.portal import Means
from flows.questions import Claim, ClaimStatus, Patient, Provider
from ledger import answers, cases, probes, work
from packs.models import Pack
from tests.bots.night import PORTAL, Night, night
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=12) as started:
        yield started


@pytest.fixture
async def office(portal: PracticePortal, host: BrowserHost, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, portal, browser=host) as opened:
        yield opened


def searches(office: Night) -> int:
    return sum(event["kind"] == "search" for event in office.portal.events())


def renamed(pack: Pack, view: str, element: str, old: str, new: str) -> Pack:
    """The pack with another text in one element's ways: as if the portal had changed, the other way round."""
    elements = dict(pack.views[view].elements)
    text = elements[element].model_dump_json()
    assert old in text
    elements[element] = type(elements[element]).model_validate_json(text.replace(old, new))
    views = {**pack.views, view: pack.views[view].model_copy(update={"elements": elements})}
    return pack.model_copy(update={"views": views})


def passed(probed: Probed | None) -> Probed:
    assert probed is not None
    assert probed.passed, probed
    return probed


async def test_a_probe_opens_each_search_asks_for_nobody_and_takes_no_question(office: Night) -> None:
    report = await office.run(probing=Probing.ONLY)
    assert (report.why, report.signed_out) == ("probed", True)
    told = {checked.what: checked.result for checked in passed(report.probed).checks}
    assert told["claim-search"].startswith("finds nobody")
    assert told["claim-search-by-name"].startswith("finds nobody")
    assert "view claim-search" in told
    assert told["known answer"].startswith("none known yet")
    counts = await office.counts()
    assert (counts.ready, counts.total) == (12, 12)
    assert office.presses() == ["accepted"]
    assert "detail" not in {event["kind"] for event in office.portal.events()}


async def test_a_claim_with_a_final_answer_is_asked_again_and_compared(office: Night) -> None:
    await office.run()
    before = await office.call(lambda: list(answers.list_current(office.person.practice_id, portal=office.name)))
    report = await office.run(probing=Probing.ONLY)
    known = [checked for checked in passed(report.probed).checks if checked.what == "known answer"]
    assert [checked.result for checked in known] == ["same number, same charge, a final status"]
    # What the probe saw is no new answer.
    assert (
        await office.call(lambda: list(answers.list_current(office.person.practice_id, portal=office.name))) == before
    )


async def test_a_run_probes_first_and_not_again_for_a_day(office: Night) -> None:
    first = await office.run(probing=Probing.WHEN_DUE, limit=1)
    passed(first.probed)
    second = await office.run(probing=Probing.WHEN_DUE, limit=1)
    assert second.probed is None
    await office.clock.sleep(GOOD_FOR.total_seconds())
    third = await office.run(probing=Probing.WHEN_DUE, limit=1)
    passed(third.probed)


async def test_another_version_of_the_pack_is_probed_by_itself(office: Night) -> None:
    await office.run(probing=Probing.ONLY)
    other = office.work.pack.model_copy(update={"version": "another"})
    assert (await office.run(probing=Probing.WHEN_DUE, limit=1)).probed is None
    passed((await office.run(pack=other, probing=Probing.WHEN_DUE, limit=1)).probed)


async def test_a_run_does_not_begin_where_the_probe_fails_and_makes_one_case(office: Night) -> None:
    changed = renamed(office.work.pack, "claim-search", "member_id", "Member ID", "Subscriber number")
    for _ in range(2):
        report = await office.run(pack=changed, probing=Probing.WHEN_DUE)
        assert report.stopped is not None
        assert (report.stopped.code, report.stopped.view) == (Code.TECH_LAYOUT, "claim-search")
        assert report.probed is not None
        assert not report.probed.passed
        assert not report.by_ending
    opened = await office.call(cases.list_open, office.person.practice_id, office.name)
    assert [(case.code, case.view, case.times) for case in opened] == [(Code.TECH_LAYOUT, "claim-search", 2)]
    counts: work.Counts = await office.counts()
    assert (counts.ready, counts.parked) == (12, 0)
    assert searches(office) == 0


async def test_what_the_last_probe_said_counts(office: Night) -> None:
    await office.run(probing=Probing.ONLY)
    version, flow = office.work.pack.version, office.work.flow
    assert await office.call(probes.last_passed, office.name, flow, office.person.practice_id, version) is not None
    changed = renamed(office.work.pack, "claim-search", "member_id", "Member ID", "Subscriber number")
    await office.run(pack=changed, probing=Probing.ONLY)
    assert await office.call(probes.last_passed, office.name, flow, office.person.practice_id, version) is None


async def test_a_changed_marker_of_nothing_found_is_seen_before_a_claim_is_called_not_found(office: Night) -> None:
    changed = renamed(office.work.pack, "member-not-found", "message", "Member not found", "No such member")
    quick = changed.limits.model_copy(update={"answer_seconds": 3.0})
    report = await office.run(pack=changed.model_copy(update={"limits": quick}), probing=Probing.WHEN_DUE)
    assert report.stopped is not None
    assert report.stopped.code is Code.TECH_LAYOUT
    assert not report.by_ending


async def test_a_search_that_does_not_say_that_it_found_nobody_fails_the_probe(office: Night) -> None:
    pack = office.work.pack
    form = pack.forms["claim-search"]
    outcomes = [
        next_.model_copy(update={"means": Means.TOO_MANY}) if next_.means is Means.NOT_FOUND else next_
        for next_ in form.outcomes
    ]
    forms = {**pack.forms, "claim-search": form.model_copy(update={"outcomes": tuple(outcomes)})}
    report = await office.run(pack=pack.model_copy(update={"forms": forms}), probing=Probing.ONLY)
    assert report.probed is not None
    assert report.probed.failed is not None
    assert "somebody who does not exist" in report.probed.failed.what


async def test_a_known_claim_that_is_read_otherwise_fails_the_probe(office: Night) -> None:
    await office.run()
    swapped = [
        row.model_copy(update={"code": "P1"}) if row.code.startswith("F") else row
        for row in office.work.pack.maps["status"]
    ]
    changed = office.work.pack.model_copy(update={"maps": {**office.work.pack.maps, "status": tuple(swapped)}})
    report = await office.run(pack=changed, probing=Probing.ONLY)
    assert report.probed is not None
    assert not report.probed.passed


async def test_a_portal_that_is_down_fails_no_probe(office: Night) -> None:
    office.portal.faults(maintenance=True)
    report = await office.run(probing=Probing.ONLY)
    assert (report.probed, report.waits) == (None, True)
    assert await office.call(cases.list_open, office.person.practice_id, office.name) == ()


def test_nobody_has_the_shape_of_a_real_question_and_exists_nowhere() -> None:
    question = ClaimStatus(
        portal="portal",
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=Patient(member_id="X1Z12-34A", last_name="Doe", first_name="Jo", birth_date=date(1980, 2, 3)),
        claim=Claim(
            patient_account_number="A1",
            payer_claim_number="26AB9",
            service_from=date(2026, 9, 1),
            service_to=date(2026, 9, 2),
            billed=Decimal("12.50"),
        ),
    )
    nobody = nobody_like(question, 3, date(2026, 11, 22))
    assert isinstance(nobody, ClaimStatus)
    assert nobody.patient.member_id == "X1Z00-00A"
    assert nobody.claim.payer_claim_number == "00AB0"
    assert (nobody.patient.last_name, nobody.patient.birth_date) == ("Nobody", date(1901, 1, 1))
    assert (nobody.claim.service_from, nobody.provider) == (question.claim.service_from, question.provider)
    numberless = nobody_like(replace_number(question), 0, date(2026, 11, 22))
    assert isinstance(numberless, ClaimStatus)
    assert numberless.claim.payer_claim_number is None


def replace_number(question: ClaimStatus) -> ClaimStatus:
    return question.model_copy(update={"claim": question.claim.model_copy(update={"payer_claim_number": None})})
