"""Serves the opened office as the desk, and brings it up to date while it is served."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console.application import Application
from console.serving import Place, listen, serve, tls
from ledger import accounts
from ledger.accounts import Practice
from ledger.console_accounts import anybody_may_sign_in
from ledger.errors import DatabaseRefused
from ledger.start import close_connection, is_on_server
from portalwright.desk.application import application, zone_of
from portalwright.desk.practices import doors_of
from portalwright.doors import Packs
from portalwright.logs import Event
from portalwright.office import Desk, utc_now
from portalwright.office_files import FilesOlder
from portalwright.settings import ConsoleSettings, SettingsWrong

_SIGNING_KEY = "console"

NOBODY = (
    "Nobody can sign in yet. Make the first account: portalwright console adduser NAME --role admin --role biller "
    "(another terminal will do)."
)


@dataclass
class Renewal:
    """The office as it was when it was last looked at; says when it is another. To be asked by one thread at a time."""

    desk: Desk
    packs: Packs = field(default_factory=Packs)
    _known: tuple[tuple[Practice, ...], str] | None = None
    _wrong: str = ""

    def first(self) -> Application:
        """The office as it is when the desk opens."""
        made = application(self.desk, self.packs)
        self._known = (tuple(accounts.practices()), made.zone)
        return made

    def __call__(self) -> Application | None:
        """The office anew, where its files were published anew, a practice came, or its time zone changed; else None.

        Packs need no look here: they are read again whenever their files change. What cannot be read is told in the
        log once, and what held before holds.
        """
        try:
            renewed = self.desk.renewed()
            practices, zone = tuple(accounts.practices()), zone_of(doors_of(renewed, utc_now(), self.packs))
            if renewed is self.desk and (practices, zone) == self._known:
                return None
            self.desk, self._wrong = renewed, ""
            made = application(renewed, self.packs)
            self._known = (practices, zone)
        except DatabaseRefused:
            return None
        except Exception as error:
            if str(error) != self._wrong or not isinstance(error, SettingsWrong | FilesOlder):
                self.desk.log.failure(Event.CONSOLE_FAILED, error)
            self._wrong = str(error)
            return None
        return made


def place_of(folder: Path, settings: ConsoleSettings, address: str | None, files: tuple[Path, Path] | None) -> Place:
    """Where to serve: what was said on the command line (`files`: certificate and key), else in office.toml."""
    chosen = files
    if chosen is None and settings.certificate is not None and settings.key is not None:
        chosen = folder / settings.certificate.expanduser(), folder / settings.key.expanduser()
    certificate, key = chosen or (None, None)
    return Place(address or settings.address, certificate, key, settings.names)


def serve_desk(desk: Desk, place: Place, port: int | None, show: Callable[[str], None]) -> None:
    """Serve it until SIGTERM or Ctrl-C. `show` gets a line for the person at the terminal.

    Raises AddressRefused, CertificateRefused or PortTaken before anything is served.
    """
    place.check()
    tls(place)
    renewal = Renewal(desk)
    served = renewal.first()
    signing_key = desk.vault.system_secret(_SIGNING_KEY).reveal().hex()
    if not anybody_may_sign_in():
        show(NOBODY)
    listening = listen(place, port)
    address = place.address_of(listening.getsockname()[1])
    # An open file keeps `ledger move` from moving it away below the desk; a server may go away and come back meanwhile.
    if is_on_server():
        close_connection()

    def ready() -> None:
        desk.log.log(Event.CONSOLE_SERVED)
        show(f"The desk is at {address}")

    serve(served, signing_key, place, listening, renewed=renewal, ready=ready)
