"""What it costs to read an 835 into remittances: against oxedi's own parse of the same bytes, and in memory.

Both sides read the same file in one process, in turns; the ratio is the median over the pairs, of processor time. Ours
includes oxedi's parse. The file has payments of 1 to 60 claims with 1 to 6 lines each: the same procedures come again
and again, patients, numbers and what they owe do not. Memory is the most that a fresh process ever held while it read a
long file from the disk, for that file and for one of a tenth of its length.

`python -m bench.read_835` prints a table and, as its last line, JSON.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

_CENT = Decimal("0.01")
_CODES = [f"{99201 + number * 37 % 790}" for number in range(60)]


def main() -> None:
    """Measure and print; or, with `--file`, be the process whose memory is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=5, help="length of the file for the ratio (default: 5)")
    parser.add_argument("--long", type=int, default=100, help="length of the file for memory, in MB (default: 100)")
    parser.add_argument("--pairs", type=int, default=9, help="turns of each side (default: 9)")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.file is not None:
        sys.stdout.write(json.dumps(_read(given.file)) + "\n")
        return
    content = _interchange(given.megabytes * 1_000_000)
    pairs = [(_cpu(lambda: _parse(content)), _cpu(lambda: _rows(content))) for _ in range(given.pairs + 1)][1:]
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as temporary:
        long, tenth = Path(temporary) / "long.835", Path(temporary) / "tenth.835"
        _write(long, content, given.long * 1_000_000)
        _write(tenth, content, given.long * 100_000)
        most, least = _in_a_process(long), _in_a_process(tenth)
    _print(content, pairs, most, least)


def _print(content: bytes, pairs: list[tuple[float, float]], most: dict[str, Any], least: dict[str, Any]) -> None:
    parse, rows = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    megabytes = len(content) / 1e6
    files = [f"{one['memory']:.1f} MiB for {one['bytes'] / 1e6:.0f} MB" for one in (most, least)]
    lines = [
        f"{megabytes:.1f} MB, {content.count(b'~'):,} segments, {content.count(b'~CLP'):,} claims",
        f"oxedi.parse            {parse:7.3f} s of processor time ({megabytes / parse:.1f} MB/s)",
        f"remittances            {rows:7.3f} s of processor time ({megabytes / rows:.1f} MB/s)",
        f"ratio                  {ratio:7.2f}",
        f"most memory            {', '.join(files)}; {most['before']:.1f} MiB before reading",
    ]
    last = {
        "read_835_ratio": round(ratio, 2),
        "read_835_mb_per_second": round(megabytes / rows, 1),
        "read_835_memory_mib": round(most["memory"], 1),
        "read_835_memory_mib_tenth": round(least["memory"], 1),
        "read_835_payments": most["payments"],
    }
    sys.stdout.write("\n".join([*lines, json.dumps(last)]) + "\n")


def _parse(content: bytes) -> None:
    import oxedi

    oxedi.parse(content)


def _rows(content: bytes) -> None:
    from documents.remittance_835 import remittances

    for _ in remittances(content):
        pass


def _cpu(side: Callable[[], None]) -> float:
    started = time.process_time()
    side()
    return time.process_time() - started


