"""What an office says about itself in office.toml, checked on reading with the line and key of every mistake."""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bots.memory_bound import AS_SHIPPED, LEAST_MEBIBYTES
from documents.checks import is_npi, tax_number
from flows.questions import Flow
from flows.retention import DAYS, LEAST_DAYS, Kind
from ledger.errors import LedgerAddressWrong
from ledger.postgresql.address import PostgresAddress, read_address
from packs.models import checked_address
from packs.wording import PATTERNS, sentence
from portalwright.watching.kinds import AlarmKind
from schedules.calendar import TimeOfDay

SETTINGS_FILE = "office.toml"

DEFAULT_CREDENTIAL = "main"
"""The name of a portal's credential in the vault when office.toml names none."""

_PORTAL = r"^[a-z][a-z0-9_-]*$"
_HOST_NAME = r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"
_ALIAS = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


class SettingsWrong(Exception):
    """office.toml cannot be used. One line for each mistake: file, line, key, what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("must be an NPI: ten digits with a right check digit")
    return text


def _one_at_least(npis: tuple[str, ...]) -> tuple[str, ...]:
    if not npis:
        raise ValueError("must name one NPI at least")
    return npis


def _tin(text: str) -> str:
    try:
        return tax_number(text)
    except ValueError:
        raise ValueError("must be a tax number of nine digits, in quotes") from None


class PracticeSettings(_Part):
    """For whom this office bills."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    tin: Annotated[str, AfterValidator(_tin)]
    npis: Annotated[tuple[Annotated[str, AfterValidator(_npi)], ...], AfterValidator(_one_at_least)]


class KeyKind(StrEnum):
    """Where the vault's key comes from."""

    KEY_FILE = "key-file"
    PASSPHRASE = "passphrase"  # noqa: S105 # the name of a kind of key, not a secret
    KEYRING = "keyring"
    COMMAND = "command"


class KeySettings(_Part):
    """How the vault is opened. A relative `file` is taken from the office folder.

    `entry` is the key's name in the operating system's keyring; `command` a program and what it is given, a text each,
    whose output is the key.
    """

    provider: KeyKind
    file: Path | None = None
    entry: Annotated[str, Field(pattern=_ALIAS)] | None = None
    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _what_goes_with_it(self) -> Self:
        for kind, name in ((KeyKind.KEY_FILE, "file"), (KeyKind.KEYRING, "entry"), (KeyKind.COMMAND, "command")):
            if (self.provider is kind) != (getattr(self, name) is not None):
                raise ValueError(f"'{name}' is needed with provider = \"{kind}\", and goes with it alone")
        return self

    def lines(self) -> tuple[str, ...]:
        """As they stand in office.toml."""
        lines = ["[key]", f"provider = {_quoted(self.provider.value)}"]
        lines += [f"file = {_quoted(str(self.file))}"] if self.file is not None else []
        lines += [f"entry = {_quoted(self.entry)}"] if self.entry is not None else []
        lines += [f"command = [{', '.join(map(_quoted, self.command))}]"] if self.command is not None else []
        return tuple(lines)


