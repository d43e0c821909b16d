"""The log is read back whole, by what is asked for, and followed over midnight, whichever process writes it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portalwright.logs import Event
from portalwright.watching.log_lines import Follower, newest, since, wanted

BEGIN = datetime(2026, 3, 1, 23, 59, 58, tzinfo=UTC)
ALL = wanted(None, (), None)


def line(seconds: float, event: str = "attempt-ended", **fields: Any) -> str:
    at = BEGIN + timedelta(seconds=seconds)
    return json.dumps({"time": at.isoformat(timespec="milliseconds"), "event": event, **fields}) + "\n"


def write(folder: Path, *lines: str, day: str = "2026-03-01") -> Path:
    path = folder / f"portalwright-{day}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def items(found: object) -> list[object]:
    return [one.fields.get("item") for one in found]  # type: ignore[attr-defined] # lines of the log


def test_the_newest_lines_come_in_their_order_over_files(tmp_path: Path) -> None:
    write(tmp_path, line(0, item=1), line(1, item=2))
    write(tmp_path, line(3, item=4), line(2, item=3), day="2026-03-02")
    assert items(newest(tmp_path, ALL, 3)) == [2, 3, 4]
    assert items(newest(tmp_path, ALL, 20)) == [1, 2, 3, 4]
    assert newest(tmp_path, ALL, 0) == []


def test_lines_are_chosen_by_portal_event_and_time(tmp_path: Path) -> None:
    write(
        tmp_path,
        line(0, item=1, portal="a"),
        line(1, item=2, portal="b"),
        line(2, "run-ended", item=3, portal="a"),
        line(3, item=4),
    )
    assert items(newest(tmp_path, wanted("a", (), None), 9)) == [1, 3]
    assert items(newest(tmp_path, wanted(None, [Event.RUN_ENDED], None), 9)) == [3]
    assert items(newest(tmp_path, wanted(None, (), BEGIN + timedelta(seconds=1)), 9)) == [2, 3, 4]


def test_since_a_day_no_older_file_is_opened(tmp_path: Path) -> None:
    write(tmp_path, "not read at all", day="2026-02-20").chmod(0)
    write(tmp_path, line(-86400, item=0), day="2026-02-28")
    write(tmp_path, line(0, item=1))
    write(tmp_path, line(3, item=2), day="2026-03-02")
    begins = datetime(2026, 3, 2, tzinfo=UTC)
    assert items(since(tmp_path, wanted(None, (), begins), begins)) == [2]


def test_a_torn_line_and_what_is_no_line_of_ours_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, line(0, item=1)[:20] + "\n", "[]\n", "nonsense\n", '{"time": "x", "event": "y"}\n', line(1, item=2))
    assert items(newest(tmp_path, ALL, 9)) == [2]


def test_what_every_process_writes_is_followed_over_midnight(tmp_path: Path) -> None:
    write(tmp_path, line(0, item=1))
    follower = Follower(tmp_path)
    ends = follower.skip_to_end()
    write(tmp_path, line(1, item=2))
    write(tmp_path, line(2, item=3), day="2026-03-02")
    assert items(newest(tmp_path, ALL, 9, ends)) == [1, 3], (
        "what came meanwhile in a known file comes with the follower"
    )
    write(tmp_path, line(1.5, item=4))
    assert items(follower.new_lines()) == [2, 4, 3]
    write(tmp_path, line(4, item=5), day="2026-03-02")
    write(tmp_path, line(3, item=6))
    assert items(follower.new_lines()) == [6, 5], "a process that is late still writes into the old file"
    assert follower.new_lines() == []


def test_a_line_that_is_not_whole_yet_comes_when_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, line(0, item=1))
    follower = Follower(tmp_path)
    whole = line(1, item=2)
    write(tmp_path, whole[:17])
    follower.skip_to_end()
    assert follower.new_lines() == []
    with path.open("a") as file:
        file.write(whole[17:])
    assert items(follower.new_lines()) == [2]


def test_a_file_that_is_renamed_is_not_read_again_and_one_that_is_emptied_is(tmp_path: Path) -> None:
    path = write(tmp_path, line(0, item=1))
    follower = Follower(tmp_path)
    assert items(follower.new_lines()) == [1]
    moved = path.rename(tmp_path / "portalwright-2026-03-01.older.jsonl")
    assert follower.new_lines() == []
    moved.write_text("")
    assert follower.new_lines() == []
    moved.write_text(line(5, item=2))
    assert items(follower.new_lines()) == [2]
    moved.unlink()
    assert follower.new_lines() == []


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"portal": "a", "flow": "claim-status", "outcome": "answered", "item": 7, "duration_ms": 12},
         "a claim-status answered item=7 duration_ms=12"),
        ({"errors": [{"type": "builtins.OSError", "frames": ["bots.x:1", "bots.y:2"]}]},
         "errors=builtins.OSError at bots.y:2"),
    ],
)  # fmt: skip
def test_a_line_for_people_has_its_words_first(tmp_path: Path, fields: dict[str, Any], shown: str) -> None:
    write(tmp_path, line(0, **fields))
    (one,) = newest(tmp_path, ALL, 1)
    assert one.shown == f"2026-03-01 23:59:58  attempt-ended        {shown}"
