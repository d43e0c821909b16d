"""The figures for Prometheus, on this computer alone: counts by portal, job and ending; no patient, no sign-in."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.board import Board, Job, PortalState
from portalwright.settings import MetricsSettings

if TYPE_CHECKING:
    from prometheus_client.metrics_core import GaugeMetricFamily

Boards = Callable[[], Iterable[Board]]
"""The newest board of each practice."""

OF_JOB: tuple[tuple[str, str, Callable[[Job, Board], float | None]], ...] = (
    ("due_questions", "Questions that are due now", lambda job, _: job.queued),
    ("jumping_questions", "Due questions that go first: a limit is near, or much money", lambda job, _: job.jumping),
    ("running_questions", "Questions that are being asked now", lambda job, _: job.running),
    ("questions_a_minute", "Questions a minute over the last ten minutes", lambda job, _: job.a_minute),
    ("usual_questions_a_minute", "Questions a minute of one session in earlier runs", lambda job, _: job.usual),
    ("question_seconds_p95", "So many seconds, or fewer, 95 of 100 questions take", lambda job, _: job.p95),
    (
        "answered_of_last_50",
        "Share of the last 50 questions that ended with an answer",
        lambda job, _: job.success / job.tried if job.tried else None,
    ),
    (
        "late",
        "1: at this pace it is not done when the night ends",
        lambda job, board: job.in_time(board.night, board.at) is False,
    ),
    ("held_up", "1: due questions are not asked now", lambda job, _: bool(job.why_not)),
)
OF_PORTAL: tuple[tuple[str, str, Callable[[PortalState, Board], float | None]], ...] = (
    ("sessions_in_use", "Sessions that are held now", lambda state, _: state.sessions_in_use),
    ("sessions_allowed", "Sessions that portal and permissions allow", lambda state, _: state.sessions_allowed),
    (
        "sessions_stuck",
        "Sessions that make no step",
        lambda state, board: sum(one.stuck for one in board.sessions if one.portal == state.portal),
    ),
    ("breaker_open", "1: the portal was down and is left alone", lambda state, _: state.breaker != "closed"),
    (
        "presses_left",
        "Presses of a sign-in button that are left, the fewest of its sign-ins",
        lambda state, _: min((max(0, one.allowed - one.unproved) for one in state.sign_ins), default=None),
    ),
    (
        "sign_ins_blocked",
        "Sign-ins that nobody presses now",
        lambda state, _: sum(bool(one.blocked) for one in state.sign_ins),
    ),
    ("throttled", "Answers 'too many requests' of the night", lambda state, _: state.throttled),
    (
        "stopping_cases",
        "Open cases that stop a portal, a sign-in or a page",
        lambda state, board: sum(one.portal == state.portal and bool(one.stops) for one in board.cases),
    ),
)
OF_PRACTICE: tuple[tuple[str, str, Callable[[Board], float]], ...] = (
    ("workers", "Workers that are at work", lambda board: sum(not one.gone for one in board.workers)),
    ("notifications_untold", "Notifications that did not reach everybody yet", lambda board: board.untold),
    ("last_look_seconds", "When these figures were looked up (Unix time)", lambda board: board.at.timestamp()),
)


@contextmanager
def metrics_served(settings: MetricsSettings, boards: Boards) -> Iterator[int | None]:
    """Serve the figures while the block lasts; gives the port, None where office.toml names none.

    What is served is the newest boards: a scrape looks into no ledger. Raises OSError when the port is taken.
    """
    if settings.port is None:
        yield None
        return
    from prometheus_client import CollectorRegistry, start_http_server

    registry = CollectorRegistry()
    registry.register(_Figures(boards))
    server, thread = start_http_server(settings.port, settings.address, registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Figures:
    """Turns the boards into metrics whenever they are asked for."""

    def __init__(self, boards: Boards) -> None:
        self._boards = boards

    def describe(self) -> "Iterable[GaugeMetricFamily]":
        """Nothing beforehand: registering looks at no board."""
        return ()

    def collect(self) -> "Iterator[GaugeMetricFamily]":
        """One family after the other."""
        boards = tuple(self._boards())
        for name, what, of_job in OF_JOB:
            family = _family(name, what, "portal", "flow")
            for board in boards:
                for job in board.jobs:
                    _add(family, board, (job.portal, job.flow.value), of_job(job, board))
            yield family
        ended = _family("ended_questions", "Questions of the night by how they ended", "portal", "flow", "outcome")
        for board in boards:
            for job in board.jobs:
                for ending, times in job.by_ending.items():
                    _add(ended, board, (job.portal, job.flow.value, ending.value), times)
        yield ended
        for name, what, of_portal in OF_PORTAL:
            family = _family(name, what, "portal")
            for board in boards:
                for state in board.portals:
                    _add(family, board, (state.portal,), of_portal(state, board))
            yield family
        for name, what, of_practice in OF_PRACTICE:
            family = _family(name, what)
            for board in boards:
                _add(family, board, (), of_practice(board))
            yield family


def _family(name: str, what: str, *labels: str) -> "GaugeMetricFamily":
    from prometheus_client.metrics_core import GaugeMetricFamily

    return GaugeMetricFamily(f"portalwright_{name}", what, labels=("practice", *labels))


def _add(family: "GaugeMetricFamily", board: Board, labels: tuple[str, ...], value: float | None) -> None:
    """Add the value where it is known."""
    if value is not None:
        family.add_metric((str(board.practice_id), *labels), float(value))
