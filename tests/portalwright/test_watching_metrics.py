"""The figures for Prometheus: on this computer alone, of this moment, without a name of a sign-in or a patient."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from pydantic import ValidationError

from console.board import Board
from flows.outcomes import Code, Ending
from ledger.states import Stops
from portalwright.settings import MetricsSettings
from portalwright.watching.metrics import metrics_served
from tests.portalwright.boards import MINUTE, NIGHT, board, case, job, portal, session, sign_in
from tests.portalwright.sinks import free_port

SHOWN = board(
    jobs=(
        job(
            queued=9, jumping=2, running=1, by_ending={Ending.ANSWERED: 40, Ending.DRIFT: 2}, a_minute=3.5, p95=12.0,
            success=40, tried=50, finishes_at=NIGHT.ends + MINUTE,
        ),
    ),
    portals=(portal(sessions_in_use=1, breaker="open", sign_ins=(sign_in(alias="zephyrine", unproved=1),)),),
    sessions=(session(stuck=True, alias="zephyrine"),),
    cases=(case(Code.ACC_LOCKED, Stops.CREDENTIAL),),
    untold=3,
)  # fmt: skip


@pytest.fixture
def port() -> int:
    return free_port()


def read(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def figures(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in families(text):
        yield from ((sample.name, sample.labels, sample.value) for sample in family.samples)


def test_the_figures_are_those_of_the_newest_board(port: int) -> None:
    newest = {1: SHOWN}
    with metrics_served(MetricsSettings(port=port), newest.values) as served:
        assert served == port
        first = {name: value for name, _labels, value in figures(read(port))}
        newest[1] = board(jobs=(job(queued=4),))
        second = {name: value for name, _labels, value in figures(read(port))}
    assert first["portalwright_due_questions"] == 9
    assert first["portalwright_jumping_questions"] == 2
    assert first["portalwright_questions_a_minute"] == 3.5
    assert first["portalwright_answered_of_last_50"] == 0.8
    assert first["portalwright_late"] == 1
    assert first["portalwright_sessions_stuck"] == 1
    assert first["portalwright_breaker_open"] == 1
    assert first["portalwright_presses_left"] == 0
    assert first["portalwright_stopping_cases"] == 1
    assert first["portalwright_workers"] == 1
    assert first["portalwright_notifications_untold"] == 3
    assert second["portalwright_due_questions"] == 4
    assert "portalwright_question_seconds_p95" not in second, "what nobody knows is left out, not zero"


def test_endings_go_by_portal_job_and_outcome(port: int) -> None:
    with metrics_served(MetricsSettings(port=port), lambda: [SHOWN]):
        shown = {
            (labels["portal"], labels["flow"], labels["outcome"]): value
            for name, labels, value in figures(read(port))
            if name == "portalwright_ended_questions"
        }
    assert shown == {
        ("practice-national", "claim-status", "answered"): 40,
        ("practice-national", "claim-status", "drift"): 2,
    }


def test_the_name_of_a_sign_in_is_not_among_them(port: int) -> None:
    with metrics_served(MetricsSettings(port=port), lambda: [SHOWN]):
        assert "zephyrine" not in read(port)


def test_the_port_is_given_back(port: int) -> None:
    for _ in range(2):
        with metrics_served(MetricsSettings(port=port), list):
            assert "portalwright_workers" in read(port)
    with pytest.raises(urllib.error.URLError):
        read(port)


def test_a_port_that_is_taken_is_an_error_that_the_worker_survives(port: int) -> None:
    first, second = (metrics_served(MetricsSettings(port=port), list) for _ in range(2))
    with first, pytest.raises(OSError, match="in use"), second:
        pass


def test_without_a_port_nothing_listens() -> None:
    def boards() -> list[Board]:
        raise AssertionError("nobody asks")

    with metrics_served(MetricsSettings(), boards) as served:
        assert served is None


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.4", "office.example.com"])  # noqa: S104 - refused
def test_an_address_that_others_could_reach_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="this computer alone"):
        MetricsSettings(port=9464, address=address)
