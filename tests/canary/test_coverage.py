"""The run of the canaries leaves out nothing: no command, no fault of the practice portals, no page of the desk."""

from console.urls import PAGES
from sandbox.switches import Switches
from tests.canary.commands import ELSEWHERE, USES, commands
from tests.canary.desk import made_up, page_of
from tests.canary.night import faults


def test_every_command_is_used_or_is_said_to_be_used_elsewhere() -> None:
    used = {use.command for use in USES}
    assert used | set(ELSEWHERE) == set(commands()), "put the new command into tests/canary/commands.py"
    assert used & set(ELSEWHERE) == set()


def test_every_switch_of_a_practice_portal_is_put_on() -> None:
    assert {switch for fault in faults() for switch in fault.switches} == set(Switches.model_fields)


def test_every_page_of_the_desk_is_known_by_its_address() -> None:
    assert [page.name for page in PAGES if page_of(made_up(page)) != page] == []
