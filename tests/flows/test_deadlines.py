"""By when something has to be with the payer: the earliest day that may hold, until somebody has verified another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.deadlines import (
    STATED,
    Anchor,
    Anchors,
    DeadlineRule,
    DeadlineRules,
    Event,
    Verified,
    Warned,
    day_alone,
    deadline,
    event_of,
    shipped_rules,
    warned,
    with_office,
)
from flows.payer_types import PayerType
from flows.questions import AppealLevel

NOTICE = date(2026, 3, 2)
ANCHORS = Anchors(service_from=date(2026, 1, 12), service_to=date(2026, 1, 14), notice=NOTICE)


def first(payer: PayerType, office: DeadlineRules | None = None, portal: str = "some-portal") -> tuple[date, str, bool]:
    found = deadline(
        Event.APPEAL_FIRST, payer, portal, ANCHORS, with_office(shipped_rules(), office or DeadlineRules())
    )
    assert found is not None
    return found.day, found.rule_id, found.verified


def verified(rule: str, portal: str | None = None) -> DeadlineRules:
    return DeadlineRules(verified=(Verified(rule=rule, portal=portal, on=date(2026, 2, 1), by="dana"),))


@pytest.mark.parametrize(
    ("payer", "days"),
    [
        (PayerType.MEDICARE, 125),  # 120 from receipt, presumed five days after the notice
        (PayerType.MEDICARE_ADVANTAGE, 60),
        (PayerType.MEDICAID, 30),
        (PayerType.COMMERCIAL, 60),
        (PayerType.WORKERS_COMPENSATION, 90),
        (PayerType.MEDICAID_MANAGED, 30),  # no rule speaks of it: like a payer that nobody knows
        (PayerType.UNKNOWN, 30),
    ],
)
def test_until_a_rule_is_verified_the_earliest_day_that_may_hold_counts(payer: PayerType, days: int) -> None:
    day, _, is_verified = first(payer)
    assert day == NOTICE + timedelta(days=days)
    assert not is_verified


def test_what_contradicts_is_kept_and_shown() -> None:
    found = deadline(Event.APPEAL_FIRST, PayerType.COMMERCIAL, "p", ANCHORS, shipped_rules())
    assert found is not None
    assert (found.rule_id, found.source) == ("uhc-appeal-60", "qammunity.org/20626252 (second-hand)")
    assert [(other.rule_id, other.day) for other in found.others] == [
        ("uhc-appeal-65", date(2026, 5, 6)),
        ("aetna-reconsideration-180", date(2026, 8, 29)),
        ("cigna-appeal-180", date(2026, 8, 29)),
        ("uhc-reconsideration-12-months", date(2027, 3, 2)),
    ]


def test_another_rule_that_gives_the_same_day_is_no_other_day() -> None:
    same = [rule for rule in shipped_rules() if rule.id in ("aetna-reconsideration-180", "cigna-appeal-180")]
    found = deadline(Event.APPEAL_FIRST, PayerType.COMMERCIAL, "p", ANCHORS, same)
    assert found is not None
    assert (found.rule_id, found.others) == ("aetna-reconsideration-180", ())


def test_a_rule_that_was_verified_for_a_portal_is_the_only_one_there() -> None:
    office = verified("cigna-appeal-180", "some-portal")
    assert first(PayerType.COMMERCIAL, office) == (date(2026, 8, 29), "cigna-appeal-180", True)
    assert first(PayerType.COMMERCIAL, office, "another-portal")[1:] == ("uhc-appeal-60", False)


def test_a_rule_verified_for_a_kind_of_payer_counts_for_that_kind_alone() -> None:
    office = verified("medicaid-appeal-90")
    assert first(PayerType.MEDICAID, office) == (date(2026, 5, 31), "medicaid-appeal-90", True)
    assert first(PayerType.UNKNOWN, office) == (date(2026, 4, 1), "medicaid-appeal-30", False)


def test_an_unverified_rule_of_a_portal_still_competes_with_a_verified_one_of_its_kind() -> None:
    own = DeadlineRule(
        id="contract", event=Event.APPEAL_FIRST, portal="some-portal", days=45, anchor=Anchor.NOTICE, source="p. 9"
    )
    office = DeadlineRules(rules=(own,), verified=verified("cigna-appeal-180").verified)
    assert first(PayerType.COMMERCIAL, office) == (date(2026, 4, 16), "contract", False)


def test_an_office_replaces_a_shipped_rule_by_its_name() -> None:
    own = DeadlineRule(
        id="uhc-appeal-60",
        event=Event.APPEAL_FIRST,
        payer=PayerType.COMMERCIAL,
        days=50,
        anchor=Anchor.NOTICE,
        source="contract",
    )
    assert first(PayerType.COMMERCIAL, DeadlineRules(rules=(own,)))[0] == date(2026, 4, 21)


def test_what_the_payer_has_written_about_the_claim_itself_counts_before_every_rule() -> None:
    stated = ANCHORS.model_copy(update={"stated": date(2026, 4, 30)})
    found = deadline(Event.APPEAL_SECOND, PayerType.COMMERCIAL, "p", stated, shipped_rules())
    assert found is not None
    assert (found.day, found.rule_id, found.verified) == (date(2026, 4, 30), STATED, True)


@pytest.mark.parametrize("wrong", [verified("no-such-rule"), verified("theirs", "some-portal")])
def test_an_office_cannot_verify_what_is_not_there(wrong: DeadlineRules) -> None:
    theirs = DeadlineRule(
        id="theirs", event=Event.APPEAL_FIRST, portal="another", days=1, anchor=Anchor.NOTICE, source="s"
    )
    with pytest.raises(ValueError, match=r"no rule with the id|is about the portal another"):
        with_office((*shipped_rules(), theirs), wrong)


def test_without_the_day_that_it_counts_from_there_is_no_deadline() -> None:
    unknown = Anchors(service_from=ANCHORS.service_from)
    assert deadline(Event.APPEAL_FIRST, PayerType.MEDICARE, "p", unknown, shipped_rules()) is None
    filing = deadline(Event.CLAIM_FILING, PayerType.MEDICARE, "p", unknown, shipped_rules())
    assert filing is not None
    assert filing.day == date(2027, 1, 12)


@pytest.mark.parametrize(
    ("start", "limit", "last"),
    [
        (date(2028, 2, 29), {"years": 1}, date(2029, 2, 28)),  # Medicare's own example
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2026, 3, 31), {"months": 1}, date(2026, 4, 30)),
        (date(2026, 12, 15), {"months": 15}, date(2028, 3, 15)),
        (date(2026, 11, 25), {"days": 2, "day_type": "business"}, date(2026, 11, 30)),  # Thanksgiving and a weekend
    ],
)
def test_limits_end_on_days_that_the_calendar_has(start: date, limit: dict[str, object], last: date) -> None:
    rule = DeadlineRule.model_validate({"id": "r", "event": "records", "anchor": "notice", "source": "s", **limit})
    assert rule.last_day(start) == last


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"days": 30, "months": 1},
        {"months": 1, "day_type": "business"},
        {"days": 30, "presumed_days": 5},
        {"days": 30, "verified_on": "2026-02-01"},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DeadlineRule.model_validate({"id": "r", "event": "records", "anchor": "notice", "source": "s", **wrong})


def test_shipped_rules_name_their_source_and_are_verified_for_nobody() -> None:
    rules = shipped_rules()
    assert len({rule.id for rule in rules}) == len(rules) > 25
    assert all(rule.source and rule.mark != "office" and rule.verified_on is None for rule in rules)
    assert {event_of(level) for level in AppealLevel} <= {rule.event for rule in rules}


@pytest.mark.parametrize(
    ("left", "warning"),
    [
        (31, None),
        (30, Warned.THIRTY_DAYS),
        (15, Warned.THIRTY_DAYS),
        (14, Warned.FOURTEEN_DAYS),
        (7, Warned.SEVEN_DAYS),
        (3, Warned.THREE_DAYS),
        (0, Warned.THREE_DAYS),
        (-1, Warned.OVER),
    ],
)
def test_people_are_warned_at_thirty_fourteen_seven_and_three_days(left: int, warning: Warned | None) -> None:
    assert warned(NOTICE + timedelta(days=left), NOTICE) == warning


@given(st.sets(st.sampled_from([rule.id for rule in shipped_rules()])), st.sampled_from(PayerType))
def test_verifying_never_leaves_a_payer_without_a_deadline(names: set[str], payer: PayerType) -> None:
    office = DeadlineRules(verified=tuple(verified(name).verified[0] for name in sorted(names)))
    found = deadline(Event.APPEAL_FIRST, payer, "p", ANCHORS, with_office(shipped_rules(), office))
    assert found is not None
    assert all(other.day > found.day for other in found.others)


@given(
    st.sampled_from(Event),
    st.sampled_from(PayerType),
    st.sets(st.sampled_from([rule.id for rule in shipped_rules()]), max_size=4),
    st.builds(
        Anchors,
        **{name: st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)) for name in Anchors.model_fields},
    ),
)
def test_the_day_alone_is_that_of_the_deadline(
    event: Event, payer: PayerType, names: set[str], anchors: Anchors
) -> None:
    office = DeadlineRules(verified=tuple(verified(name).verified[0] for name in sorted(names)))
    rules = with_office(shipped_rules(), office)
    found = deadline(event, payer, "p", anchors, rules)
    assert day_alone(event, payer, "p", anchors, rules) == (None if found is None else found.day)
