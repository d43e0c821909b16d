"""A page may be as large as it likes: reading it takes bounded time and memory, or it is refused, and says so."""

import resource
import time

import pytest

from bots.endings import unreachable
from bots.engine import PageEngine
from bots.faults import PageFailed, PageFault
from bots.found import RawReading
from bots.reader import read_view
from flows.outcomes import Ending
from tests.bots.describing import claims_table, pack, view

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

SECONDS = 10.0
MEBIBYTES = 200
"""What our own process may grow by."""

CLAIMS = pack(
    {
        "claims": claims_table(),
        "claim": {"recognise": ["h"], "elements": {"h": {"find": [{"css": "h2"}, {"text": "x"}]}}},
    }
)
VIEW = CLAIMS.views["claims"]

MAKE = """([kind, many]) => {
  document.body.innerHTML = `<h1>Claims</h1><table class=found><caption>Claims found</caption><thead>
    <tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr></thead><tbody></tbody></table><div id=more></div>`;
  const body = document.querySelector('tbody'), more = document.querySelector('#more');
  const row = (n, more = '') => `<tr><td><a href=#>C${n}</a></td><td>ANNA${more}</td><td>$5.00</td></tr>`;
  const rows = (n) => Array.from({ length: n }, (_, i) => row(i)).join('');
  if (kind === 'rows') body.innerHTML = rows(many);
  else body.innerHTML = row(1);
  if (kind === 'text') more.append('x '.repeat(many / 2));
  if (kind === 'cell') body.innerHTML = row(1, ' X'.repeat(many / 2));
  if (kind === 'attribute') more.dataset.x = 'x'.repeat(many);
  if (kind === 'elements') more.innerHTML = '<p>x</p>'.repeat(many);
  if (kind === 'depth') {
    let at = more;
    for (let n = 0; n < many; n += 1) { const next = document.createElement('b'); at.append(next); at = next; }
    at.append('deep');
  }
  if (kind === 'spans') body.innerHTML = row(1).replace('<td>ANNA', `<td colspan=${many} rowspan=${many}>ANNA`);
}"""


async def reading(engine: PageEngine, kind: str, many: int) -> tuple[RawReading, float, float]:
    """What is read of a page with so many of these; how many seconds that took, and MiB that our process grew by."""
    await engine.page.set_content("<title>Claims</title>")
    await engine.page.evaluate(MAKE, [kind, many])
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    try:
        raw = await engine.read(VIEW)
    finally:
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        taken = time.monotonic() - begun
        print(f"{kind} {many}: {taken:.2f} s, {grown:.0f} MiB")
    assert taken < SECONDS
    assert grown < MEBIBYTES
    return raw, taken, grown


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("rows", 200),
        ("depth", 200),
        *(
            pytest.param(*each, marks=pytest.mark.long)
            for each in (("rows", 1000), ("text", 1 << 20), ("elements", 2000))
        ),
    ],
)
async def test_a_large_page_is_read(engine: PageEngine, kind: str, many: int) -> None:
    raw, _, _ = await reading(engine, kind, many)
    rows = read_view(raw, CLAIMS, "claims").reading.tables["claims"]
    assert len(rows) == (many if kind == "rows" else 1)


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("attribute", 33 << 20),
        *(pytest.param(*each, marks=pytest.mark.long) for each in (("elements", 40_001), ("text", 5 << 20))),
    ],
)
async def test_a_page_larger_than_any_of_a_payer_is_not_read_and_a_person_hears_why(
    engine: PageEngine, kind: str, many: int
) -> None:
    with pytest.raises(PageFailed) as failed:
        await reading(engine, kind, many)
    assert failed.value.kind is PageFault.TOO_LARGE
    outcome = unreachable(failed.value).outcome
    assert outcome.ending is Ending.DRIFT
    assert outcome.reason is not None
    assert "larger than any" in outcome.reason.what


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "many"),
    [("rows", 5_500), ("cell", 3 << 20), ("elements", 39_000), ("spans", 65_000)],
)
async def test_the_largest_page_that_is_looked_at_is_bounded_in_time_and_memory(
    engine: PageEngine, kind: str, many: int
) -> None:
    try:
        await reading(engine, kind, many)
    except PageFailed as failed:
        assert failed.kind is PageFault.TOO_LARGE


@pytest.mark.long
@pytest.mark.parametrize(("kind", "many"), [("rows", 100_000), ("text", 256 << 20), ("depth", 20_000)])
async def test_a_monstrous_page_ends_in_one_of_our_own_words(engine: PageEngine, kind: str, many: int) -> None:
    with pytest.raises(PageFailed) as failed:
        await reading(engine, kind, many)
    assert failed.value.kind in (PageFault.TOO_LARGE, PageFault.CRASHED, PageFault.TIMEOUT)


@pytest.mark.long
async def test_waiting_for_a_page_ends_at_once_when_it_is_too_large(engine: PageEngine) -> None:
    await engine.page.set_content("<title>Claims</title>")
    await engine.page.evaluate(MAKE, ["elements", 40_001])
    begun = time.monotonic()
    with pytest.raises(PageFailed) as failed:
        await engine.wait_for({"claims": view(claims_table())}, timeout=8)
    assert failed.value.kind is PageFault.TOO_LARGE
    assert time.monotonic() - begun < 4
