"""Appeals as the office sees them: drafts, changes to them, and where each stands."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flows.answers import AppealStanding, Decision, Refusal
from flows.appeal_rules import AppealRules
from flows.questions import Appeal, AppealLevel, AppealReason, Attachment
from flows.values import Frozen
from ledger.states import AppealStage


class AppealKind(StrEnum):
    """What an appeal is about (DOMAIN 2.4)."""

    CLINICAL = "clinical"
    ADMINISTRATIVE = "administrative"
    """Coding, and whatever is a matter of form."""
    UNDERPAYMENT = "underpayment"
    TIMELY_FILING = "timely-filing"
    AUTHORIZATION = "authorization"
    ELIGIBILITY = "eligibility"
    """Coverage and coordination of benefits."""


class Happening(StrEnum):
    """What can happen to an appeal."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    ATTACHED = "attached"
    DETACHED = "detached"
    APPROVED = "approved"
    APPROVAL_ENDED = "approval-ended"
    WITHDRAWN = "withdrawn"
    PRESSING = "pressing"
    """About to be pressed; written before the press."""
    UNCERTAIN = "uncertain"
    """Pressed, and nobody saw what came of it."""
    NOT_ON_LIST = "not-on-list"
    """The portal's own list was read, and does not show it."""
    FILED = "filed"
    FOUND_ON_LIST = "found-on-list"
    """Filed: the portal's own list shows it."""
    REFUSED = "refused"
    NUMBER_CAME = "number-came"
    STANDING = "standing"
    DECIDED = "decided"
    SETTLED_FILED = "settled-filed"
    """A person says that it was filed."""
    SETTLED_NOT_FILED = "settled-not-filed"


class KeptDeadline(Frozen):
    """The last day to file: by which rule, counted from what (`anchor`) and when, says who, and when it was verified.

    `verified_on` None: nobody has verified the rule, and `day` is the earliest that any source gives.
    """

    day: date
    rule: str
    anchor: str
    anchor_date: date | None
    source: str
    verified_on: date | None = None


class AppealDraft(Frozen):
    """What is to be contested. `amount` in dollars; `lines` as the payer numbers them, none for the whole claim.

    `own_words` is what the argument was filled from, with its placeholders, where a person wrote it and no template
    did. `carcs` and `rarcs` are the codes that are contested, `rules` how the payer takes appeals.
    """

    portal: str
    patient_account_number: str
    payer_claim_number: str
    level: AppealLevel
    reason: AppealReason
    kind: AppealKind
    lines: tuple[str, ...] = ()
    amount: Decimal
    argument: str = ""
    own_words: str = ""
    carcs: tuple[str, ...] = ()
    rarcs: tuple[str, ...] = ()
    deadline: KeptDeadline | None = None
    rules: AppealRules


class AppealChange(Frozen):
    """What is to be otherwise; None leaves it as it is."""

    level: AppealLevel | None = None
    reason: AppealReason | None = None
    kind: AppealKind | None = None
    lines: tuple[str, ...] | None = None
    amount: Decimal | None = None
    argument: str | None = None
    own_words: str | None = None
    carcs: tuple[str, ...] | None = None
    rarcs: tuple[str, ...] | None = None
    deadline: KeptDeadline | None = None


class AppealRecord(Frozen):
    """An appeal as it stands; amounts in dollars.

    `digest` is of everything that is filed: whoever approves says which one they saw. `filed_by` is the robot, or the
    person who found out that it was filed; `filed_on` the payer's day. `next_look` is when the robot may look for it
    again. `case_id` is the case that it waits for; where nothing is to be filed or looked for, the newest open one that
    is about it.
    """

    number: int
    reference: str
    portal: str
    patient_account_number: str
    payer_claim_number: str
    level: AppealLevel
    reason: AppealReason
    kind: AppealKind
    lines: tuple[str, ...]
    amount: Decimal
    argument: str
    own_words: str
    carcs: tuple[str, ...]
    rarcs: tuple[str, ...]
    deadline: KeptDeadline | None
    attachments: tuple[Attachment, ...]
    stage: AppealStage
    digest: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    pressed_at: datetime | None
    refusal: Refusal | None
    filed_by: str | None
    filed_at: datetime | None
    filed_on: date | None
    confirmation: str | None
    expected_by: date | None
    standing: AppealStanding | None
    decision: Decision | None
    decided_on: date | None
    recovered: Decimal | None
    next_level_due: date | None
    next_look: datetime | None
    case_id: int | None
    question: Appeal


class AppealEventRecord(Frozen):
    """One thing that happened to the appeal of this number. `note` is what a person wrote, or a word of ours."""

    number: int
    at: datetime
    what: Happening
    by: str
    note: str
