"""Everything the ledger can refuse, one sentence each: what happened, what was kept safe, what to do next."""

from datetime import date, datetime, timedelta

from django.db.utils import OperationalError


class LedgerError(Exception):
    """A refusal by the ledger. Its text is for a person and never holds patient data or secrets."""


class LedgerKeyWrong(LedgerError):
    """The database does not open with this key."""

    def __init__(self) -> None:
        super().__init__(
            "The ledger does not open with this key, or its file is damaged. Nothing was changed; use the vault that "
            "belongs to this office, or restore the ledger together with its vault from the same backup."
        )


class LedgerNotOpen(LedgerError):
    """Something was asked of the ledger before `open_ledger`."""

    def __init__(self) -> None:
        super().__init__("The ledger is not open yet. Nothing was changed; open the office first.")


class LedgerOpenElsewhere(LedgerError):
    """This process has already opened the ledger of another office."""

    def __init__(self) -> None:
        super().__init__(
            "This process already works for another office, and two offices never share one. Nothing was changed; "
            "start a process of its own for each office."
        )


class LedgerAddressWrong(LedgerError):
    """The line in office.toml that names a PostgreSQL server cannot be used. Its text is never repeated."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The ledger's address cannot be used: {why}.")
        self.why = why


class DatabaseRefused(LedgerError, OperationalError):
    """The database below the ledger did not do what it was asked; what was begun was taken back.

    It is an error of the database layer too, so that the layer takes the transaction back as for any other.
    """


class LedgerBusy(DatabaseRefused):
    """Another process held the ledger for longer than we wait."""

    def __init__(self) -> None:
        super().__init__(
            "The ledger is locked by another process, which did not let go in time. Nothing was written; see what else "
            "works on this office, and try again when it has ended."
        )


class LedgerDiskFull(DatabaseRefused):
    """There is no room to write, on this disk or the server's."""

    def __init__(self) -> None:
        super().__init__(
            "There is no room left on the disk where the ledger lies, or it cannot be written to. Nothing of this step "
            "was written, and all before it is kept; make room, and start again."
        )


class LedgerUnreachable(DatabaseRefused):
    """The database server cannot be reached, does not let us in, or has gone away."""

    def __init__(self, why: str, todo: str) -> None:
        super().__init__(f"{why} Nothing was written; {todo}.")


class ClockOff(DatabaseRefused):
    """This computer and the database server disagree about the time, on which leases and lock-out windows rest."""

    def __init__(self, off: timedelta) -> None:
        minutes = round(abs(off) / timedelta(minutes=1), 1)
        way = "ahead of" if off > timedelta() else "behind"
        super().__init__(
            f"This computer's clock is {minutes} minutes {way} the database server's. Nothing was started; set the "
            "clock (time synchronisation should be on), and start again."
        )


class WorkerForgotten(LedgerError):
    """This worker was silent for so long that the others took it for dead; it has to join them again."""

    def __init__(self) -> None:
        super().__init__(
            "This worker was not heard of for so long that the others took it for dead. Nothing was lost; it joins "
            "them again by itself."
        )


class MoveRefused(LedgerError):
    """The office was not moved to another database and works on where it was."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} The office was not moved and works on with the ledger that it has.")


class FilesPublishedSince(LedgerError):
    """Files of the office would have been published over newer ones that another computer published."""

    def __init__(self, newest: int, based_on: int) -> None:
        super().__init__(
            f"Version {newest} of the office's files was published meanwhile; those here were made from version "
            f"{based_on}. Nothing was published; get the newest with `portalwright ledger fetch`, make your change "
            "there, and publish again."
        )


class OfficeHeld(LedgerError):
    """The office came out of a backup, and no person has said yet that it may work."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Nothing was started.")


class RowsRefused(LedgerError):
    """Rows that were written out cannot be read into a database as they are."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Nothing of it is in use.")


class LaneBusy(LedgerError):
    """Another live process holds the lane."""

    def __init__(self, until: datetime, holder: str) -> None:
        super().__init__(
            f"This portal session is already run by {holder}, at least until {until:%Y-%m-%d %H:%M:%S} UTC. "
            "Nothing was started; wait for it to end, or for its time to run out."
        )
        self.until = until
        self.holder = holder


class LeaseLost(LedgerError):
    """The lane was taken over or given back; whoever still works with the old token must stop."""

    def __init__(self) -> None:
        super().__init__(
            "This session no longer holds its lane: another process has taken over. Nothing was written; stop here, "
            "the other process asks the open questions again."
        )


class PressRefused(LedgerError):
    """A press of a sign-in button would risk a lock-out. `until`: when waiting lifts it; None: a person has to."""

    def __init__(self, bar: str, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.bar = bar
        self.until = until


class PressSettled(LedgerError):
    """The press already has another result, or only the holder of the lane may prove it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class PasswordUnsettled(LedgerError):
    """A sign-in cannot be cleared while it has two passwords of which nobody knows which one works."""

    def __init__(self, portal: str) -> None:
        super().__init__(
            f"{portal}: the password of this sign-in was being changed, and it is not known which of the two works. "
            "Nothing was cleared and both are kept; try them by hand, and say which it is with "
            f"`portalwright vault pending {portal} --works new` or `--works old`."
        )


