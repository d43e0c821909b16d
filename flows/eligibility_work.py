"""What an eligibility answer gives a person to do: demographic work, coordination of benefits, other coverage.

The question is answered all the same; nothing waits for this work (DOMAIN 3.3). Which difference is which work stands
in one table.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from flows.answers import Shown
from flows.coverage import Coverage, CoverageStatus, Difference, OtherPayer
from flows.matching import plain_name
from flows.outcomes import Code, Reason
from flows.questions import Eligibility
from flows.segments import touches

CODE_OF_DIFFERENCE: Mapping[str, Code] = MappingProxyType(
    {
        "member_id": Code.BUS_IDCORR,
        "last_name": Code.BUS_IDCORR,
        "first_name": Code.BUS_IDCORR,
        "birth_date": Code.BUS_IDCORR,
        "plan_name": Code.BUS_IDCORR,
        "group_number": Code.BUS_IDCORR,
        "other_payer": Code.BUS_COB,
    }
)
"""What the payer holds otherwise than the office, by field: the registration is corrected, or the order of payers."""

_INACTIVE = frozenset(
    {
        CoverageStatus.INACTIVE,
        CoverageStatus.INACTIVE_PENDING_ELIGIBILITY,
        CoverageStatus.INACTIVE_PENDING_INVESTIGATION,
    }
)
_NOT_TOLD = frozenset({CoverageStatus.NOT_LOADED, CoverageStatus.UNKNOWN})


def work_from(question: Eligibility, coverage: Coverage) -> tuple[Reason, ...]:
    """The work that follows from this answer: at most one for each code, each with what differs in `seen`."""
    return tuple(
        reason
        for reason in (
            _not_covered(coverage),
            _benefits_not_told(coverage),
            _corrections(coverage),
            _other_payers(question, coverage),
        )
        if reason is not None
    )


def _not_covered(coverage: Coverage) -> Reason | None:
    if coverage.status not in _INACTIVE:
        return None
    dates = {
        "plan_begins": coverage.plan_begins,
        "plan_ends": coverage.plan_ends,
        "eligibility_begins": coverage.eligibility_begins,
        "eligibility_ends": coverage.eligibility_ends,
    }
    return Reason(
        code=Code.BUS_INACTIVE,
        what="The patient is not covered on the day of service. Find other coverage, and hold the claim until then.",
        seen=(
            Shown(where="payer.status", text=coverage.portal_text),
            *(Shown(where=f"payer.{name}", text=day.isoformat()) for name, day in dates.items() if day is not None),
        ),
    )


def _benefits_not_told(coverage: Coverage) -> Reason | None:
    if coverage.status not in _NOT_TOLD:
        return None
    return Reason(
        code=Code.DATA_PARTIAL,
        what="The portal knows the member and does not tell the benefits. Ask the payer in another way.",
        seen=(
            Shown(where="payer.status", text=coverage.portal_text),
            *(Shown(where="payer.message", text=message) for message in coverage.messages),
        ),
    )


def _corrections(coverage: Coverage) -> Reason | None:
    differing = [one for one in coverage.differences if CODE_OF_DIFFERENCE[one.field] is Code.BUS_IDCORR]
    if not differing:
        return None
    fields = ", ".join(one.field.replace("_", " ") for one in differing)
    return Reason(
        code=Code.BUS_IDCORR,
        what=f"The payer holds otherwise than the office: {fields}. Ask the patient, and correct what is wrong.",
        seen=tuple(shown for one in differing for shown in _both(one)),
    )


def _other_payers(question: Eligibility, coverage: Coverage) -> Reason | None:
    """The order of payers is not as the office holds it, or somebody else has to be billed."""
    seen = [
        shown for one in coverage.differences if CODE_OF_DIFFERENCE[one.field] is Code.BUS_COB for shown in _both(one)
    ]
    held, plan = (plain_name(name or "") for name in (question.held.other_payer, question.held.plan_name))
    for payer in coverage.other_payers:
        unknown = payer.order == "primary" and plain_name(payer.name) != held
        if touches(payer.begins, payer.ends, question.service) and (unknown or not held):
            seen += _named(payer)
    if coverage.payer_to_bill is not None and plain_name(coverage.payer_to_bill) not in {held, plan}:
        seen.append(Shown(where="payer.payer_to_bill", text=coverage.payer_to_bill))
    if not seen:
        return None
    return Reason(
        code=Code.BUS_COB,
        what="Another payer is involved. Settle with the patient who pays first, and bill that payer.",
        seen=tuple(dict.fromkeys(seen)),
    )


def _named(payer: OtherPayer) -> Iterator[Shown]:
    yield Shown(where="payer.other_payer", text=payer.name)
    for name in ("order", "payer_id", "msp_type", "begins", "ends"):
        told = getattr(payer, name)
        if told is not None:
            yield Shown(where=f"payer.other_payer.{name}", text=str(told))


def _both(difference: Difference) -> tuple[Shown, Shown]:
    return (
        Shown(where=f"office.{difference.field}", text=difference.ours or "(nothing)"),
        Shown(where=f"payer.{difference.field}", text=difference.theirs or "(nothing)"),
    )
