"""What a person and the shell are told when a command cannot be done: one or two sentences and an exit code."""

import errno

from portalwright.exit_codes import ExitCode

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def told(error: Exception) -> tuple[ExitCode, str]:
    """The exit code and the sentences for an error. For what is not known here: our own mistake, without its text."""
    from bots.installed_browser import NoBrowser
    from console.refusals import AddressRefused, CertificateRefused, PortTaken
    from documents.attachments import AttachmentRefused
    from documents.table import FileUnreadable
    from documents.table_out import TooMuchForExcel
    from documents.written_whole import FileNotWritten
    from flows.drafting import DraftRefused, NoticeTooEarly
    from ledger.errors import (
        CodeNotWanted,
        CredentialFrozen,
        LaneBusy,
        LedgerBusy,
        LedgerDiskFull,
        LedgerError,
        LedgerKeyWrong,
        NotPermitted,
        OfficeHeld,
        PortalClosed,
        PortalStopped,
        PressRefused,
        PublishedOtherwise,
        VaultOlder,
        ViewStopped,
    )
    from packs.problems import PackError
    from portalwright.backup import BackupRefused
    from portalwright.cli.asking import NotAsked
    from portalwright.logs import error_places
    from portalwright.office import AccountUnknown, OfficeExists, OfficeMissing
    from portalwright.office_files import FilesOlder
    from portalwright.settings import SettingsWrong
    from portalwright.watching.targets import TargetRefused
    from vault.errors import VaultBusy, VaultError

    match error:
        case NotPermitted() | PublishedOtherwise():
            return ExitCode.NOT_PERMITTED, str(error)
        case PortalStopped() | CredentialFrozen() | ViewStopped() | PressRefused() | OfficeHeld():
            return ExitCode.STOPPED, str(error)
        case CodeNotWanted():
            return ExitCode.NOT_WANTED, str(error)
        case LaneBusy() | LedgerBusy() | VaultBusy() | PortalClosed():
            return ExitCode.LATER, str(error)
        case LedgerDiskFull():
            return ExitCode.OFFICE, str(error)
        case VaultError() | VaultOlder() | NotAsked():
            return ExitCode.VAULT, str(error)
        case LedgerKeyWrong() | LedgerError():
            return ExitCode.LEDGER, str(error)
        case OfficeMissing() | OfficeExists() | FilesOlder() | SettingsWrong() | FileUnreadable() | PackError():
            return ExitCode.OFFICE, str(error)
        case DraftRefused():
            return ExitCode.NEEDS_PERSON, str(error)
        case FileNotWritten() | TooMuchForExcel() | AttachmentRefused() | BackupRefused():
            return ExitCode.OFFICE, str(error)
        case CertificateRefused():
            return ExitCode.OFFICE, str(error)
        case PortTaken():
            return ExitCode.LATER, str(error)
        case AddressRefused() | AccountUnknown() | NoticeTooEarly() | TargetRefused():
            return ExitCode.USAGE, str(error)
        case NoBrowser():
            return ExitCode.NO_BROWSER, str(error)
        case OSError() if error.errno in _NO_ROOM:
            return ExitCode.OFFICE, (
                "There is no room left on the disk where the office lies. Nothing of this step was recorded, and all "
                "before it is kept; make room, and start again."
            )
        case OSError() if error.filename is not None:
            return ExitCode.OFFICE, f"{error.filename}: {error.strerror}. What was recorded before is kept."
        case LookupError() if _from_packs(error):
            return ExitCode.OFFICE, str(error.args[0])
        case _:
            return ExitCode.DEFECT, (
                f"Something went wrong inside portalwright ({error_places(error)}). What was recorded before is kept, "
                "and the trace is in the office's log; please report it, with this line."
            )


def _from_packs(error: LookupError) -> bool:
    """Was it raised by the loader of packs, whose sentence is for a person?"""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "packs.load"