class PasswordNotInDoubt(LedgerError):
    """A person says which of two passwords works, and nobody had asked."""

    def __init__(self, portal: str) -> None:
        super().__init__(f"{portal}: there is no doubt about the password of this sign-in. Nothing was changed.")


class SignInAtWork(LedgerError):
    """A password that waits cannot be dropped while a session may be about to use it."""

    def __init__(self, portal: str) -> None:
        super().__init__(
            f"{portal}: a session is at work with this sign-in. Nothing was changed; try again when it has ended."
        )


class Stopped(LedgerError):
    """A portal, a credential or one view of a flow stands still until a person closes `case_id`.

    `what` is "portal", "credential" or "view".
    """

    def __init__(self, what: str, portal: str, detail: str, case_id: int) -> None:
        super().__init__(
            f"{portal}: this {what}{f' ({detail})' if detail else ''} is stopped until a person closes case {case_id}. "
            "No question was lost; they go on when it is closed."
        )
        self.what = what
        self.portal = portal
        self.case_id = case_id


class PortalStopped(Stopped):
    """The portal does not want a robot now (captcha, bot notice): only a person starts it again."""


class CredentialFrozen(Stopped):
    """Signing in with this credential needs a person."""


class ViewStopped(Stopped):
    """This view was not recognised several times in a row."""


class PortalClosed(LedgerError):
    """Nobody is to be asked there before `until`: the portal said so, or its posted hours are over.

    `alias` names the sign-in when only that one rests; `why` is the code of it, or "hours".
    """

    def __init__(self, portal: str, until: datetime, why: str, alias: str = "") -> None:
        what = f"{portal}: the sign-in {alias} rests" if alias else f"{portal} is closed"
        super().__init__(
            f"{what} until {until:%Y-%m-%d %H:%M} UTC ({why}). Nothing was sent to it and every question keeps its "
            "turn; run again after that."
        )
        self.portal = portal
        self.until = until
        self.why = why
        self.alias = alias


class SessionsUsedUp(LedgerError):
    """More sessions at a time than the portal allows."""

    def __init__(self, portal: str, allowed: int) -> None:
        super().__init__(
            f"{portal} allows {allowed} sessions of a user at a time, and this would be one more. Nothing was started."
        )


class CodeNotWanted(LedgerError):
    """A one-time code came that no run waits for, or no longer."""

    def __init__(self, portal: str, *, late: bool = False) -> None:
        why = "came too late, or another one came first" if late else "is not waited for: no run asks for one now"
        super().__init__(
            f"The code for {portal} {why}. It was not used and is not kept; start `portalwright run {portal}` and hand "
            "over the code that comes then."
        )


class NotPermitted(LedgerError):
    """The permission register does not allow this flow at this portal now."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Nothing was sent to the portal; record the permission first (portalwright permit).")


class PublishedOtherwise(LedgerError):
    """A permission was to be recorded for a portal whose payer has published something else."""

    def __init__(self, name: str, says: str, verified_on: date) -> None:
        super().__init__(
            f"{name} has published (read on {verified_on:%Y-%m-%d}): {says} Nothing was recorded. Breaking a portal's "
            "terms can end the access of everyone in the office; if the payer has given you leave in spite of this, "
            "say so with --despite-published."
        )


class PressingRefused(LedgerError):
    """The button that files an appeal must not be pressed."""


class AlreadyPressed(PressingRefused):
    """It was pressed before."""

    def __init__(self) -> None:
        super().__init__(
            "This appeal's button was pressed before. Nothing was pressed now, nor will be; the portal's own list says "
            "what came of it."
        )


class NotApproved(PressingRefused):
    """What would be pressed is not what a person approved."""

    def __init__(self) -> None:
        super().__init__(
            "This appeal is not approved as it would be filed: it was changed or withdrawn meanwhile. Nothing was "
            "pressed; look at it with `portalwright appeal show`, and approve it again."
        )


class AppealExists(LedgerError):
    """The same is contested already."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Appeal {number} already contests one of these lines at this level, and payers keep only the first. "
            f"Nothing was recorded; go on with that one (portalwright appeal show {number})."
        )
        self.number = number


