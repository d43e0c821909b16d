"""What the import of a work list costs: the whole import of a CSV against Django's own `bulk_create` of the same rows.

Both write the same patients, claims and work items into an encrypted ledger of their own, each in a fresh process, in
turns; the ratio is the median over the pairs, of processor time from the opened ledger on. Django's side finds its
rows ready made in memory, checked by nobody. One row in a thousand is wrong and must be told; memory is the most that
the importing process ever held, for the file and for one of a tenth of its length.

`python -m bench.import_claims` prints a table and, as its last line, JSON.
"""

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

_NPI = "1234567893"
_TIN = "123456789"
_PORTAL = "practice-national"
_BAD_EVERY = 1000
_BATCH = 500


def main() -> None:
    """Measure and print; or, with `--side`, be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the work list (default: 100000)")
    parser.add_argument("--pairs", type=int, default=3, help="turns of each side (default: 3)")
    parser.add_argument("--side", choices=("product", "django"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side is not None:
        measured = _product(given.file) if given.side == "product" else _django(given.file)
        sys.stdout.write(json.dumps(measured) + "\n")
        return
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as temporary:
        long, short = Path(temporary) / "long.csv", Path(temporary) / "short.csv"
        _write(long, given.rows)
        _write(short, given.rows // 10)
        pairs = [(_side("product", long), _side("django", long)) for _ in range(given.pairs)]
        small = _side("product", short)
    _print(given.rows, pairs, small)


def _print(rows: int, pairs: list[tuple[dict[str, Any], dict[str, Any]]], small: dict[str, Any]) -> None:
    product, django = (statistics.median(pair[side]["cpu"] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(ours["cpu"] / theirs["cpu"] for ours, theirs in pairs)
    first = pairs[0][0]
    lines = [
        f"{rows:,} rows: {first['created']:,} new, {first['rejected']:,} left out and told",
        f"import                 {product:7.2f} s of processor time ({product / rows * 1e6:.0f} µs a row)",
        f"Django's bulk_create   {django:7.2f} s of processor time",
        f"ratio                  {ratio:7.2f}",
        f"most memory            {first['memory']:7.1f} MiB; with {rows // 10:,} rows {small['memory']:.1f} MiB",
    ]
    last = {
        "rows": rows,
        "rejected": first["rejected"],
        "import_cpu_seconds": round(product, 2),
        "bulk_create_cpu_seconds": round(django, 2),
        "import_cpu_ratio": round(ratio, 2),
        "import_memory_mib": round(first["memory"], 1),
        "import_memory_mib_tenth": round(small["memory"], 1),
    }
    sys.stdout.write("\n".join([*lines, json.dumps(last)]) + "\n")


def _side(side: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.import_claims", "--side", side, "--file", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 # our own
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _cells(number: int) -> dict[str, str]:
    patient = number // 2
    service = date(2026, 1, 2) + timedelta(days=number % 200)
    return {
        "practice_tin": _TIN,
        "billing_npi": _NPI,
        "portal": _PORTAL,
        "member_id": f"QZX{patient:09}",
        "last_name": f"Quill{chr(97 + patient % 26)}feather",
        "first_name": f"Otto{chr(97 + patient // 26 % 26)}line",
        "birth_date": (date(1930, 1, 1) + timedelta(days=patient % 30_000)).isoformat(),
        "patient_account_number": f"ACCT-{number:08}",
        "payer_claim_number": f"2026{number:09}" if number % 3 else "",
        "service_from": service.isoformat(),
        "service_to": service.isoformat(),
        "billed": f"{number % 9_000 + 1}.{number % 100:02}",
        "first_procedure": "99213",
    }


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_cells(0)))
        writer.writeheader()
        for number in range(rows):
            cells = _cells(number)
            writer.writerow(cells | {"birth_date": "1961-02-30"} if number % _BAD_EVERY == 500 else cells)


def _product(file: Path) -> dict[str, Any]:
    from portalwright.importing import import_claims_file
    from portalwright.office import Office
    from portalwright.settings import KeyKind, KeySettings, PracticeSettings, settings_text

    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as temporary:
        practice = PracticeSettings(name="Lakeside Family Medicine", tin=_TIN, npis=(_NPI,))
        key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("bench.key"))
        office = Office.create(Path(temporary) / "office", settings_text(practice, key, {}))
        office.set_up("bench", _no_passphrase)
        with office.at_work("bench", _no_passphrase) as desk:
            started = time.process_time()
            done = import_claims_file(desk, file)
            used = time.process_time() - started
    return {"cpu": used, "memory": _memory(), "created": done.created, "rejected": len(done.rejected)}


def _no_passphrase() -> Any:
    raise AssertionError("the office of the measurement has a key file")


def _django(file: Path) -> dict[str, Any]:
    from ledger.start import close_connection, open_ledger

    with file.open(encoding="utf-8", newline="") as lines:
        rows = [cells for number, cells in enumerate(csv.DictReader(lines)) if number % _BAD_EVERY != 500]
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as temporary:
        open_ledger(Path(temporary) / "ledger.db", lambda: b"k" * 32)
        started = time.process_time()
        _bulk_create(rows)
        used = time.process_time() - started
        close_connection()
    return {"cpu": used, "memory": _memory(), "created": len(rows), "rejected": 0}


def _bulk_create(rows: list[dict[str, str]]) -> None:
    from django.db import transaction

    from ledger import models

    now = datetime.now(UTC)
    with transaction.atomic():
        practice = models.Practice.objects.create(name="Lakeside Family Medicine", tin=_TIN)
        patients: dict[str, models.Patient] = {}
        for row in rows:
            patients.setdefault(
                row["member_id"],
                models.Patient(
                    practice=practice,
                    reference=row["member_id"].rjust(64, "0"),
                    member_id=row["member_id"],
                    last_name=row["last_name"],
                    first_name=row["first_name"],
                    birth_date=date.fromisoformat(row["birth_date"]),
                ),
            )
        models.Patient.objects.bulk_create(patients.values(), batch_size=_BATCH)
        claims = models.Claim.objects.bulk_create(
            (
                models.Claim(
                    practice=practice,
                    portal=row["portal"],
                    provider_tin=row["practice_tin"],
                    provider_npi=row["billing_npi"],
                    patient=patients[row["member_id"]],
                    patient_account_number=row["patient_account_number"],
                    payer_claim_number=row["payer_claim_number"] or None,
                    service_from=date.fromisoformat(row["service_from"]),
                    service_to=date.fromisoformat(row["service_to"]),
                    billed_cents=int(row["billed"].replace(".", "")),
                    first_procedure=row["first_procedure"],
                    imported_at=now,
                )
                for row in rows
            ),
            batch_size=_BATCH,
        )
        models.WorkItem.objects.bulk_create(
            (
                models.WorkItem(
                    practice=practice,
                    portal=claim.portal,
                    flow="claim-status",
                    claim=claim,
                    state="ready",
                    not_before=now,
                )
                for claim in claims
            ),
            batch_size=_BATCH,
        )


def _memory() -> float:
    """MiB that this process held at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
