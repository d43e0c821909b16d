"""What somebody is told of by e-mail or webhook, and in which words: a closed set. No patient, no text of a page."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """What can be told. `urgent` ones do not wait for the morning."""

    LOCK_OUT = "lock-out"
    CAPTCHA = "captcha"
    BOT_NOTICE = "bot-notice"
    PORTAL_STOPPED = "portal-stopped"
    SIGN_IN_STOPPED = "sign-in-stopped"
    PAGE_CHANGED = "page-changed"
    CODE_WANTED = "code-wanted"
    FILING_UNCERTAIN = "filing-uncertain"
    DEADLINE = "deadline"
    DEADLINE_UNPROCESSED = "deadline-unprocessed"
    RUN_LATE = "run-late"
    STUCK = "stuck"
    WORKER_GONE = "worker-gone"
    NOTHING_DISPATCHED = "nothing-dispatched"
    SUCCESS_LOW = "success-low"
    NOTHING_ANSWERED = "nothing-answered"
    NOT_FOUND_HIGH = "not-found-high"
    DOWNLOADS_BROKEN = "downloads-broken"
    BACKUP_MISSED = "backup-missed"
    AUDIT_CHANGED = "audit-changed"
    EMERGENCY_ACCESS = "emergency-access"
    PERMISSION_ENDS = "permission-ends"
    PERMISSION_REVIEW = "permission-review"
    PASSWORD_ENDS = "password-ends"  # noqa: S105 - the name of an alarm, no secret

    @property
    def urgent(self) -> bool:
        """Is it told in quiet hours too?"""
        return self in _URGENT

    @property
    def of_office(self) -> bool:
        """Is it about the office as a whole? Then one of its practices tells of it."""
        return self in _OF_OFFICE

    @property
    def subject(self) -> str:
        """What is told, in a few words."""
        return _WORDS[self][0]

    @property
    def what_to_do(self) -> str:
        """A sentence or two: what it means, what was kept safe, what to do."""
        return _WORDS[self][1]


_URGENT = frozenset(
    {
        AlarmKind.LOCK_OUT,
        AlarmKind.CAPTCHA,
        AlarmKind.BOT_NOTICE,
        AlarmKind.CODE_WANTED,
        AlarmKind.FILING_UNCERTAIN,
        AlarmKind.DEADLINE,
        AlarmKind.WORKER_GONE,
        AlarmKind.NOTHING_DISPATCHED,
        AlarmKind.AUDIT_CHANGED,
        AlarmKind.EMERGENCY_ACCESS,
    }
)
_OF_OFFICE = frozenset(
    {AlarmKind.WORKER_GONE, AlarmKind.NOTHING_DISPATCHED, AlarmKind.BACKUP_MISSED, AlarmKind.AUDIT_CHANGED}
)

_CASES = "See `portalwright cases list`."

_WORDS = {
    AlarmKind.LOCK_OUT: (
        "the portal rejected a sign-in, or locked it",
        f"Nothing more is pressed until a person has seen to the account. {_CASES}",
    ),
    AlarmKind.CAPTCHA: ("a captcha", f"The portal stands still until a person has closed the case. {_CASES}"),
    AlarmKind.BOT_NOTICE: (
        "a notice about robots",
        f"The portal stands still until a person has closed the case. {_CASES}",
    ),
    AlarmKind.PORTAL_STOPPED: (
        "the portal stands still",
        f"Nothing is asked there until a person has closed the case; no question was lost. {_CASES}",
    ),
    AlarmKind.SIGN_IN_STOPPED: (
        "a sign-in needs a person",
        f"Its questions keep their turn until a person has seen to it. {_CASES}",
    ),
    AlarmKind.PAGE_CHANGED: (
        "a page has changed",
        f"This job stands still at the portal until a person has closed the case. {_CASES}",
    ),
    AlarmKind.CODE_WANTED: (
        "a one-time code is wanted",
        "The robot waits at the portal's door for some minutes. Hand it over with `portalwright code PORTAL`.",
    ),
    AlarmKind.FILING_UNCERTAIN: (
        "an appeal was pressed and its receipt was not seen",
        f"It is looked for in the portal's own list and never pressed again. {_CASES}",
    ),
    AlarmKind.DEADLINE: ("a limit for filing or appealing is near", f"It has to be seen to today. {_CASES}"),
    AlarmKind.DEADLINE_UNPROCESSED: (
        "questions with a near deadline or much money were not asked",
        "The night is nearly over, or it is, and they still wait. See `portalwright due`.",
    ),
    AlarmKind.RUN_LATE: (
        "the night's work will not be done in time",
        "At this pace it ends after the night does; the rest waits for the next one. See `portalwright status --live`.",
    ),
    AlarmKind.STUCK: (
        "a session makes no step",
        "It has been silent for three times as long as questions take. See `portalwright status --live`.",
    ),
    AlarmKind.WORKER_GONE: (
        "a worker went away without ending",
        "What it was asking is asked again by another one. See that `portalwright worker` runs.",
    ),
    AlarmKind.NOTHING_DISPATCHED: (
        "the worker begins nothing any more",
        "For a quarter of an hour it has failed to see what is to be asked; nothing is lost. See `portalwright logs "
        "--event worker-failed`, and start it again.",
    ),
    AlarmKind.SUCCESS_LOW: (
        "fewer than 80 of 100 questions are answered",
        f"Of the last 20, so many were; the others became cases or wait. {_CASES}",
    ),
    AlarmKind.NOTHING_ANSWERED: (
        "no answers where there were many the night before",
        "The portal says everywhere that there is nothing, or is not read any more. Look at the portal by hand.",
    ),
    AlarmKind.NOT_FOUND_HIGH: (
        "three times as many not found as usual",
        "The portal or its search may have changed. Look at a few of them by hand before you act on them.",
    ),
    AlarmKind.DOWNLOADS_BROKEN: (
        "downloads come empty or broken",
        f"They are fetched again later; nothing was taken for a document that is none. {_CASES}",
    ),
    AlarmKind.AUDIT_CHANGED: (
        "the audit log is not as it was written",
        "Somebody has changed it, or a disk has. Nothing was mended; keep the ledger as it is, and see `portalwright "
        "audit verify`.",
    ),
    AlarmKind.EMERGENCY_ACCESS: (
        "somebody looked at a patient in an emergency",
        "Somebody else has to review it at the desk, under Audit, within a working day.",
    ),
    AlarmKind.BACKUP_MISSED: (
        "the nightly backup was not made",
        "See that the folder of [backup] in office.toml is there and has room (`portalwright logs --event "
        "worker-failed`), that it is not paused (`portalwright schedule list`), and make one with `portalwright backup "
        "FILE`.",
    ),
    AlarmKind.PERMISSION_ENDS: (
        "a permission ends soon",
        "After that nothing is asked there for this job. Renew it with `portalwright permit`.",
    ),
    AlarmKind.PERMISSION_REVIEW: (
        "a permission is to be looked at again",
        "Its review day has come: see that the payer still permits it, and record it with `portalwright permit`.",
    ),
    AlarmKind.PASSWORD_ENDS: (
        "a password ends soon",
        "Change it at the portal and seal the new one with `portalwright vault add`.",
    ),
}
