"""`python -m tests.console_office DIR [--answer] [--serve [--port N]]`: make the office, serve it.

One line of JSON, which lies in DIR/made.json too, says what there is to try: {"office": ..., "accounts": {name: {...}},
"claim_number": ..., "last_name": ..., "days": ..., "appeals": {stage: number}}; served, it has the "address" as well.
"""

import argparse
import json
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ledger.start import close_connection
from portalwright.desk.served import place_of, serve_desk
from portalwright.office import utc_now
from portalwright.settings import SETTINGS_FILE, ConsoleSettings
from tests.console_office.answers import paid
from tests.console_office.claims import NATIONAL, claim
from tests.console_office.made import Filled, fill, make, opened
from tests.console_office.night import Run

_BEAT_SECONDS = 20


def main() -> None:
    """Make it, say so, and go on as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the office's folder; made when it is not there")
    parser.add_argument("--serve", action="store_true", help="serve the desk until Ctrl-C")
    parser.add_argument("--port", type=int, help="the port; 8700 or a free one when left out")
    parser.add_argument("--answer", action="store_true", help="one more question of the session at work is answered")
    given = parser.parse_args()
    made_file = given.folder / "made.json"
    fresh = not (given.folder / SETTINGS_FILE).exists()
    if fresh:
        make(given.folder)
    with opened(given.folder) as desk:
        now = utc_now()
        filled = fill(desk, now) if fresh else None
        if filled is not None:
            made_file.write_text(json.dumps(_told(given.folder, filled, now), indent=1), encoding="utf-8")
        told = json.loads(made_file.read_text(encoding="utf-8"))
        if given.answer:
            told["answered"] = Run.go_on(desk, NATIONAL, now).ask([paid], seconds=0)
        if not given.serve:
            print(json.dumps(told), flush=True)
            return
        ended = threading.Event()
        beating = threading.Thread(target=_beat, args=(filled, ended), daemon=True)
        beating.start()

        def show(line: str) -> None:
            address = line.removeprefix("The desk is at ")
            if address != line:
                print(json.dumps(told | {"address": address}), flush=True)

        try:
            serve_desk(desk, place_of(given.folder, ConsoleSettings(), None, None), given.port, show)
        finally:
            ended.set()
            beating.join(10)


def _told(folder: Path, filled: Filled, now: datetime) -> dict[str, object]:
    asked = claim(0, now.date())
    return {
        "office": str(folder),
        "accounts": {name: asdict(one) for name, one in filled.people.items()},
        "claim_number": asked.claim.patient_account_number,
        "last_name": asked.patient.last_name,
        "days": now.isoformat(),
        "appeals": dict(filled.appeals),
    }


def _beat(filled: Filled | None, ended: threading.Event) -> None:
    """The session that is at work gives its signs of life."""
    while filled is not None and not ended.wait(_BEAT_SECONDS):
        filled.beat(utc_now())
    close_connection()


if __name__ == "__main__":
    main()
