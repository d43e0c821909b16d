"""Which work follows from an eligibility answer: the table is whole, and nothing the office knows becomes work."""

from datetime import date
from typing import Any, get_args

import pytest

from flows.coverage import Coverage, CoverageStatus, Difference, Member, OtherPayer
from flows.eligibility_work import CODE_OF_DIFFERENCE, work_from
from flows.outcomes import Code, Reason
from flows.questions import Eligibility, Held, Patient, Provider, Service

DAY = date(2026, 3, 10)


def question(**held: str) -> Eligibility:
    return Eligibility(
        portal="practice-national",
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=Patient(member_id="M1", last_name="Quillfeather", first_name="Ottoline", birth_date=date(1961, 5, 17)),
        service=Service(service_from=DAY, service_to=DAY),
        held=Held.model_validate(held),
    )


def work(held: dict[str, str] | None = None, **said: Any) -> dict[Code, Reason]:
    coverage = Coverage(status=CoverageStatus.ACTIVE, portal_text="Active", member=Member()).model_copy(update=said)
    found = work_from(question(**(held or {})), coverage)
    assert len({reason.code for reason in found}) == len(found)
    return {reason.code: reason for reason in found}


def test_every_field_that_can_differ_is_some_work() -> None:
    assert set(CODE_OF_DIFFERENCE) == set(get_args(Difference.model_fields["field"].annotation))


def test_an_answer_that_agrees_is_no_work() -> None:
    assert work() == {}


@pytest.mark.parametrize(("field", "code"), CODE_OF_DIFFERENCE.items())
def test_what_differs_is_shown_on_both_sides_and_only_there(field: str, code: Code) -> None:
    difference = Difference.model_validate({"field": field, "ours": "Ocanary", "theirs": "Tcanary"})
    (reason,) = work(differences=(difference,)).values()
    assert reason.code is code
    shown = {shown.where: shown.text for shown in reason.seen}
    assert shown == {f"office.{field}": "Ocanary", f"payer.{field}": "Tcanary"}
    assert "canary" not in reason.what


@pytest.mark.parametrize("status", CoverageStatus)
def test_each_status_is_covered_not_covered_or_not_told(status: CoverageStatus) -> None:
    codes = set(work(status=status, eligibility_ends=date(2026, 2, 28)))
    if status in {CoverageStatus.NOT_LOADED, CoverageStatus.UNKNOWN}:
        assert codes == {Code.DATA_PARTIAL}
    elif status.name.startswith("INACTIVE"):
        assert codes == {Code.BUS_INACTIVE}
    else:
        assert codes == set()


@pytest.mark.parametrize(
    ("payer", "held", "is_work"),
    [
        (OtherPayer(name="Auto Mutual", order="primary"), {}, True),
        (OtherPayer(name="Auto Mutual", order="primary"), {"other_payer": "AUTO MUTUAL."}, False),
        (OtherPayer(name="Auto Mutual", order="primary"), {"other_payer": "Harbor Health"}, True),
        (OtherPayer(name="Auto Mutual", order="secondary"), {}, True),
        (OtherPayer(name="Auto Mutual", order="secondary"), {"other_payer": "Harbor Health"}, False),
        (OtherPayer(name="Auto Mutual", order="primary", ends=date(2026, 3, 9)), {}, False),
        (OtherPayer(name="Auto Mutual", order="primary", ends=DAY), {}, True),
        (OtherPayer(name="Auto Mutual", order="primary", begins=date(2026, 3, 11)), {}, False),
    ],
)
def test_another_payer_is_work_when_it_pays_on_the_day_and_the_office_does_not_know(
    payer: OtherPayer, held: dict[str, str], is_work: bool
) -> None:
    found = work(held, other_payers=(payer,))
    assert (Code.BUS_COB in found) is is_work
    if is_work:
        assert ("payer.other_payer", "Auto Mutual") in {(shown.where, shown.text) for shown in found[Code.BUS_COB].seen}


@pytest.mark.parametrize(
    ("held", "is_work"), [({}, True), ({"plan_name": "Sunrise-MCO"}, False), ({"other_payer": "sunrise mco"}, False)]
)
def test_another_plan_to_bill_is_work_unless_the_office_holds_it(held: dict[str, str], is_work: bool) -> None:
    assert (Code.BUS_COB in work(held, payer_to_bill="Sunrise MCO")) is is_work
