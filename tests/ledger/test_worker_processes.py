"""Which workers are at work is known from their signs of life."""

from datetime import timedelta

import pytest

from ledger import night_board, worker_processes
from tests.ledger.office import NOW

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def alive_after(waited: timedelta) -> list[str]:
    return [worker.name for worker in night_board.workers(NOW + waited) if not worker.lost]


def test_a_worker_is_alive_while_it_gives_signs_of_life() -> None:
    worker_processes.register("office:1:a", 3, NOW)
    worker_processes.register("office:2:b", 1, NOW)
    worker_processes.beat("office:1:a", 3, NOW + MINUTE)
    assert alive_after(MINUTE / 2) == ["office:1:a", "office:2:b"]
    assert worker_processes.bury(NOW + 1.5 * MINUTE) == 1
    assert alive_after(1.5 * MINUTE) == ["office:1:a"]
    worker_processes.end("office:1:a", "stopped", NOW + 1.5 * MINUTE)
    assert alive_after(1.5 * MINUTE) == []


def test_a_worker_whose_computer_slept_or_whose_ledger_was_away_is_back_with_its_next_sign_of_life() -> None:
    worker_processes.register("office:1:a", 3, NOW)
    worker_processes.bury(NOW + 10 * MINUTE)
    worker_processes.beat("office:1:a", 3, NOW + 11 * MINUTE)
    worker_processes.beat("office:2:b", 2, NOW + 11 * MINUTE)  # it could not register while the ledger was away
    assert alive_after(11 * MINUTE) == ["office:1:a", "office:2:b"]
