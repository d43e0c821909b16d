"""A worker's browsers: started when needed, shared, replaced when spent or broken, and none left at the end."""

import asyncio
from typing import Any, cast

import pytest

from bots.browser import BrowserHost
from bots.installed_browser import NoBrowser
from portalwright import browsers
from portalwright.browsers import SESSIONS_A_BROWSER, Browsers


class Host:
    """A browser that only remembers whether it runs."""

    def __init__(self, names: frozenset[str]) -> None:
        self.runs = False
        self.memory_was_exceeded = False
        self.names = names

    def looks_up(self, names: frozenset[str]) -> bool:
        return names <= self.names

    starting: float = 0

    async def __aenter__(self) -> "Host":
        await asyncio.sleep(self.starting)
        self.runs = True
        return self

    async def close(self) -> None:
        self.runs = False


class Started:
    """All the browsers that were started."""

    def __init__(self) -> None:
        self.hosts: list[tuple[bool, Host]] = []
        self.browsers = Browsers(self._new)

    def _new(self, http2: bool, names: frozenset[str]) -> BrowserHost:
        self.hosts.append((http2, Host(names)))
        return cast(BrowserHost, self.hosts[-1][1])

    @property
    def running(self) -> int:
        return sum(host.runs for _, host in self.hosts)


async def test_sessions_share_a_browser_and_appeals_have_their_own() -> None:
    started = Started()
    async with started.browsers.use(http2=True) as one, started.browsers.use(http2=True) as other:
        assert one is other
        async with started.browsers.use(http2=False) as appeals:
            assert appeals is not one
    assert [http2 for http2, _ in started.hosts] == [True, False]
    await started.browsers.end_idle()
    assert started.running == 0


async def test_two_sessions_that_begin_at_once_start_one_browser() -> None:
    started = Started()

    async def session() -> None:
        async with started.browsers.use(http2=True):
            await asyncio.sleep(0.01)

    await asyncio.gather(session(), session(), session())
    assert len(started.hosts) == 1


async def test_a_browser_that_served_many_sessions_is_replaced_when_its_last_one_has_ended() -> None:
    started = Started()
    async with started.browsers.use(http2=True) as long_one:
        for _ in range(SESSIONS_A_BROWSER):
            async with started.browsers.use(http2=True):
                pass
        async with started.browsers.use(http2=True) as fresh:
            assert fresh is not long_one
            assert started.running == 2
    assert started.running == 1


async def test_a_browser_that_was_broken_or_ended_is_not_given_out_again() -> None:
    started = Started()
    with pytest.raises(RuntimeError):
        async with started.browsers.use(http2=True):
            raise RuntimeError("whatever it was")
    async with started.browsers.use(http2=True) as second:
        cast(Host, second).runs = False  # it died
        async with started.browsers.use(http2=True) as third:
            assert third is not second
    assert len(started.hosts) == 3
    await started.browsers.close()
    assert started.running == 0


async def test_a_browser_whose_pages_took_too_much_memory_serves_its_sessions_and_no_other_one() -> None:
    started = Started()
    async with started.browsers.use(http2=True) as eaten:
        cast(Any, eaten).memory_was_exceeded = True
        async with started.browsers.use(http2=True) as fresh:
            assert fresh is not eaten
            assert started.running == 2
    assert started.running == 1, "the old one is gone with its last session"
    async with started.browsers.use(http2=True) as fresh:
        cast(Any, fresh).memory_was_exceeded = True
    assert started.running == 0


async def test_a_browser_that_does_not_come_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    started = Started()
    monkeypatch.setattr(browsers, "START_SECONDS", 0.02)
    monkeypatch.setattr(Host, "starting", 3600)
    with pytest.raises(NoBrowser, match="has not started within"):
        async with started.browsers.use(http2=True):
            raise AssertionError("there is no browser")
    monkeypatch.setattr(Host, "starting", 0)
    async with started.browsers.use(http2=True):
        assert started.running == 1


async def test_idle_browsers_end_and_those_in_use_do_not() -> None:
    started = Started()
    async with started.browsers.use(http2=True):
        await started.browsers.end_idle()
        assert started.running == 1
    await started.browsers.end_idle()
    assert started.running == 0


async def test_a_browser_that_cannot_look_up_a_portals_hosts_is_given_to_no_session_of_it() -> None:
    started = Started()
    async with started.browsers.use(http2=True, names=frozenset({"one.example"})) as old:
        async with started.browsers.use(http2=True, names=frozenset({"one.example", "two.example"})) as new:
            assert new is not old
            assert started.running == 2, "the session that began with the old one keeps it"
        async with started.browsers.use(http2=True, names=frozenset({"one.example"})) as again:
            assert again is new
    await started.browsers.end_idle()
    assert (len(started.hosts), started.running) == (2, 0)
