"""A short excerpt of the soak at every practice portal with all its quirks, and the judge held against known faults."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bots.browser import BrowserHost
from documents.remittance_835 import remittances
from flows.answers import Answer, Normalised, RemittancesListed
from flows.coverage import Coverage, CoverageStatus, Member
from flows.outcomes import Ending
from flows.questions import Period, Provider, Question, Remittances
from flows.remittance import Remittance
from ledger.answers import AnswerRecord
from packs.models import Lockout
from sandbox.quirks import CONTRACTOR, EVERYWHERE
from sandbox.remit_835 import Style, interchange
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth as PayerTruth
from tests.ledger.visits import visit
from tests.soak.cell import CellResult, Task, run_cell
from tests.soak.jobs import DAYS, judge_coverages, judge_payments
from tests.soak.oracle import hidden_at_every_search, judge_manners
from tests.soak.table import Cell, failures, summary
from tests.soak.watch import Used

EXCERPT = 5
TOUCHLESS = 0.8
"""With so few questions one that is a person's weighs much; the whole soak asks for more."""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "portal", [name if name == CONTRACTOR else pytest.param(name, marks=pytest.mark.long) for name in EVERYWHERE]
)
async def test_with_ten_times_the_quirks_nothing_is_wrong_lost_or_locked(
    portal: str, host: BrowserHost, tmp_path: Path
) -> None:
    result = await run_cell(Task(portal, "x10", EXCERPT, 5), tmp_path, browser=host)
    cell = Cell(task=result.task, result=result, used=Used(0, 0), left_over=0, seconds=0)
    assert [line for line in failures([cell]) if "touchless" not in line] == []
    assert result.touchless >= TOUCHLESS, result
    assert result.questions == EXCERPT
    assert result.quirks


def event(kind: str, second: int = 0, **details: Any) -> dict[str, Any]:
    return {"kind": kind, "at": f"2026-11-22T07:00:{second:02}+00:00", **details}


def press(result: str, second: int = 0, kind: str = "password_press") -> dict[str, Any]:
    return event(kind, second, result=result)


LOCKOUT = Lockout(attempts=3, code_attempts=5, window_hours=24)


@pytest.mark.parametrize(
    ("presses", "over"),
    [
        ([press("accepted")] * 9, 0),
        ([press("rejected")], 0),
        ([press("rejected"), press("accepted")], 0),
        ([press("rejected"), press("rejected")], 1),
        ([press("rejected"), press("accepted"), press("rejected"), press("locked")], 2),
        ([press("rejected", kind="code_press")] * 3, 0),
        ([press("rejected", kind="code_press")] * 4, 1),
        ([press("rejected"), press("rejected", kind="code_press")], 0),
    ],
)
def test_each_unaccepted_press_above_the_budget_is_counted(presses: list[dict[str, Any]], over: int) -> None:
    assert judge_manners(presses, LOCKOUT).over_budget == over


def test_presses_that_the_portal_has_forgotten_no_longer_count() -> None:
    presses = [press("rejected"), press("rejected") | {"at": "2026-11-23T07:00:01+00:00"}]
    assert judge_manners(presses, LOCKOUT).over_budget == 0
    short = LOCKOUT.model_copy(update={"window_hours": 48})
    assert short.window == timedelta(hours=48)
    assert judge_manners(presses, short).over_budget == 1


def test_lock_outs_and_requests_that_came_too_early_are_counted() -> None:
    events = [
        press("locked"),
        event("throttled", retry_after=60, early=False),
        event("throttled", retry_after=30, early=True),
    ]
    manners = judge_manners(events, LOCKOUT)
    assert (manners.lockouts, manners.early) == (1, 1)


@pytest.mark.parametrize(
    ("kinds", "hidden"),
    [
        (["search", "delay"], {"A"}),
        (["search", "delay", "search", "delay"], {"A"}),
        (["search", "delay", "search"], set()),
        (["search", "delay", "nobody", "search", "delay", "nobody"], {"A"}),
        (["search", "delay", "nobody", "search"], set()),
        (["nobody"], set()),
        (["search"], set()),
        ([], set()),
    ],
)
def test_not_found_is_excused_only_when_no_search_could_have_shown_the_claim(
    kinds: list[str], hidden: set[str]
) -> None:
    made = {
        "search": event("search", found=0),
        "nobody": event("search", found=None),
        "delay": event("quirk", name="load-delay", payer_claim_number="A"),
    }
    assert hidden_at_every_search([made[kind] for kind in kinds]) == hidden


