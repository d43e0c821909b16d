"""Ends the process of a command at a step of bringing an office to a server, as a power cut would."""

import os
import signal

import portalwright.sharing
from ledger import shared_vault
from vault.storage import FileStorage


def _die(*_arguments: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before_anything_is_brought() -> None:
    vars(portalwright.sharing)["share"] = _die


def when_the_pages_have_arrived() -> None:
    FileStorage.hand_over = _die  # type: ignore[method-assign]  # it never returns


def when_the_vault_has_arrived() -> None:
    bring = shared_vault.bring

    def bring_and_die(content: bytes, **options: str) -> None:
        bring(content, **options)
        _die()

    shared_vault.bring = bring_and_die


def before_the_files_are_published() -> None:
    vars(portalwright.sharing)["publish"] = _die


def before_the_new_office_has_its_files() -> None:
    vars(portalwright.sharing)["write_into"] = _die
