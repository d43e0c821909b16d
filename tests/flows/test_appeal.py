"""An appeal is pressed only when every page says what was approved, and never when anything says otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from flows.answers import AppealFiled, AppealRefused, Refusal, Shown
from flows.appeal_rules import AppealRules, UploadRules
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Followed, Means, Reading
from flows.questions import Appeal, AppealReason
from tests.flows.appeal_ends import contesting, file, filed, not_filed, refused, uncertain
from tests.flows.appeal_pages import (
    IN_LIST,
    LETTER,
    LINES,
    ON_PAGE,
    PARTLY_DENIED,
    QUESTION,
    RECEIPT,
    RECORDS,
    REVIEW,
    Fields,
    page,
    portal,
    rows,
)
from tests.flows.scripted_portal import LISTED, PAID, PAID_LINES, cells, detail, value

# Filed


async def test_an_appeal_goes_from_the_list_over_the_claim_and_the_forms_to_its_one_press() -> None:
    at = portal()
    assert filed(await file(at)) == AppealFiled(
        confirmation="T-100", filed_on=date(2026, 11, 2), expected_by=date(2026, 12, 31)
    )
    assert [form for form, _ in at.asked] == [
        "appeal-list",
        "claim-search",
        "appeal-start",
        "appeal-lines",
        "appeal-document",
        "appeal-document",
        "appeal-documents-done",
        "appeal-submit",
    ]
    assert at.submitted == [QUESTION]


async def test_the_forms_are_asked_from_the_claims_page_and_never_opened_anew() -> None:
    at = portal()
    await file(at)
    assert at.opened == ["appeal-list", "claim-search", "C1"]


async def test_each_document_is_given_by_itself() -> None:
    at = portal()
    await file(at)
    asked = [question for form, question in at.asked if form == "appeal-document"]
    assert [each.attachment for each in asked if isinstance(each, Appeal)] == [RECORDS, LETTER]


async def test_an_appeal_without_documents_is_not_asked_for_any() -> None:
    at = portal(review={**REVIEW, "attachments": None})
    bare = QUESTION.model_copy(update={"attachments": ()})
    assert filed(await file(at, bare)).confirmation == "T-100"
    assert "appeal-document" not in [form for form, _ in at.asked]


async def test_a_number_that_comes_later_is_no_number() -> None:
    later = page("appeal-receipt", {**RECEIPT, "confirmation": None, "confirmation_later": "Pending"})
    assert filed(await file(portal(receipt=later))).confirmation is None


async def test_every_text_of_the_receipt_is_kept() -> None:
    outcome = await file(portal())
    assert outcome.answer is not None
    assert {shown.where for shown in outcome.answer.extracted} >= {"confirmation", "filed_on"}


# Not begun

EARLIER: Fields = {**IN_LIST, "confirmation": "T-90"}


@pytest.mark.parametrize("status", ["received", "in-review", "information-wanted"])
async def test_a_living_appeal_of_the_same_claim_level_and_lines_is_a_duplicate(status: str) -> None:
    at = portal((IN_LIST, {**ON_PAGE, "status": status}))
    assert refused(await file(at)).refusal is Refusal.DUPLICATE
    assert [form for form, _ in at.asked] == ["appeal-list"]


async def test_our_own_reference_on_the_list_is_a_duplicate_even_when_it_is_decided() -> None:
    at = portal((IN_LIST, {**ON_PAGE, "reference": "PW-7F3A", "status": "upheld"}))
    assert refused(await file(at)).refusal is Refusal.DUPLICATE


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "upheld"},
        {"status": "withdrawn"},
        {"level": "second"},
        {"lines": ("1",)},
        {"lines": ("1", "3")},
    ],
)
async def test_what_is_over_or_about_something_else_stands_in_nobodys_way(changed: Fields) -> None:
    assert filed(await file(portal((EARLIER, {**ON_PAGE, **EARLIER, **changed}))))


@pytest.mark.parametrize("status", ["upheld", "withdrawn"])
async def test_our_own_appeal_that_is_over_is_known_by_its_page_though_the_list_shows_no_reference(status: str) -> None:
    at = portal(({**IN_LIST, "status": status}, {**ON_PAGE, "reference": "PW-7F3A", "status": status}))
    assert refused(await file(at)).refusal is Refusal.DUPLICATE
    assert at.submitted == []


async def test_an_appeal_of_somebody_elses_claim_with_the_same_number_is_for_a_person_and_no_duplicate() -> None:
    at = portal((IN_LIST, {**ON_PAGE, "patient_name": "STONE, BERT", "member_id": "ZZ1"}))
    not_filed(await file(at), at, Code.DATA_CONFLICT)


async def test_an_appeal_of_another_claim_is_not_even_opened() -> None:
    at = portal(({**IN_LIST, "payer_claim_number": "C9"}, ON_PAGE))
    assert filed(await file(at))
    assert "T-100" not in at.opened


async def test_lines_that_the_portal_does_not_show_may_be_these() -> None:
    at = portal((IN_LIST, {**ON_PAGE, "lines": None}))
    assert refused(await file(at)).refusal is Refusal.DUPLICATE


@pytest.mark.parametrize("lines", [("1", "2"), ("02", "3")])
async def test_an_appeal_of_some_of_these_lines_is_for_a_person(lines: tuple[str, ...]) -> None:
    at = portal((IN_LIST, {**ON_PAGE, "lines": lines}))
    not_filed(await file(at), at, Code.DATA_CONFLICT)


@pytest.mark.parametrize("name", ["status", "level"])
async def test_an_appeal_in_words_that_nobody_mapped_is_for_a_person(name: str) -> None:
    fields = {**cells(ON_PAGE), name: value(f"appeal.{name}", None, "Escalated", unmapped=True)}
    at = portal((IN_LIST, Reading(view="appeal", fields=fields, tables={})))
    outcome = await file(at)
    not_filed(outcome, at, Code.DATA_UNMAPPED)
    assert outcome.reason is not None
    assert [shown.text for shown in outcome.reason.seen] == ["Escalated"]


NINE = UploadRules(most=9)


@pytest.mark.parametrize(
    ("question", "rules"),
    [
        (QUESTION, AppealRules(forms=("appeal-lines",))),
        (QUESTION, AppealRules(forms=("appeal-document",), uploads=UploadRules(most=1))),
        (contesting(level="second"), None),
        (
            contesting(lines=("1", "2")),
            AppealRules(forms=("appeal-document",), uploads=UploadRules(most=9), one_line=True),
        ),
        (QUESTION, AppealRules(forms=("appeal-document",), uploads=UploadRules(most=9), longest_argument=20)),
        (QUESTION.model_copy(update={"claim": QUESTION.claim.model_copy(update={"payer_claim_number": None})}), None),
    ],
)
async def test_what_the_portal_does_not_take_is_told_before_anything_is_opened(
    question: Appeal, rules: AppealRules | None
) -> None:
    at = portal(rules=rules)
    not_filed(await file(at, question), at, Code.DATA_INPUT)
    assert at.opened == []


DENIED = detail(
    {**PAID, "status": "F2", "allowed": None, "paid": Decimal(0), "patient_responsibility": None, "copay": None},
    [{**PAID_LINES[0], "allowed": None, "paid": Decimal(0), "adjustments": ("CO-50 $150.00",)}],
)
PAID_MEANWHILE = detail(
    {**PARTLY_DENIED, "allowed": Decimal("120.00"), "paid": Decimal("120.00")},
    [
        LINES[0],
        {**LINES[1], "allowed": Decimal("40.00"), "paid": Decimal("40.00"), "adjustments": ("CO-45 $10.00",)},
    ],
)
NOT_DENIED = detail(
    {**PARTLY_DENIED, "patient_responsibility": Decimal("50.00"), "deductible": Decimal("50.00")},
    [LINES[0], {**LINES[1], "adjustments": ("PR-1 $50.00",)}],
)
PENDING = detail(
    {**PARTLY_DENIED, "status": "P1", "paid": Decimal(0), "allowed": None},
    [
        {**LINES[0], "paid": Decimal(0), "allowed": None, "adjustments": ("CO-45 $100.00",)},
        {**LINES[1], "allowed": None},
    ],
)


@pytest.mark.parametrize("claim", [PAID_MEANWHILE, NOT_DENIED, PENDING])
async def test_a_claim_that_is_no_longer_denied_is_not_appealed(claim: Reading) -> None:
    at = portal(claim=claim)
    not_filed(await file(at), at, Code.DATA_CONFLICT)
    assert "appeal-start" not in [form for form, _ in at.asked]


async def test_a_line_of_which_a_part_was_paid_is_not_contested_as_denied() -> None:
    part = {**LINES[1], "allowed": Decimal("10.00"), "paid": Decimal("10.00"), "adjustments": ("CO-97 $40.00",)}
    at = portal(claim=detail({**PARTLY_DENIED, "allowed": Decimal(90), "paid": Decimal(90)}, [LINES[0], part]))
    not_filed(await file(at, contesting(amount=Decimal("40.00"))), at, Code.DATA_CONFLICT)
    assert "appeal-start" not in [form for form, _ in at.asked]


async def test_more_than_is_left_unpaid_is_not_contested() -> None:
    at = portal()
    not_filed(await file(at, contesting(amount=Decimal("50.01"))), at, Code.DATA_CONFLICT)
    assert "appeal-start" not in [form for form, _ in at.asked]


async def test_a_line_that_the_claim_does_not_have_is_not_contested() -> None:
    at = portal()
    not_filed(await file(at, contesting(lines=("2", "3"))), at, Code.DATA_CONFLICT)


async def test_a_payment_that_is_too_small_is_contested_while_it_is_there() -> None:
    underpaid = contesting(reason=AppealReason.UNDERPAYMENT, lines=("1",), amount=Decimal("20.00"))
    review = {**REVIEW, "reason": "underpayment", "lines": ("1",), "amount": Decimal("20.00")}
    assert filed(await file(portal(review=review), underpaid))


async def test_a_payment_that_is_gone_is_not_contested_as_too_small() -> None:
    at = portal(claim=DENIED)
    underpaid = contesting(reason=AppealReason.UNDERPAYMENT, lines=("1",), amount=Decimal("20.00"))
    not_filed(await file(at, underpaid), at, Code.DATA_CONFLICT)
    assert "appeal-start" not in [form for form, _ in at.asked]


async def test_a_claim_that_is_not_there_now_is_for_a_person_and_no_answer() -> None:
    at = portal(claim_search=Followed(means=Means.NOT_FOUND))
    not_filed(await file(at), at, Code.BUS_NOTFOUND)


async def test_a_claim_of_somebody_else_is_never_appealed() -> None:
    at = portal(claim=detail({**PARTLY_DENIED, "birth_date": date(1980, 2, 28)}, LINES))
    not_filed(await file(at), at, Code.DATA_CONFLICT)


async def test_a_claim_that_was_replaced_is_not_appealed() -> None:
    at = portal()
    old = detail({**PARTLY_DENIED, "status": "F3"}, LINES, related=[("replacement", "C2")])
    new = detail({**PARTLY_DENIED, "payer_claim_number": "C2"}, LINES)
    lists = [rows(LISTED), rows({**LISTED, "payer_claim_number": "C2"})]
    at = replace(
        at,
        forms={**at.forms, "claim-search-by-number": [Followed(view="claims")]},
        views={**at.views, "claims": [Reading(view="claims", fields={}, tables={"claims": each}) for each in lists]},
        picked={**at.picked, "C1": (Followed(view="claim"), old), "C2": (Followed(view="claim"), new)},
    )
    not_filed(await file(at), at, Code.DATA_CONFLICT)


async def test_a_claim_whose_page_is_no_longer_before_us_is_not_appealed() -> None:
    at = portal()
    listed = rows({"number": "a", **LISTED}, {"number": "b", **LISTED})
    stranger = detail({**PARTLY_DENIED, "patient_name": "OBRIEN VALE, IDA", "member_id": "XS7"}, LINES)
    at = replace(
        at,
        views={**at.views, "claims": [Reading(view="claims", fields={}, tables={"claims": listed})]},
        picked={"a": at.picked["C1"], "b": (Followed(view="claim"), stranger)},
    )
    not_filed(await file(at), at, Code.BUS_MULTI)
    assert at.opened[-1] == "b"


# Refused on the way


@pytest.mark.parametrize("form", ["appeal-start", "appeal-lines", "appeal-document", "appeal-documents-done"])
@pytest.mark.parametrize("why", list(Refusal))
async def test_a_refusal_on_the_way_is_told_apart_and_nothing_is_pressed(form: str, why: Refusal) -> None:
    said = Shown(where="appeal-lines.refused", text="No.")
    followed = Followed(means=Means.REFUSED, refused=why, shown=said)
    at = portal()
    at = replace(at, forms={**at.forms, form: [followed]})
    assert refused(await file(at)) == AppealRefused(refusal=why, portal_text="No.")
    assert at.submitted == []


async def test_a_refusal_after_the_press_is_the_portals_word_that_nothing_was_filed() -> None:
    at = portal(appeal_submit=Followed(means=Means.REFUSED, refused=Refusal.DUPLICATE))
    assert refused(await file(at)).refusal is Refusal.DUPLICATE
    assert len(at.submitted) == 1


@pytest.mark.parametrize(
    "followed",
    [Followed(means=Means.NOT_FOUND), Followed(view="x", means=Means.TOO_MANY)],
)
@pytest.mark.parametrize("form", ["appeal-lines", "appeal-documents-done"])
async def test_forms_that_do_not_lead_to_the_review_page_are_drift(form: str, followed: Followed) -> None:
    at = portal()
    at = replace(at, forms={**at.forms, form: [followed]})
    with pytest.raises(Stop) as stopped:
        await file(at)
    assert stopped.value.outcome.ending is Ending.DRIFT
    assert at.submitted == []


# The review page

DIFFERENCES: list[Fields] = [
    {"payer_claim_number": "C2"},
    {"patient_name": "OBRIEN VALE, IDA"},
    {"member_id": "XS7654321"},
    {"birth_date": date(1980, 2, 28)},
    {"level": "second"},
    {"level": None},
    {"reason": "medical-necessity"},
    {"lines": ("1", "2")},
    {"lines": ("1",)},
    {"lines": None},
    {"lines": ("All",)},
    {"amount": Decimal("50.01")},
    {"amount": None},
    {"argument": "The visit was for another problem."},
    {"argument": None},
    {"attachments": ("records-1.pdf",)},
    {"attachments": ("letter-1.pdf", "records-1.pdf", "records-1.pdf")},
    {"attachments": ("letter-1.pdf", "records-2.pdf")},
    {"attachments": None},
    {"reference": "PW-0000"},
]


@pytest.mark.parametrize("changed", DIFFERENCES, ids=lambda changed: " ".join(f"{k}={v}" for k, v in changed.items()))
async def test_nothing_is_pressed_while_the_review_page_differs(changed: Fields) -> None:
    at = portal(review={**REVIEW, **changed})
    outcome = await file(at)
    not_filed(outcome, at, Code.DATA_CONFLICT)
    assert outcome.reason is not None
    assert next(iter(changed)) in outcome.reason.what


async def test_a_word_of_the_review_page_that_nobody_mapped_is_for_a_person() -> None:
    fields = {**cells(REVIEW), "reason": value("appeal-review.reason", None, "Bundling", unmapped=True)}
    at = portal(review=Reading(view="appeal-review", fields=fields, tables={}))
    not_filed(await file(at), at, Code.DATA_UNMAPPED)


@pytest.mark.parametrize("kept", [(), ("reason",), ("lines",), ("patient_name", "member_id", "level")])
async def test_nothing_is_pressed_while_too_little_is_shown(kept: tuple[str, ...]) -> None:
    at = portal(review={name: REVIEW[name] for name in ("payer_claim_number", *kept)})
    not_filed(await file(at), at, Code.DATA_PARTIAL)


async def test_nothing_is_pressed_while_the_claims_number_is_not_shown() -> None:
    at = portal(review={name: normal for name, normal in REVIEW.items() if name != "payer_claim_number"})
    not_filed(await file(at), at, Code.DATA_PARTIAL)


async def test_a_last_form_that_leads_elsewhere_than_to_the_review_page_is_drift() -> None:
    at = portal(appeal_documents_done=Followed(view="appeal-lines"))
    with pytest.raises(Stop) as stopped:
        await file(at)
    assert stopped.value.outcome.ending is Ending.DRIFT


@pytest.mark.parametrize("kept", [("amount",), ("argument",), ("reason", "lines")])
async def test_what_tells_one_appeal_from_another_is_enough(kept: tuple[str, ...]) -> None:
    assert filed(await file(portal(review={name: REVIEW[name] for name in ("payer_claim_number", *kept)})))


BARE = {name: normal for name, normal in REVIEW.items() if name not in ("lines", "attachments")}
TICKED: tuple[Fields, Fields] = (
    {"line_number": 1, "contested": False, "amount": None},
    {"line_number": 2, "contested": True, "amount": Decimal(50)},
)
PAPERS: tuple[Fields, Fields] = (
    {"filename": "records-1.pdf", "kind": "medical-records", "size": 40_960},
    {"filename": "letter-1.pdf", "kind": "letter", "size": None},
)


async def test_lines_and_documents_may_stand_in_tables() -> None:
    assert filed(await file(portal(review=page("appeal-review", BARE, lines=TICKED, attachments=PAPERS))))


FIRST_TOO: Fields = {**TICKED[0], "contested": True, "amount": Decimal(0)}


@pytest.mark.parametrize(
    ("lines", "papers"),
    [
        ((FIRST_TOO, TICKED[1]), PAPERS),
        ((TICKED[0], {**TICKED[1], "contested": False}), PAPERS),
        ((TICKED[0], {**TICKED[1], "amount": Decimal(49)}), PAPERS),
        (({"line_number": 1}, {"line_number": 2}), PAPERS),
        (TICKED, PAPERS[:1]),
        (TICKED, (*PAPERS, PAPERS[0])),
        (TICKED, ({**PAPERS[0], "kind": "letter"}, PAPERS[1])),
        (TICKED, ({**PAPERS[0], "size": 40_961}, PAPERS[1])),
    ],
)
async def test_nothing_is_pressed_while_a_table_differs(lines: list[Fields], papers: list[Fields]) -> None:
    at = portal(review=page("appeal-review", BARE, lines=lines, attachments=papers))
    not_filed(await file(at), at, Code.DATA_CONFLICT)


WHOLE = contesting(lines=(), amount=Decimal("150.00"))


@pytest.mark.parametrize(("lines", "pressed"), [(("1",), 1), (("1", "2"), 0)])
async def test_a_whole_claim_is_all_of_its_lines(lines: tuple[str, ...], pressed: int) -> None:
    at = portal(claim=DENIED, review={**REVIEW, "lines": lines, "amount": Decimal("150.00")})
    await file(at, WHOLE)
    assert len(at.submitted) == pressed


# After the press

EXPIRED = stop(Ending.CREDENTIAL, Code.ACC_UNKNOWN, "The session is over.")
CHANGED = stop(Ending.DRIFT, Code.TECH_LAYOUT, "A field is not there.", view="appeal-receipt", element="confirmation")
LATE = stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The portal did not answer.")


@pytest.mark.parametrize("stopped", [EXPIRED, CHANGED, LATE])
async def test_a_receipt_that_cannot_be_read_is_uncertain_whatever_the_reason(stopped: Stop) -> None:
    uncertain(await file(portal(receipt=stopped)))


async def test_what_stood_in_the_way_of_the_receipt_is_told() -> None:
    outcome = await file(portal(receipt=CHANGED))
    assert outcome.reason is not None
    assert (outcome.reason.view, outcome.reason.element) == ("appeal-receipt", "confirmation")


async def test_a_receipt_about_another_claim_is_uncertain() -> None:
    uncertain(await file(portal(receipt=page("appeal-receipt", {**RECEIPT, "payer_claim_number": "C2"}))))


@pytest.mark.parametrize(
    "shown",
    [{"confirmation": "t-90"}, {"confirmation": "T 90", "payer_claim_number": None}, {"filed_on": date(2026, 10, 31)}],
)
async def test_the_receipt_of_an_earlier_appeal_is_uncertain(shown: Fields) -> None:
    receipt = page("appeal-receipt", {**RECEIPT, **shown})
    at = portal((EARLIER, {**ON_PAGE, **EARLIER, "status": "dismissed"}), receipt=receipt)
    uncertain(await file(at))
    assert len(at.submitted) == 1


@pytest.mark.parametrize(
    "followed",
    [Followed(view="home"), Followed(means=Means.NOT_FOUND), Followed(means=Means.REFUSED), Followed()],
)
async def test_anything_but_the_receipt_after_the_press_is_uncertain(followed: Followed) -> None:
    uncertain(await file(portal(appeal_submit=followed)))


async def test_what_the_press_itself_ended_in_is_left_as_it_is() -> None:
    pressed = stop(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, "No answer came.")
    with pytest.raises(Stop) as stopped:
        await file(portal(appeal_submit=pressed))
    assert stopped.value is pressed
