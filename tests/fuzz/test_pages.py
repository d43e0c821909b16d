"""Pages put together at random of what is seen and what is hidden: nothing hidden is read, and nothing falls over."""

import random

import pytest

from bots.engine import PageEngine
from bots.faults import PageFailed
from flows.outcomes import Ending, Stop
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken
from tests.fuzz.of_dom import read_page, spoilt_page

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

PAGES = 200


async def test_what_a_page_hides_is_never_read(engine: PageEngine) -> None:
    made, ended = random.Random(9), {"read": 0, "drift": 0}
    for _ in range(PAGES):
        content = spoilt_page(Choices(made.randbytes(made.choice((4, 12, 40)))))
        try:
            await read_page(engine, content)
        except Stop as stopped:
            assert stopped.outcome.ending is Ending.DRIFT, content
            ended["drift"] += 1
        except (Broken, PageFailed) as error:
            pytest.fail(f"{error}: {content!r}")
        else:
            ended["read"] += 1
    assert min(ended.values()) > PAGES // 10, "pages of both kinds are needed to show anything"
