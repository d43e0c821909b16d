"""The table of what can have become of a claim: how often it occurs and how it gets into the truth ledger."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.truth import identity_scenarios as identity
from sandbox.truth import several_scenarios as several
from sandbox.truth import single_scenarios as single
from sandbox.truth.draft import Draft


@dataclass(frozen=True)
class Scenario:
    """One kind of story. It adds `rows` rows to the work list; `ordinary` ones occur in every list of 60."""

    name: str
    build: Callable[[Draft, str], None]
    weight: int
    ordinary: bool = False
    rows: int = 1


SCENARIOS = (
    Scenario("paid", single.paid, 60, ordinary=True),
    Scenario("paid, asked by the payer's number", single.paid_with_number, 6, ordinary=True),
    Scenario("denied", single.denied, 20, ordinary=True),
    Scenario("zero-pay deductible", single.zero_pay_deductible, 8, ordinary=True),
    Scenario("pending", single.in_category("P1", "20"), 6, ordinary=True),
    Scenario("in review", single.in_category("P2", "46"), 5, ordinary=True),
    Scenario("records requested", single.records_requested, 5, ordinary=True),
    Scenario("rejected as unprocessable", single.in_category("A3", "21"), 3, ordinary=True),
    Scenario("rejected for invalid information", single.in_category("A7", "562"), 3, ordinary=True),
    Scenario("processed, paid", single.processed_paid, 5, ordinary=True),
    Scenario("processed, denied", single.processed_denied, 4, ordinary=True),
    Scenario("processed, zero-pay", single.processed_zero_pay, 4, ordinary=True),
    Scenario("status text never seen", single.unmapped_text, 3, ordinary=True),
    Scenario("money shown does not add up", single.money_does_not_add_up, 3, ordinary=True),
    Scenario("claim never reached the payer", single.claim_not_found, 5, ordinary=True),
    Scenario("member not found", identity.member_not_found, 3, ordinary=True),
    Scenario("member not found, near name", identity.member_not_found_near_name, 2, ordinary=True),
    Scenario("member id corrected by the payer", identity.corrected_member_id, 3, ordinary=True),
    Scenario("wrong birth date in the office", identity.wrong_birth_date, 3, ordinary=True),
    Scenario("hyphenated name", identity.hyphenated_name, 3, ordinary=True),
    Scenario("apostrophe name", identity.apostrophe_name, 3, ordinary=True),
    Scenario("suffixed name", identity.suffixed_name, 3, ordinary=True),
    Scenario("accented name", identity.accented_name, 2, ordinary=True),
    Scenario("leap day birth date", identity.leap_day, 2, ordinary=True),
    Scenario("twins", identity.twins, 3, ordinary=True, rows=2),
    Scenario("two people under one member id", identity.shared_member_id, 2, ordinary=True, rows=2),
    Scenario("replaced", several.replaced, 4, ordinary=True),
    Scenario("voided", several.voided, 3, ordinary=True),
    Scenario("same day, told apart by procedure", several.duplicates_by_procedure, 2, ordinary=True, rows=2),
    Scenario("same day, told apart by account", several.duplicates_by_account, 2, ordinary=True, rows=2),
    Scenario("same day, not to be told apart", several.duplicates_alike, 2, ordinary=True, rows=2),
    Scenario("more than one page of claims", several.many_on_one_day, 1, ordinary=True, rows=2),
    Scenario("other location has a claim alike", several.other_location, 2, ordinary=True),
    Scenario("split", several.split, 2),
    Scenario("forwarded to a secondary payer", several.crossover, 2),
    Scenario("services over several days", several.several_days, 3),
    Scenario("more claims than a list shows", several.too_many, 0),
    Scenario("finalised, details to follow", single.finalised_without_details, 1),
    Scenario("finalised and revised", single.revised, 1),
    Scenario("finalised, not forwarded", single.not_forwarded, 1),
    Scenario("capitated", single.capitated, 1),
    *(
        Scenario(f"in category {category}", single.in_category(category, *status_codes), 1)
        for category, status_codes in single.OTHER_CATEGORIES.items()
    ),
    *(
        Scenario(f"request {category}", single.request_in_category(category), 1)
        for category in single.REQUEST_CATEGORIES
    ),
    *(Scenario(f"status not to be had ({category})", single.system_error(category), 1) for category in ("E0", "E1")),
)
