"""The fifty-two ways in which payer portals are awkward, each with a name, a frequency and a die of its own."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from sandbox.events import Detail, EventLog

MULTIPAYER, NATIONAL = "practice-multipayer", "practice-national"
CONTRACTOR, MEDICAID = "practice-contractor", "practice-medicaid"
EVERYWHERE = (MULTIPAYER, NATIONAL, CONTRACTOR, MEDICAID)

Bites = Literal["D", "W", "M", "Q"]
Per = Literal["item", "session"]
Level = Literal["none", "field", "x10"]
LEVELS: tuple[Level, ...] = get_args(Level)
HIGHEST = 0.5
"""No quirk of a level is more probable than this."""

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Quirk:
    """One row of the catalogue."""

    number: int
    name: str
    what: str
    where: tuple[str, ...]
    """The portals that have it."""
    bites: Bites
    """How often it is met: daily, weekly, monthly, quarterly."""
    per: Per
    """What one throw of the die is for: one look-up, or one sign-in with all that follows."""
    person: bool = False
    """True when it must stop the portal or call a person; levels leave it out."""
    always: tuple[str, ...] = ()
    """Portals that are always so: there is nothing to switch on."""

    def switched_at(self, portal: str) -> bool:
        """True when this portal can be told to have it with some probability."""
        return portal in self.where and portal not in self.always


_A, _B, _C, _D = MULTIPAYER, NATIONAL, CONTRACTOR, MEDICAID

QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        1,
        "code-already-used",
        "The one-time code of this window counts as used: somebody signed in with it a moment ago. With or without "
        "this quirk no code is good twice.",
        (_A, _B),
        "D",
        "session",
        person=True,
    ),
    Quirk(2, "late-code", "The code sent by e-mail, text or voice arrives minutes late.", (_C, _B), "D", "session"),
    Quirk(3, "same-code", "A code sent again within eight hours is the same one.", (_C,), "D", "session"),
    Quirk(
        4,
        "device-forgotten",
        "A remembered device is asked for a code again before its days are over.",
        (_A, _B),
        "W",
        "session",
    ),
    Quirk(
        5,
        "method-retired",
        "The second factor is no longer accepted; signing in needs a passkey.",
        (_A, _B),
        "Q",
        "session",
        person=True,
    ),
    Quirk(6, "password-expiring", "A page warns that the password expires in some days.", (_C, _D), "M", "session"),
    Quirk(
        7,
        "locked-out",
        "The account is found locked, for the third time: it takes a telephone call.",
        (_C,),
        "Q",
        "session",
        person=True,
    ),
    Quirk(
        8,
        "idle-disabled",
        "The account is found disabled because nobody signed in for too long.",
        (_C, _D),
        "Q",
        "session",
        person=True,
    ),
    Quirk(9, "terms-each-time", "Terms of use are ticked at every sign-in.", (_C,), "D", "session", always=(_C,)),
    Quirk(
        10,
        "new-terms",
        "New terms or a licence stand before the first page, once after a change.",
        (_C, _B),
        "M",
        "session",
        person=True,
    ),
    Quirk(
        11,
        "recertify",
        "The yearly recertification or training page, with a deadline.",
        (_C,),
        "Q",
        "session",
        person=True,
    ),
    Quirk(12, "security-question", "A security question is asked on a known device too.", (_D,), "M", "session"),
    Quirk(13, "modal", "An announcement, a survey or a cookie bar covers the page.", (_A, _B), "W", "item"),
    Quirk(
        14,
        "wrong-default",
        "The picker offers the wrong provider first.",
        EVERYWHERE,
        "D",
        "session",
        always=EVERYWHERE,
    ),
    Quirk(
        15,
        "entitlement-missing",
        "The user may not see claims: the menu item is absent or grey.",
        (_A, _B),
        "M",
        "session",
        person=True,
    ),
    Quirk(16, "idle-limit", "An idle session ends, after a count-down.", EVERYWHERE, "D", "session", always=EVERYWHERE),
    Quirk(
        17,
        "kicked-out",
        "The session ends in mid-work because the same user signed in elsewhere.",
        EVERYWHERE,
        "W",
        "session",
    ),
    Quirk(
        18,
        "expiry-in-frame",
        "The end of a session is HTTP 200 and a sign-in page inside a frame.",
        (_A, _D),
        "D",
        "session",
        always=(_A, _D),
    ),
    Quirk(
        19, "one-tab", "The back button or a second tab ends the session.", (_C, _D), "W", "session", always=(_C, _D)
    ),
    Quirk(20, "inner-app", "The work is done in a frame that is fed by messages.", (_A,), "D", "item", always=(_A,)),
    Quirk(21, "new-window", "A claim opens in a window or tab of its own.", EVERYWHERE, "D", "item", always=(_C, _D)),
    Quirk(22, "popup-blank-first", "A window opens blank and is filled later.", (_C, _D), "W", "item"),
    Quirk(
        23,
        "post-back-fields",
        "Each choice loads the page again and control names change.",
        (_D,),
        "D",
        "item",
        always=(_D,),
    ),
    Quirk(
        24,
        "near-payer-names",
        "The payer list holds two entries with nearly one name.",
        (_A,),
        "W",
        "item",
        always=(_A,),
    ),
    Quirk(25, "changing-fields", "The search option decides which fields there are.", (_A,), "D", "item", always=(_A,)),
    Quirk(
        26,
        "id-to-the-letter",
        "A blank, small letters, a hyphen or a prefix in an id: not found.",
        (_A, _C),
        "W",
        "item",
        always=(_A, _C),
    ),
    Quirk(
        27,
        "name-rule",
        "Names fit by three letters, or only as on the card.",
        EVERYWHERE,
        "W",
        "item",
        always=EVERYWHERE,
    ),
    Quirk(
        28,
        "birth-date-alone",
        "A birth date alone is refused; one more field is wanted.",
        EVERYWHERE,
        "W",
        "item",
        always=EVERYWHERE,
    ),
    Quirk(
        29,
        "date-formats",
        "Dates are written another way on another screen, and amounts without a dollar sign. Where it comes by chance "
        "it is a change that a person teaches the pack.",
        EVERYWHERE,
        "D",
        "item",
        person=True,
        always=(_A, _C, _D),
    ),
    Quirk(30, "date-window", "Dates may not span or lie too far.", (_C, _B), "W", "item", always=(_C, _B)),
    Quirk(31, "load-delay", "A patient's claims are not on the portal yet: not found.", EVERYWHERE, "W", "item"),
    Quirk(
        32,
        "same-day-claims",
        "Several claims of one day: replaced, voided, split.",
        EVERYWHERE,
        "W",
        "item",
        always=EVERYWHERE,
    ),
    Quirk(33, "near-person", "Twins, namesakes, another birth date.", EVERYWHERE, "M", "item", always=EVERYWHERE),
    Quirk(34, "unstable-sort", "Rows move between the pages of a long list.", EVERYWHERE, "D", "item"),
    Quirk(35, "too-many", "More results than the portal lists.", (_B, _D), "W", "item", always=(_B, _D)),
    Quirk(36, "default-filter", "A filter that is set to begin with hides rows.", (_A, _C), "W", "item"),
    Quirk(37, "processed-words", "A word that means paid or denied.", EVERYWHERE, "D", "item", always=EVERYWHERE),
    Quirk(38, "payer-correction", "The payer shows a new member id.", EVERYWHERE, "W", "item", always=EVERYWHERE),
    Quirk(39, "benefits-not-loaded", "The benefits are not there, a disclaimer says so.", (_A,), "W", "item"),
    Quirk(
        40,
        "report-later",
        "A report or document is built minutes later; a report's link expires.",
        (_B, _D),
        "D",
        "item",
        always=(_B,),
    ),
    Quirk(
        41,
        "many-files",
        "An archive of many files with one that is empty, broken or named as another one.",
        (_B, _D),
        "W",
        "item",
    ),
    Quirk(
        42,
        "pdf-only",
        "Of a payment there is only the paper form: with a text layer, scanned, or behind a password.",
        (_D, _B),
        "D",
        "item",
    ),
    Quirk(
        43,
        "archived-documents",
        "Documents move to an archive after sixty days.",
        (_C, _B),
        "W",
        "item",
        always=(_C, _B),
    ),
    Quirk(44, "appeal-refused", "The appeal form refuses what the claim's page offered.", (_A, _B, _C), "W", "item"),
    Quirk(
        45,
        "upload-rules",
        "A document that keeps to the rules is refused, or scanned for long.",
        EVERYWHERE,
        "W",
        "item",
    ),
    Quirk(46, "lost-receipt", "Filed, but the receipt never comes.", EVERYWHERE, "M", "item"),
    Quirk(47, "number-later", "The appeal's number comes later.", (_C,), "W", "item"),
    Quirk(
        48,
        "captcha",
        "A captcha or an unusual-activity page before the sign-in.",
        (_D, _B),
        "M",
        "session",
        person=True,
    ),
    Quirk(49, "maintenance", "A planned maintenance window with a stated end.", EVERYWHERE, "W", "session"),
    Quirk(
        50, "layout-change", "This visitor gets another version of the pages.", EVERYWHERE, "M", "session", person=True
    ),
    Quirk(51, "throttle", "A search is answered HTTP 429 with Retry-After.", EVERYWHERE, "W", "item"),
    Quirk(
        52,
        "bot-notice",
        "A notice that robots are not allowed and the account may be closed.",
        EVERYWHERE,
        "Q",
        "session",
        person=True,
    ),
)

FIELD: dict[tuple[Per, Bites], float] = {
    # how probable a quirk is at one throw, as met in the field: a session a night, D more than 5 % of look-ups,
    # W 1 to 5 %
    ("item", "D"): 0.08,
    ("item", "W"): 0.03,
    ("item", "M"): 0.005,
    ("item", "Q"): 0.001,
    ("session", "D"): 0.5,
    ("session", "W"): 0.15,
    ("session", "M"): 0.035,
    ("session", "Q"): 0.011,
}


class QuirkRefused(ValueError):
    """A portal was told to have a quirk that it cannot have; the message says why."""


_BY_NAME = {quirk.name: quirk for quirk in QUIRKS}


def numbers(level: Level, portal: str) -> dict[str, float]:
    """The probability of each quirk that a portal has at a level: none, as in the field, or ten times that.

    Quirks that stop the portal or call a person are left out at every level.
    """
    if level == "none":
        return {}
    times = 1 if level == "field" else 10
    return {
        quirk.name: min(HIGHEST, FIELD[quirk.per, quirk.bites] * times)
        for quirk in QUIRKS
        if quirk.switched_at(portal) and not quirk.person
    }


def checked(portal: str, settings: Mapping[str, float]) -> dict[str, float]:
    """The settings, if this portal can have them all.

    Raises QuirkRefused with a sentence for the first that it cannot have.
    """
    for name, probability in settings.items():
        quirk = _BY_NAME.get(name)
        if quirk is None:
            raise QuirkRefused(f"There is no quirk {name!r}; `portalwright sandbox quirks` lists them.")
        if portal not in quirk.where:
            raise QuirkRefused(f"{portal} does not have the quirk {name}; {', '.join(quirk.where)} can have it.")
        if portal in quirk.always:
            raise QuirkRefused(f"{portal} is always so: the quirk {name} cannot be switched there.")
        if not 0 <= probability <= 1:
            raise QuirkRefused(f"The probability of {name} must lie between 0 and 1.")
    return dict(settings)


class Quirks:
    """Says each time whether a quirk happens now, from one stream of chance for each name.

    The streams are independent: how often one quirk is asked for never shifts another one's throws, and a
    changed probability does not shift the throws that follow.
    """

    def __init__(self, seed: int, portal: str, settings: Mapping[str, float], events: EventLog) -> None:
        """Raises QuirkRefused when the portal cannot have one of the settings."""
        self.portal = portal
        self.seed = seed
        self._settings = checked(portal, settings)
        self.events = events
        self._streams: dict[str, random.Random] = {}

    @property
    def settings(self) -> dict[str, float]:
        """The probabilities that are set now; what is not named never happens."""
        return dict(self._settings)

    def set(self, settings: Mapping[str, float]) -> None:
        """Replace all settings.

        Raises QuirkRefused, and changes nothing, when the portal cannot have one of them.
        """
        self._settings = checked(self.portal, settings)

    def always(self, name: str) -> bool:
        """True when this portal is always so."""
        return self.portal in _BY_NAME[name].always

    def happens(self, name: str, user_agent: str = "", **details: Detail) -> bool:
        """Throw the die of this quirk; when it happens an event `quirk` with its name is written.

        Ask only where it would have an effect. A portal that cannot have the quirk never has it.
        """
        happens = self.thrown(name)
        if happens:
            self.note(name, user_agent, **details)
        return happens

    def thrown(self, name: str) -> bool:
        """The same throw without an event, for quirks whose effect shows later or elsewhere."""
        return self._stream(name).random() < self._settings.get(name, 0.0)

    def note(self, name: str, user_agent: str = "", **details: Detail) -> None:
        """Write down that a quirk had its effect."""
        self.events.add("quirk", user_agent, name=name, **details)

    def pick(self, name: str, choices: Sequence[Choice]) -> Choice:
        """One of several shapes that a quirk can have, from a stream beside that of its throws."""
        return self._stream(f"{name}:shape").choice(choices)

    def _stream(self, name: str) -> random.Random:
        if name not in self._streams:
            if name.partition(":")[0] not in _BY_NAME:
                raise KeyError(name)
            self._streams[name] = random.Random(f"quirk:{self.seed}:{name}")
        return self._streams[name]
