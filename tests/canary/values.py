"""The canaries: marked values in every field that holds personal data or a secret, and those of the practice payers."""

import base64
import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sandbox.one_time_codes import code_for_step, step_at
from sandbox.process import PracticePortal
from tests.canary.forms import written_days
from tests.canary.search import Search

LAST_NAMES = ("Kanarienvogelhaus", "O'Papageiensteiß", "Zwergsittich-Nymphe")
FIRST_NAMES = ("Wellensittichia", "Jean-Stieglitz", "Girlitzbart")
BIRTH_DAYS = ("1931-07-17", "1931-07-18", "1931-07-19")

PLAN, GROUP, OTHER_PAYER = "Nestflüchter Gold", "GRP77KANARI", "Volierenkasse & Söhne"
NOTE, ARGUMENT, PAPER = "Rueckruf der Vogelwarte 4711", "Gefiederschaden-Gutachten", "Schnabelvermessung 4711-A"
HOLD_REASON, HOLD_RELEASE = "Vorladung wegen Gefieder 4712", "Gefiederstreit 4712 ist beigelegt"
CLEARED_WHY, OWNER = "Sperrkaefig 4710 am Telefon besprochen", "kestrelin.schnabel"
APPEALED = "Der Kanarienvogel sang"
EMERGENCY_REASON = "Notruf wegen Nestlingssturz aus Voliere 4713"
EMERGENCY_REVIEW = "Nestlingssturz 4713 war belegt, Einsicht gerechtfertigt"
TRACE, BANK_REFERENCE, FILED_NUMBER = "TRC77KANARI1", "BKREF77KANARI", "KANARI-77-4711"
WRONG_PASSWORD, NEW_PASSWORD = "Kanarienvogel-77!", "Kanarienvogel-88!neu"
SECURITY_QUESTION, SECURITY_ANSWER = "What was your first pet?", "Graupapagei Jako der Dritte"
DESK_PASSWORD, DESK_NEW_PASSWORD = "Kanarienvogel singt im Nebel", "Kanarienvogel singt im Sturm"
DATABASE_PASSWORD = "Kanarien/db:pass&wort-4714"
ADDRESS_PASSWORD, ADDRESS_PERSON = "kanarien-webhook-4711", "vogelwart@kanarien.example"
PASSPHRASE = "Sieben Kanarienvoegel auf einer Stange"

SECRETS = frozenset(
    {
        WRONG_PASSWORD, NEW_PASSWORD, SECURITY_ANSWER, DESK_PASSWORD, DESK_NEW_PASSWORD, DATABASE_PASSWORD,
        ADDRESS_PASSWORD, ADDRESS_PERSON, PASSPHRASE,
    }
)  # fmt: skip
PERSONAL = frozenset(
    {
        *LAST_NAMES, *FIRST_NAMES, PLAN, GROUP, OTHER_PAYER, NOTE, ARGUMENT, PAPER, TRACE, BANK_REFERENCE,
        FILED_NUMBER, APPEALED, CLEARED_WHY, OWNER, HOLD_REASON, HOLD_RELEASE, EMERGENCY_REASON, EMERGENCY_REVIEW,
        *(day for born in BIRTH_DAYS for day in written_days(born)),
    }
)  # fmt: skip


def member_id(place: int) -> str:
    return f"PNH7{place}91827301"


def account_number(place: int) -> str:
    return f"PA77{place}615243"


def claim_rows(portal: PracticePortal) -> str:
    """The portal's work list with the canary patients behind it, whom the payer does not know."""
    return _with_canaries(portal.worklist_csv(), "patient_account_number", "PA")


def visit_rows(portal: PracticePortal) -> str:
    """The portal's appointments, each with what the office holds of the coverage, and the canary patients."""
    held = {"plan_name": PLAN, "group_number": GROUP, "other_payer": OTHER_PAYER}
    return _with_canaries(portal.appointments_csv(), "appointment_number", "AP", held)


def _with_canaries(text: str, number: str, prefix: str, more: dict[str, str] | None = None) -> str:
    rows = [row | (more or {}) for row in csv.DictReader(io.StringIO(text))]
    for place, last in enumerate(LAST_NAMES):
        numbers = {"member_id": member_id(place), number: account_number(place).replace("PA", prefix)}
        names = {"last_name": last, "first_name": FIRST_NAMES[place], "birth_date": BIRTH_DAYS[place]}
        blank = {name: "" for name in ("payer_claim_number",) if name in rows[0]}
        rows.append(rows[0] | numbers | names | blank)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def secrets_of(portals: Iterable[PracticePortal]) -> set[str]:
    """What opens the sign-ins of these portals, and all secrets of ours."""
    found = set(SECRETS)
    for portal in portals:
        found |= {portal.user_name, portal.password, portal.totp_seed, *portal.security_answers.values()}
        found.add(base64.b32decode(portal.totp_seed).hex())
    return found


def personal_of(portals: Iterable[PracticePortal]) -> set[str]:
    """Everything personal that the office imports, and everything that these payers know of their members."""
    found = set(PERSONAL)
    for place in range(len(LAST_NAMES)):
        found |= {member_id(place), account_number(place), account_number(place).replace("PA", "AP")}
        found |= _names(FIRST_NAMES[place], LAST_NAMES[place])
    for portal in portals:
        truth = portal.truth()
        for claim in truth["claims"]:
            found |= {claim["payer_claim_number"], claim["patient_account_number"] or ""}
        for member in truth["members"]:
            found |= {member["member_id"], *written_days(member["birth_date"])}
            found |= _names(member["first_name"], member["last_name"])
        found |= {one["trace"] for one in truth["remittances"]}
        found |= {row["appointment_number"] for row in csv.DictReader(io.StringIO(portal.appointments_csv()))}
        found |= {one["number"] for one in portal.appeals() if one["number"]}
    return found


def _names(first: str, last: str) -> set[str]:
    return {f"{first} {last}", f"{last}, {first}", f"{last},{first}", f"{last} {first}"}


def documents_of(portals: Iterable[PracticePortal]) -> list[bytes]:
    """Every 835 and paper form that the payers have."""
    from urllib.error import HTTPError

    found = []
    for portal in portals:
        for one in portal.truth()["remittances"]:
            for kind in ("835", "eob"):
                try:
                    found.append(portal.document(one["trace"], kind))
                except HTTPError as missing:
                    if missing.code != 404:
                        raise
    return found


def codes_of(portals: Iterable[PracticePortal], began: datetime) -> set[str]:
    """The one-time codes that can have been shown and typed since `began`, by the portals' clocks; and those mailed."""
    steps = range(step_at(began) - 1, step_at(datetime.now(UTC) + timedelta(seconds=30)) + 2)
    found = set()
    for portal in portals:
        found |= {code_for_step(portal.totp_seed, step) for step in steps}
        found |= {mail["code"] for mail in portal.mailbox()}
    return found


def search_of(
    portals: Iterable[PracticePortal], began: datetime, more: Iterable[str] = (), *, documents: bool = True
) -> Search:
    """Everything that must not be found anywhere; `more` are secrets that came to be on the way."""
    listed = list(portals)
    values = secrets_of(listed) | personal_of(listed) | set(more)
    return Search(values, codes_of(listed, began), documents_of(listed) if documents else ())