def _in_a_process(file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.read_835", "--file", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 # our own
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _read(file: Path) -> dict[str, Any]:
    from documents.remittance_835 import remittances
    from flows.remittance import Remittance

    before = _memory()
    balanced = 0
    for one in remittances(file):
        assert isinstance(one, Remittance)
        balanced += one.balance.whole
    return {"memory": _memory(), "before": before, "payments": balanced, "bytes": file.stat().st_size}


def _interchange(length: int) -> bytes:
    """An 835 of about this many bytes, the same each time; everything in it balances."""
    chance = random.Random(835)  # noqa: S311 # not for secrets
    parts = [
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*OFFICE         *260901*1200*^*00501*000000001*0*P*:~"
        "GS*HP*PAYER*OFFICE*20260901*1200*1*X*005010X221A1~"
    ]
    size, number = len(parts[0]), 0
    while size < length:
        number += 1
        parts.append("".join(segment + "~" for segment in _payment(number, chance)))
        size += len(parts[-1])
    parts.append(f"GE*{number}*1~IEA*1*000000001~")
    return "".join(parts).encode()


def _payment(number: int, chance: random.Random) -> Iterator[str]:
    claims = [_claim(number, place, chance) for place in range(chance.choice((1, 4, 12, 25, 60)))]
    paid = sum((amount for amount, _ in claims), Decimal(0))
    taken = Decimal(chance.randrange(500, 9000)) / 100 if chance.random() < 0.2 else Decimal(0)
    segments = [
        f"ST*835*{number:04}",
        f"BPR*I*{paid - taken}*C*ACH*CCP*01*999999999*DA*1234567*1999999999**01*888888888*DA*7654321*20260902",
        f"TRN*1*EFT{number:09}*1999999999",
        "REF*EV*OFFICE",
        "DTM*405*20260901",
        "N1*PR*PRACTICE PAYER*XV*87000",
        "N3*1 PAYER WAY",
        "N4*LAKESIDE*OH*440040000",
        "PER*BL*TECHNICAL HELP*TE*8005550100",
        "N1*PE*LAKESIDE FAMILY MEDICINE*XX*1234567893",
        "REF*TJ*123456789",
        "LX*1",
        *(segment for _, of_claim in claims for segment in of_claim),
    ]
    if taken:
        segments.append(f"PLB*1234567893*20261231*WO:ICN{number:09}*{taken}")
    yield from segments
    yield f"SE*{len(segments) + 1}*{number:04}"


def _claim(payment: int, place: int, chance: random.Random) -> tuple[Decimal, list[str]]:
    """What is paid for a claim, and its segments."""
    account, day = f"{payment:06}-{place:03}", f"202608{chance.randrange(1, 29):02}"
    lines: list[str] = []
    billed = paid = owed = Decimal(0)
    for line in range(1, chance.choice((1, 1, 2, 3, 6)) + 1):
        code = chance.randrange(len(_CODES))
        charge, allowed = Decimal(4000 + code * 731) / 100, Decimal(2500 + code * 431) / 100
        part = (allowed * Decimal(chance.choice((0, 0, 10, 20, 100, chance.randrange(100)))) / 100).quantize(_CENT)
        billed, paid, owed = billed + charge, paid + allowed - part, owed + part
        modifier = ":25" if code % 7 == 0 else ""
        lines += [f"SVC*HC:{_CODES[code]}{modifier}*{charge}*{allowed - part}**1", f"DTM*472*{day}"]
        lines.append(f"CAS*CO*45*{charge - allowed}")
        if part:
            lines.append(f"CAS*PR*{chance.choice((1, 2, 3))}*{part}")
        lines += [f"REF*6R*{account}{line:02}", f"AMT*B6*{allowed}"]
        if code % 9 == 0:
            lines.append("LQ*HE*N130")
    claim = [
        f"CLP*{account}*1*{billed}*{paid}*{owed}*12*2026{payment:06}{place:05}*11*1",
        f"NM1*QC*1*QUILL{chance.randrange(9999):04}*OTTO{chance.randrange(999):03}****MI*QZX{chance.randrange(10**8):08}",
        "NM1*82*1*FINCH*ADA****XX*1987654321",
        f"REF*EA*{chance.randrange(10**7):07}",
        f"DTM*232*{day}",
        f"DTM*233*{day}",
        f"DTM*050*202608{chance.randrange(1, 29):02}",
    ]
    return paid, claim + lines


def _write(file: Path, content: bytes, length: int) -> None:
    """The file's payments again and again, until it is that long."""
    start, end = content.index(b"ST*"), content.index(b"GE*")
    with file.open("wb") as out:
        out.write(content[:start])
        while out.tell() < length:
            out.write(content[start:end])
        out.write(content[end:])


def _memory() -> float:
    """MiB that this process held at most."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage, which on Linux counts what the starting process held too.
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