class AppealFixed(LedgerError):
    """The appeal has come too far to be changed so."""

    def __init__(self, number: int, stage: str) -> None:
        super().__init__(
            f"Appeal {number} is {stage}, and this cannot be done with it now. Nothing was changed; "
            f"`portalwright appeal show {number}` says what happened to it."
        )
        self.number = number
        self.stage = stage


class AppealUnsettled(LedgerError):
    """A case was to be put aside while nobody knows what becomes of its appeal."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Appeal {number} waits for this case, and somebody has to say what becomes of it. Nothing was changed; "
            f"`portalwright appeal settle {number}` when it was pressed, `portalwright appeal withdraw {number}` when "
            "it was not."
        )
        self.number = number


class RecordWrong(LedgerError):
    """What was to be recorded contradicts itself or the rules of the register."""


class PasswordWeak(RecordWrong):
    """A password that somebody would guess. Its text says why, and never the password."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This password cannot be used: {why} Nothing was changed; choose another one.")


class BeingAsked(LedgerError):
    """A session asks the portal the same at this moment."""

    def __init__(self) -> None:
        super().__init__(
            "The robot is asking the portal about this at the moment. Nothing was changed; look at its answer first, "
            "or try again in a minute."
        )


class AnswerDoesNotAddUp(LedgerError):
    """An answer that was entered by hand contradicts itself. `wrong` are sentences without a value."""

    def __init__(self, wrong: tuple[str, ...]) -> None:
        super().__init__(
            f"{' '.join(wrong)} Nothing was recorded; look at the amounts again, or say why it is right all the same."
        )
        self.wrong = wrong


class MappingRefused(LedgerError):
    """What a text means cannot be proposed, confirmed or refused so."""


class NotAPerson(LedgerError):
    """Only a person may do this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Only a person may {what}; a robot's account was used. Nothing was changed.")


class NotThere(LedgerError):
    """There is no such record."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The ledger has no {what}. Nothing was changed; look it up in the list and try again.")


class OthersCase(LedgerError):
    """A case that stops a portal for the whole office is to be closed for a practice that did not open it."""

    def __init__(self, case_id: int) -> None:
        super().__init__(
            f"Another practice of this office opened case {case_id}, and somebody who works for it closes it. Nothing "
            "was changed; the portal stands still for every practice until then."
        )


class AlreadyClosed(LedgerError):
    """The case or task was closed before."""

    def __init__(self, number: int, what: str = "Case") -> None:
        super().__init__(f"{what} {number} is already closed. Nothing was changed; look at how it was closed.")


class CaseChanged(LedgerError):
    """Somebody has done something to a case since the page was made on which one was about to do something to it."""

    def __init__(self, case_id: int, by: str, what: str, at: datetime | None) -> None:
        when = f" at {at:%Y-%m-%d %H:%M} UTC" if at is not None else ""
        super().__init__(
            f"Case {case_id} has changed since you opened it: {by} {what}{when}. Nothing was saved, and what you typed "
            "is still here; look at the case as it is now, and save again if it still holds."
        )
        self.case_id = case_id


class CaseTaken(LedgerError):
    """Somebody else works on the case."""

    def __init__(self, case_id: int, owner: str) -> None:
        super().__init__(
            f"{owner} has taken case {case_id}. Nothing was changed; ask them, or assign it to yourself if they agree."
        )
        self.owner = owner


class SnoozeRefused(LedgerError):
    """A case was to be put off for too long, or one that must not wait."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} The case was not put off.")


class ReopenRefused(LedgerError):
    """The closing of a case cannot be taken back any more."""

    def __init__(self, case_id: int, why: str) -> None:
        super().__init__(f"Case {case_id} stays closed: {why}")


class NeverChanged(LedgerError):
    """Somebody tried to change or delete a row that is only ever added."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is only ever added to, never changed or deleted. Nothing was changed.")


class VaultOlder(LedgerError):
    """The vault says a lower version count than the ledger has seen."""

    def __init__(self, seen: int, offered: int) -> None:
        super().__init__(
            f"The vault is an older copy: the ledger has seen version {seen}, this one is {offered}. Nothing was "
            "changed; restore the newest vault."
        )


class NotInPractice(LedgerError):
    """The account may not work for that practice; the same words as for a practice that is not there."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The account {account} is not known, or works for no such practice. Nothing was done; somebody who works "
            "for it can let the account in with `portalwright account allow`."
        )


class PracticeNeeded(LedgerError):
    """The account works for several practices, and nobody said for which one now."""

    def __init__(self, tins: tuple[str, ...]) -> None:
        super().__init__(
            f"This account works for several practices. Nothing was done; say for which one, by its tax number "
            f"({', '.join(tins)}): portalwright --practice {tins[0]} ..., or PORTALWRIGHT_PRACTICE."
        )
