"""The script's own world in a document is used again while the document is before us, and never taken for another's."""

from typing import Any

import pytest
from playwright.async_api import CDPSession

from bots.engine import PageEngine
from bots.frames import _World
from tests.bots.describing import pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PACK = pack({"claim": {"recognise": ["paid"], "elements": {"paid": {"find": [{"near": "Paid"}, {"css": "dd"}]}}}})
VIEW = PACK.views["claim"]

LIES = """<script>
globalThis[Symbol.for('portalwright')] = new Proxy({}, {
  get: () => () => ({recognised: true, busy: false, ready: 'complete', status: 200, address: '', html: '', tables: {},
    elements: {paid: {state: 'found', kind: 'text', text: '$999.00'}}}),
});
</script>"""


def paid(amount: str) -> str:
    return f"<dl><dt>Paid</dt><dd>{amount}</dd></dl>"


def worlds_asked_for(session: CDPSession, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every world that is asked for from now on."""
    asked = []
    send = session.send

    async def heard(method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        if method == "Page.createIsolatedWorld":
            asked.append(method)
        return await send(method, parameters)

    monkeypatch.setattr(session, "send", heard)
    return asked


async def shown(engine: PageEngine) -> str:
    return (await engine.read(VIEW)).elements["paid"].text


async def test_the_world_of_a_document_is_asked_for_once(engine: PageEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.page.goto(f"data:text/html,{paid('$5.00')}")
    asked = worlds_asked_for(engine.documents.session, monkeypatch)
    assert [await shown(engine) for _ in range(3)] == ["$5.00"] * 3
    assert len(asked) == 1


async def test_another_document_is_read_in_a_world_of_its_own(engine: PageEngine) -> None:
    for amount in ("$5.00", "$6.00"):
        await engine.page.goto(f"data:text/html,{paid(amount)}")
        assert await shown(engine) == amount
    await engine.page.go_back()
    assert await shown(engine) == "$5.00"


async def test_a_world_that_was_put_away_with_its_document_is_not_used(
    engine: PageEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.page.goto(f"data:text/html,{paid('$5.00')}")
    assert await shown(engine) == "$5.00"
    asked = worlds_asked_for(engine.documents.session, monkeypatch)
    await engine.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert await shown(engine) == "$5.00"
    assert len(asked) == 1


async def test_a_number_that_has_become_the_pages_own_is_asked_nothing(engine: PageEngine) -> None:
    await engine.page.goto(f"data:text/html,{LIES}{paid('$5.00')}")
    assert await shown(engine) == "$5.00"
    documents = engine.documents
    ((place, ours),) = documents._worlds.items()
    for number in range(1, ours.number + 3):
        documents._worlds[place] = _World(number, "a word that nobody has left anywhere")
        assert await shown(engine) == "$5.00"


async def test_half_of_a_letter_that_a_script_writes_is_told_as_no_letter(engine: PageEngine) -> None:
    script = "<script>document.querySelector('dd').textContent = 'a\\ud800b \\u{1f600} \\\\ud800'</script>"
    await engine.page.goto(f"data:text/html,{paid('x')}{script}")
    raw = await engine.read(VIEW)
    assert raw.elements["paid"].text == "a\ufffdb \U0001f600 \\ud800"
    assert "a\ufffdb" in raw.html.encode().decode()
