"""A portal that plays a script: lists and claim pages as readings, with no browser and no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from flows.answers import Shown
from flows.appeal_rules import AppealRules
from flows.matching import MatchingRules
from flows.portal import Collected, Followed, Means, Normal, Reading, Row, Value
from flows.questions import Appeal, Claim, ClaimStatus, Patient, Provider, Question
from flows.remittance_rules import RemittanceRules

TODAY = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)

QUESTION = ClaimStatus(
    portal="scripted",
    provider=Provider(tin="900000001", npi="1999999984"),
    patient=Patient(member_id="XS1234567-01", last_name="O'Brien-Vale", first_name="Ada", birth_date=date(1980, 2, 29)),
    claim=Claim(
        patient_account_number="A-1001",
        service_from=date(2026, 9, 1),
        service_to=date(2026, 9, 1),
        billed=Decimal("150.00"),
        first_procedure="99213",
    ),
)


def value(name: str, normal: Normal | None, text: str | None = None, *, unmapped: bool = False) -> Value:
    """A shown value; its text is that of the normalised value unless given."""
    return Value(
        shown=Shown(where=name, text=text if text is not None else "" if normal is None else str(normal)),
        normal=normal,
        unmapped=unmapped,
    )


def cells(values: Mapping[str, Normal | None]) -> dict[str, Value]:
    return {name: value(name, normal) for name, normal in values.items()}


LISTED: Mapping[str, Normal | None] = {
    "payer_claim_number": "C1",
    "patient_name": "OBRIEN VALE, ADA M",
    "service_from": date(2026, 9, 1),
    "billed": Decimal("150.00"),
}

PAID: Mapping[str, Normal | None] = {
    **LISTED,
    "member_id": "xs1234567 01",
    "birth_date": date(1980, 2, 29),
    "patient_account_number": "A-1001",
    "provider_npi": "1999999984",
    "service_to": date(2026, 9, 1),
    "status": "F1",
    "received_date": date(2026, 9, 3),
    "finalised_date": date(2026, 9, 20),
    "allowed": Decimal("120.00"),
    "paid": Decimal("100.00"),
    "patient_responsibility": Decimal("20.00"),
    "copay": Decimal("20.00"),
    "payment_number": "E77",
}

PAID_LINES: Sequence[Mapping[str, Normal | None]] = (
    {
        "procedure": "99213",
        "modifiers": ("25",),
        "billed": Decimal("150.00"),
        "allowed": Decimal("120.00"),
        "paid": Decimal("100.00"),
        "adjustments": ("CO-45 $30.00", "PR-3 $20.00"),
    },
)


def detail(
    fields: Mapping[str, Normal | None] = PAID,
    lines: Sequence[Mapping[str, Normal | None]] = PAID_LINES,
    related: Sequence[tuple[str, str]] = (),
    **overrides: Value,
) -> Reading:
    """One claim's page. `related` are (role, claim number) pairs; keywords replace whole values."""
    return Reading(
        view="claim",
        fields={**cells(fields), **overrides},
        tables={
            "lines": tuple(Row(page=0, index=i, cells=cells(line)) for i, line in enumerate(lines)),
            "related_claims": tuple(
                Row(page=0, index=i, cells=cells({"role": role, "payer_claim_number": number}))
                for i, (role, number) in enumerate(related)
            ),
        },
    )


@dataclass
class ScriptedPortal:
    """Answers each search form with a list of claims, a message, or one claim; keeps what it was asked."""

    searches: Mapping[str, Sequence[Mapping[str, Normal | None]] | Means]
    details: Mapping[str, Sequence[Reading]]
    """Claim number -> its page at the first, second, ... look; the last one stays."""
    asked: list[tuple[str, Question]] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    matching: MatchingRules = field(default_factory=MatchingRules)
    remittances: RemittanceRules = field(default_factory=RemittanceRules)
    appeals: AppealRules = field(default_factory=AppealRules)
    name: str = "scripted"
    pack_version: str = "1"
    _list: Sequence[Mapping[str, Normal | None]] = ()
    _detail: str = ""

    def now(self) -> datetime:
        return TODAY

    def has_form(self, form: str) -> bool:
        return form in self.searches

    async def open(self, form: str, question: Question) -> None:
        assert form in self.searches

    async def ask(self, form: str, question: Question) -> Followed:
        self.asked.append((form, question))
        script = self.searches[form]
        if isinstance(script, Means):
            return Followed(means=script)
        self._list = script
        return Followed(view="claims")

    async def go_on(self, form: str, question: Question) -> Followed:
        raise AssertionError("claim status begins nothing")

    async def submit(self, form: str, appeal: Appeal) -> Followed:
        raise AssertionError("claim status files nothing")

    async def read(self, view: str) -> Reading:
        if view == "claims":
            rows = tuple(Row(page=0, index=i, cells=cells(row)) for i, row in enumerate(self._list))
            return Reading(view=view, fields={}, tables={"claims": rows})
        pages = self.details[self._detail]
        look = self.looks[self._detail] = self.looks.get(self._detail, 0) + 1
        return pages[min(look, len(pages)) - 1]

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        self._detail = row.cells["payer_claim_number"].shown.text
        return Followed(view="claim")

    async def collect(self, view: str, document: str, row: Row | None = None) -> Collected | Followed:
        raise AssertionError("claim status fetches nothing")

    def offers(self, view: str, document: str) -> bool:
        return False