def cell(**changes: Any) -> Cell:
    facts: dict[str, Any] = dict.fromkeys(CellResult.__dataclass_fields__, 0)
    facts |= {name: {} for name in ("defects", "person", "cases", "endings", "run_endings", "quirks", "left")}
    facts |= {"task": Task("practice-national", "field", 100, 1), "questions": 100, "wrong": ()}
    facts |= {"resolvable": 90, "resolved": 90, **changes}
    return Cell(task=facts["task"], result=CellResult(**facts), used=Used(1.0, 2.0), left_over=0, seconds=3.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"wrong": ("paid: billed",)},
        {"lost": 1},
        {"lockouts": 1},
        {"presses_over_budget": 1},
        {"early": 1},
        {"resolved": 88},
        {"defects": {"KeyError: 'x'": 1}},
    ],
)
def test_whatever_is_not_as_promised_fails_the_soak(changes: dict[str, Any]) -> None:
    assert failures([cell()]) == []
    assert len(failures([cell(**changes)])) == 1


def test_a_cell_that_crashed_or_left_a_process_fails_the_soak_and_has_lost_its_questions() -> None:
    crashed = Cell(Task("practice-national", "x10", 100, 1), None, Used(1.0, 2.0), left_over=2, seconds=3.0)
    assert len(failures([crashed])) == 2
    assert summary([crashed])["runs"][0]["lost"] == 100


def test_the_last_line_says_what_the_issue_asks_for() -> None:
    assert summary([cell(wrong=("paid: billed",))]) == {
        "runs": [
            {
                "portal": "practice-national",
                "quirks": "field",
                "questions": 100,
                "touchless": 1.0,
                "wrong": 1,
                "lockouts": 0,
                "presses_over_budget": 0,
                "lost": 0,
                "leftover_processes": 0,
            }
        ],
        "wrong": 1,
    }


def test_a_result_goes_from_process_to_process_unchanged() -> None:
    made = cell(wrong=("paid: billed",), cases={"BUS-MULTI": 2}).result
    assert made is not None
    assert CellResult.from_json(made.as_json()) == made


TODAY = date(2026, 11, 22)


@cache
def payer() -> PayerTruth:
    return make_truth(11, 60, TODAY, appointments=40)


@cache
def known() -> dict[str, Any]:
    plain: dict[str, Any] = payer().model_dump(mode="json")
    return plain


AT = datetime(2026, 11, 22, 7, tzinfo=UTC)


def answer(question: Question, number: str, said: Normalised) -> AnswerRecord:
    """An answer as the ledger gives it."""
    return AnswerRecord(
        question=question,
        number=number,
        flow=question.flow,
        version=1,
        ending=Ending.ANSWERED,
        answer=Answer(portal="practice-national", pack_version="1", observed_at=AT, normalised=said, extracted=()),
        author="robot",
        recorded_at=AT,
        attempt_id=1,
    )


def test_not_loaded_is_right_only_where_the_portal_said_so() -> None:
    ask = next(ask for ask in payer().appointment_asks if ask.scenario == "active")
    assert ask.coverage is not None
    patient = next(one.patient for one in payer().members if one.member_id == ask.coverage.member_id)
    said = Coverage(status=CoverageStatus.NOT_LOADED, portal_text="Not available", member=Member())
    found = [answer(visit(), ask.appointment_number, said)]
    told = event("quirk", name="benefits-not-loaded", member=patient)
    assert judge_coverages(known(), found, [told]).delayed == 1
    assert judge_coverages(known(), found, [told]).wrong == ()
    (line,) = judge_coverages(known(), found, []).wrong
    assert line.startswith("active: status")


def test_a_payment_is_missing_unless_only_a_scan_of_it_was_given() -> None:
    fetched = [
        said
        for one in payer().remittances
        if one.expect in ("loaded", "flagged") and one.paid_on >= TODAY - timedelta(days=DAYS)
        for said in remittances(interchange([one], Style(), TODAY))
        if isinstance(said, Remittance)
    ]
    days = Period(paid_from=TODAY - timedelta(days=DAYS), paid_to=TODAY)
    providers = [Provider(tin="123456789", npi=npi) for npi in sorted({one.payee_npi for one in payer().remittances})]
    asked = [Remittances(portal="practice-national", provider=provider, period=days) for provider in providers]
    found = [answer(question, "days", RemittancesListed(payments=())) for question in asked]
    whole = judge_payments(known(), found, fetched, [])
    assert (whole.wrong, whole.resolved, whole.unresolved) == ((), whole.resolvable, ())
    first, *others = fetched
    scan = event("quirk", name="pdf-only", trace=first.trace, shape="scanned")
    assert judge_payments(known(), found, others, []).wrong == (f"{first.trace}: missing",)
    assert judge_payments(known(), found, others, [scan]).wrong == ()
    assert judge_payments(known(), found, others, [scan]).resolvable == whole.resolvable - 1
