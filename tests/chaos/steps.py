"""The named steps of a worker's work, from the lane's lease to its end: at each of them the plug can be pulled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from flows.questions import Flow


class Only(StrEnum):
    """Which of a function's calls is the step."""

    EVERY = "every"
    PASSWORD = "password"
    CODE = "code"
    AFTER_PASSWORD = "after-password"
    AFTER_CODE = "after-code"
    ITS_END = "its-end"
    """Of the entries in the audit log, that of a question's end."""
    GIVEN = "given"
    """Only where the function gives something."""


@dataclass(frozen=True)
class Step:
    """A step: its name, and the function (`module:Class.function`) with or after whose call it is reached."""

    name: str
    at: str
    before: bool = False
    only: Only = Only.EVERY
    late: bool = False
    """Not at once: a few moments after the call began, while it runs."""


SIGN_IN: Sequence[Step] = (
    Step("lane taken", "ledger.lanes:take"),
    Step("run begun", "ledger.runs:start"),
    Step("question given out", "ledger.work:next_item"),
    Step("window opened", "bots.browser:BrowserHost.new_context"),
    Step("sign-in page before us", "bots.portal_page:PortalPage.go"),
    Step("password's press committed", "ledger.presses:begin", only=Only.PASSWORD),
    Step("while the password is pressed", "bots.engine:PageEngine.press", only=Only.AFTER_PASSWORD, late=True),
    Step("password pressed", "bots.engine:PageEngine.press", only=Only.AFTER_PASSWORD),
    Step("code's press committed", "ledger.presses:begin", only=Only.CODE),
    Step("code pressed", "bots.engine:PageEngine.press", only=Only.AFTER_CODE),
    Step("press about to be proved", "ledger.presses:settle", before=True),
    Step("press proved", "ledger.presses:settle"),
    Step("signed in", "bots.doorway:Doorway.sign_in"),
    Step("signing out", "bots.doorway:Doorway.leave", before=True),
    Step("signed out", "bots.doorway:Doorway.leave"),
    Step("run ended", "ledger.runs:end"),
    Step("lane given back", "ledger.lanes:release"),
)
"""Steps of a session, in the order in which it comes through them."""

_TAKEN = Step("taken up", "bots.attempts:Attempts.attempt", before=True)
_ASKED = (
    Step("form open", "bots.session:Session.open"),
    Step("portal answered", "bots.session:Session.ask"),
)
_READ = Step("page read", "bots.session:Session.read")
_END = (
    Step("answer known", "bots.attempts:Attempts.attempt"),
    Step("pages sealed", "bots.evidence:PagesSeen.seal", only=Only.GIVEN),
    Step("end about to be committed", "ledger.audit:append", only=Only.ITS_END),
    Step("end committed", "ledger.work:finish"),
    Step("end acknowledged", "bots.attempts:Attempts.finish"),
)

_FETCHED = (
    Step("document about to be asked for", "bots.collecting:Collector._press", before=True),
    Step("document asked for", "bots.collecting:Collector._press"),
    Step("document begins to come", "bots.downloads:Awaited.begun"),
    Step("a piece of the document in memory", "bots.downloads:Awaited._piece"),
    Step("document in memory", "bots.downloads:Awaited._body"),
    Step("document come whole", "bots.downloads:Awaited.came"),
    Step("document opened", "portalwright.intake:OfficeIntake.check"),
    Step("document fetched", "bots.session:Session.collect"),
    Step("first document sealed", "bots.evidence:seal"),
    Step("documents sealed", "bots.evidence:PagesSeen.seal_documents", only=Only.GIVEN),
    Step("documents written down, not committed", "ledger.documents:Documents.keep"),
)

STORED: Sequence[Step] = (
    Step("file about to be stored", "bots.downloads:Awaited.stored", before=True),
    Step("file being stored", "bots.downloads:_stored_bytes"),
    Step("file stored", "playwright.async_api:Download.path"),
    Step("stored file read", "bots.downloads:_content"),
    Step("stored file removed", "bots.downloads:_turn_away"),
)
"""Steps of a document that a page's script makes, which the browser stores before we can read it."""

STEPS: Mapping[Flow, Sequence[Step]] = MappingProxyType(
    {
        Flow.CLAIM_STATUS: (_TAKEN, *_ASKED, _READ, Step("claim picked", "bots.session:Session.pick"), *_END),
        Flow.ELIGIBILITY: (_TAKEN, *_ASKED, _READ, *_END),
        Flow.REMITTANCES: (
            *(_TAKEN, *_ASKED, _READ),
            *_FETCHED,
            *_END,
        ),
        Flow.APPEAL: (
            _TAKEN,
            Step("list read", "flows.appeal:listed_for_claim"),
            Step("claim found", "flows.appeal:find_claim"),
            Step("form filled", "flows.appeal:_fill"),
            Step("review compared", "flows.appeal:_review"),
            Step("pressing committed", "bots.write_guard:WriteGuard.pressing"),
            Step("while it is pressed", "bots.held_button:HeldButton.press_once", late=True),
            Step("receipt before us", "bots.submitting:Submitter.submit"),
            *_END,
        ),
    }
)
"""Steps of a question, by its flow."""


def named(name: str, flow: Flow) -> Step:
    """The step of this name in a question of this flow, or in any session. Raises StopIteration for another name."""
    return next(step for step in (*STEPS.get(flow, ()), *SIGN_IN, *STORED) if step.name == name)