class BrowserSettings(_Part):
    """Which browser to use; found by itself when left out. `memory-mib`: what a session may take, in MiB."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True)

    path: Path | None = None
    memory_mib: Annotated[int, Field(ge=LEAST_MEBIBYTES)] = AS_SHIPPED.mebibytes


class PortalSettings(_Part):
    """One portal as this office uses it. `address` takes the place of the pack's own.

    `password-days`: so long a password lasts there, from the day on which it was sealed; for a warning before it ends.
    `change-password`: the robot chooses a new password when the portal goes no further without one. Without this word
    of the office's own it is a person's; no pack can say it.
    """

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True)

    address: Annotated[str, AfterValidator(checked_address)] | None = None
    credential: Annotated[str, Field(pattern=_ALIAS)] = DEFAULT_CREDENTIAL
    password_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    change_password: bool = False


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class NotifySettings(_Part):
    """When the office is told by e-mail or webhook. To whom is sealed in the vault: `portalwright notify add`.

    Between `quiet-from` and `quiet-to` (HH:MM, the office's time; over midnight too) only urgent ones are told, or none
    with `urgent-in-quiet-hours = false`; the others come when the quiet hours end. `leave-out`: kinds never told.
    """

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None
    urgent_in_quiet_hours: bool = True
    leave_out: tuple[AlarmKind, ...] = ()

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None) or (
            self.quiet_from and self.quiet_from == self.quiet_to
        ):
            raise ValueError("'quiet-from' and 'quiet-to' go together, and differ")
        return self


def _loopback(address: str) -> str:
    if address not in _LOOPBACK:
        raise ValueError("must be 127.0.0.1, ::1 or localhost: the figures are for this computer alone")
    return address


def _ip_address(address: str) -> str:
    try:
        return "127.0.0.1" if address == "localhost" else str(ip_address(address))
    except ValueError:
        raise ValueError("must be an IP address of this computer, such as 127.0.0.1 or 192.168.1.20") from None


class WorkerSettings(_Part):
    """`portalwright worker` on this computer: how many sessions at a time at most. Each takes about 200 MB."""

    sessions: Annotated[int, Field(ge=1, le=64)] = 3


class MetricsSettings(_Part):
    """Where the worker shows its figures to Prometheus; nowhere when no port is given."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    address: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"


class ConsoleSettings(_Part):
    """How `portalwright console` serves the desk, and what signing in to it takes.

    Another address than this computer's own (127.0.0.1, ::1, localhost) takes a `certificate` and its `key`, files of
    PEM text; a relative path is taken from the office folder. `names`: as what browsers call this computer.
    `second-factor`: nobody gets in without an authenticator app. After `failures` wrong entries in a row an account is
    locked for `locked-minutes`; after `idle-minutes` without an act one is out.
    A look in an emergency is open for `emergency-minutes`.
    """

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True)

    address: Annotated[str, AfterValidator(_ip_address)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    names: tuple[Annotated[str, Field(pattern=_HOST_NAME)], ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    second_factor: bool = False
    idle_minutes: Annotated[int, Field(ge=1, le=720)] = 15
    emergency_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    failures: Annotated[int, Field(ge=3, le=100)] = 5
    locked_minutes: Annotated[int, Field(ge=1, le=1440)] = 15

    @model_validator(mode="after")
    def _certificate_with_key(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("'certificate' and 'key' go together")
        return self


class BackupSettings(_Part):
    """Where the worker backs the office up to every night; nowhere when no folder is given.

    `daily` and `weekly`: of so many days, and before that of so many weeks, the newest backup is kept.
    """

    folder: Path | None = None
    daily: Annotated[int, Field(ge=1, le=366)] = 7
    weekly: Annotated[int, Field(ge=0, le=520)] = 4


def _long_enough(days: Mapping[Kind, int]) -> Mapping[Kind, int]:
    for kind, kept in days.items():
        if kept < LEAST_DAYS[kind]:
            raise ValueError(f"must keep '{kind}' for {LEAST_DAYS[kind]} days at least (45 CFR 164.316(b)(2)(i))")
    return MappingProxyType(dict(days))


class RetentionSettings(_Part):
    """How long things are kept, in days by kind, where the office wants other times than the usual ones.

    `nightly`: "report" (the worker says each night how much is ripe) or "purge" (it removes it, too).
    """

    nightly: Literal["report", "purge"] = "report"
    days: Annotated[Mapping[Kind, Annotated[int, Field(ge=30, le=36_600)]], AfterValidator(_long_enough)] = Field(
        default_factory=lambda: MappingProxyType({})
    )

    def by_kind(self) -> Mapping[Kind, int]:
        """Days of every kind."""
        return {**DAYS, **self.days}


class SavingsSettings(_Part):
    """How many minutes things take a person in this office; for the report that says what the robot spared.

    Claim status at a portal: 10 minutes (CAQH Index, 2024 report; DOMAIN 7.1). For the other flows no figure is
    published, and none is assumed.
    """

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    claim_status: Annotated[Decimal, Field(ge=0, le=600)] | None = Decimal(10)
    eligibility: Annotated[Decimal, Field(ge=0, le=600)] | None = None
    remittances: Annotated[Decimal, Field(ge=0, le=600)] | None = None
    appeal: Annotated[Decimal, Field(ge=0, le=600)] | None = None
    appeal_status: Annotated[Decimal, Field(ge=0, le=600)] | None = None
    exception: Annotated[Decimal, Field(ge=0, le=600)] = Decimal(4)

    def by_hand(self, flow: Flow) -> Decimal | None:
        """Minutes for one question of this flow, by hand at the portal; None where nobody has said."""
        by_flow = {
            Flow.CLAIM_STATUS: self.claim_status,
            Flow.ELIGIBILITY: self.eligibility,
            Flow.REMITTANCES: self.remittances,
            Flow.APPEAL: self.appeal,
            Flow.APPEAL_STATUS: self.appeal_status,
        }
        return by_flow[flow]


def _ledger(line: object) -> PostgresAddress | None:
    if line is None or isinstance(line, PostgresAddress):
        return line
    if not isinstance(line, str):
        raise ValueError("must be an address in quotes: postgresql://user@host:5432/database")  # noqa: TRY004 - pydantic's way
    try:
        return read_address(line)
    except LedgerAddressWrong as wrong:
        raise ValueError(wrong.why) from None


class Settings(_Part):
    """office.toml, whole. Without `ledger` the ledger is an encrypted file in the office folder."""

    ledger: Annotated[PostgresAddress | None, BeforeValidator(_ledger)] = None
    practice: PracticeSettings
    key: KeySettings
    browser: BrowserSettings = BrowserSettings()
    payers: Annotated[
        Mapping[Annotated[str, Field(min_length=1, max_length=80)], Annotated[str, Field(pattern=_PORTAL)]],
        AfterValidator(MappingProxyType),
    ] = Field(default_factory=lambda: MappingProxyType({}))
    """By the payer's id as 837 files write it (loop 2010BB, NM109): the portal that answers for that payer."""
    portals: Annotated[
        Mapping[Annotated[str, Field(pattern=_PORTAL)], PortalSettings], AfterValidator(MappingProxyType)
    ] = Field(default_factory=lambda: MappingProxyType({}))

    savings: SavingsSettings = SavingsSettings()
    backup: BackupSettings = BackupSettings()
    console: ConsoleSettings = ConsoleSettings()
    notify: NotifySettings = NotifySettings()
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    metrics: MetricsSettings = MetricsSettings()
    worker: WorkerSettings = WorkerSettings()

    def portal(self, name: str) -> PortalSettings:
        """What the office says about this portal, or what holds when it says nothing."""
        return self.portals.get(name, PortalSettings())


def read_settings(path: Path) -> Settings:
    """Read and check office.toml; raises SettingsWrong."""
    return read_toml(path, Settings)


Checked = TypeVar("Checked", bound=BaseModel)


def read_toml(path: Path, model: type[Checked]) -> Checked:
    """Read and check a file of the office; raises SettingsWrong with the line and key of every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        what, line = _syntax(str(error))
        raise SettingsWrong(f"{path}, line {line}: {what}.") from None
    except ValidationError as error:
        problems = [
            f"{path}, line {_line_of(text, place)}, {_key(place)}: {what}." for place, what in _problems(error, model)
        ]
        raise SettingsWrong("\n".join(problems)) from None
    except UnicodeDecodeError:
        raise SettingsWrong(f"{path} is not UTF-8 text; save it as such.") from None
    except OSError as error:
        raise SettingsWrong(f"{path} cannot be read ({error.strerror}).") from None


def settings_text(practice: PracticeSettings, key: KeySettings, portals: Mapping[str, PortalSettings]) -> str:
    """A new office.toml, with a word of explanation for each part."""
    lines = [
        "# The office's settings. Secrets never stand here: they are in the vault.",
        "",
        "# Where the ledger is; left out, it is an encrypted file in data/ledger. Moved by: portalwright ledger move.",
        '# ledger = "postgresql://user@host:5432/database?sslmode=verify-full"',
        "",
        "[practice]",
        f"name = {_quoted(practice.name)}",
        f"tin = {_quoted(practice.tin)}",
        f"npis = [{', '.join(map(_quoted, practice.npis))}]",
        "",
        "# Where the vault's key comes from: a key file that only you can read, a passphrase, a keyring or a command.",
        *key.lines(),
        "",
        "# [browser]",
        '# path = "/usr/bin/chromium"   # found by itself when left out',
        f"# memory-mib = {AS_SHIPPED.mebibytes}   # a page that takes more in a session is ended",
        "",
        "# Which portal answers for a payer, by the payer's id in 837 files:",
        "# [payers]",
        '# "12345" = "some-portal"',
        "",
        "# One part for each portal whose address or credential is not the usual one:",
        "# [portals.some-portal]",
        '# address = "https://portal.example.com"',
        f"# credential = {_quoted(DEFAULT_CREDENTIAL)}",
    ]
    for name, portal in portals.items():
        lines += ["", f"[portals.{name}]"]
        lines += [f"address = {_quoted(portal.address)}"] if portal.address else []
        lines += [f"credential = {_quoted(portal.credential)}"]
    return "\n".join(lines) + "\n"


def machine_text(address: PostgresAddress, key: KeySettings) -> str:
    """What office.toml says about one computer that joins an office on a server: where the ledger and the key are."""
    return "\n".join((f"ledger = {_quoted(address.line)}", "", *key.lines())) + "\n"


def name_ledger(path: Path, address: PostgresAddress) -> None:
    """Write the one line that names the ledger's server into office.toml, and leave all else as it is, comments too.

    The file is replaced at once and durably: after a crash it is the old one or the new one. Raises SettingsWrong and
    changes nothing when the line cannot be put in without changing something else.
    """
    text = path.read_text(encoding="utf-8")
    line = f"ledger = {_quoted(address.line)}\n"
    lines = text.splitlines(keepends=True)
    hint = next((number for number, one in enumerate(lines) if re.match(r"#\s*ledger\s*=", one)), None)
    table = next((number for number, one in enumerate(lines) if re.match(r"\s*\[", one)), len(lines))
    place = hint + 1 if hint is not None and hint < table else 0
    changed = "".join((*lines[:place], line, *lines[place:]))
    try:
        whole = tomllib.loads(changed) == {**tomllib.loads(text), "ledger": address.line}
    except tomllib.TOMLDecodeError:
        whole = False
    if not whole:
        raise SettingsWrong(f"{path} could not be changed safely. Put this line at its beginning: {line.strip()}")
    write_durably(path, changed)


def write_durably(path: Path, text: str) -> None:
    """Replace a file of the office by this text, for this account alone (0600); a crash leaves the old or the new."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'


def _syntax(message: str) -> tuple[str, str]:
    """What tomllib says, apart from the line, which stands at its end."""
    match = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", message, re.DOTALL)
    if match is None:
        return "this is not TOML", "?"
    return f"this is not TOML ({match[1][:1].lower()}{match[1][1:]})", match[2] or "the last"


_IN_TOML = {
    "missing": "is needed and not there",
    "extra_forbidden": "is not a setting; look for a slip in its name",
    "string_type": "must be text, in quotes",
    "path_type": "must be a path, in quotes",
    "tuple_type": "must be a list, such as [1, 2]; of tables, under headings such as [[name]]",
    "model_type": "must be a table, under a heading such as [name]",
    "model_attributes_type": "must be a table, under a heading such as [name]",
}
"""Where a pack's words would be wrong: packs are written in YAML."""


def _problems(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for one in error.errors(include_url=False):
        place = tuple(part for part in one["loc"] if part != "[key]")
        if one["type"] == "string_pattern_mismatch" and one["ctx"]["pattern"] not in PATTERNS:
            yield place, "has characters that a name may not have"
        else:
            yield place, _IN_TOML.get(one["type"]) or sentence(one, model)


def _key(place: tuple[str | int, ...]) -> str:
    """`practice.npis[1]`: the way down to the key, places in lists counted from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".") or "the file"


def _line_of(text: str, place: tuple[str | int, ...]) -> int:
    """The line (from 1) of this key, or of the nearest table around it. Good for the plain TOML that people write."""
    best, depth, table = 1, 0, tuple[str | int, ...]()
    met: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        here = table
        if heading := re.match(r"\s*(\[+)([^\]]+)\]", line):
            keys = _keys(heading[2])
            # Of tables in a list (`[[rule]]`) the place says which one.
            here = table = (*keys, met[keys]) if len(heading[1]) == 2 else keys
            met[keys] += 1
        elif key := re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line):
            here = table + _keys(key[1])
        if len(here) > depth and here == place[: len(here)]:
            best, depth = number, len(here)
    return best


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
