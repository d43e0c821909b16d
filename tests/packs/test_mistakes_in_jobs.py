"""Mistakes in what eligibility and remittances need of a pack are told with line, key and what is allowed."""

import pytest

from packs.load import read_pack
from packs.overlay import loosened
from tests.packs.conftest import EXAMPLE, EXAMPLE_FOLDER, Mistake, Spoil, check_told, name_of

pytestmark = pytest.mark.long  # the example is large, and each mistake loads it anew

IN_NETWORK = "views.coverage.tables.in_network"
BOXES = "views.amounts.tables.accumulators"
LIST = "views.payments.tables.payments"
KIND = '          kind: {find: [{css: "h3"}, {xpath: "*[1]"}], type: mapped, map: accumulators, required: true}\n'
TRACE = '{header: "Number", position: 1, required: true, business_key: true, pattern: "^(?:EFT|Check) (\\\\d+)$"}'
OTHER_DAY = '{element: other_birth_date, means: rejected, rejected: "71"}'
MORE = "      - {view: amounts, steps: [{click: coverage.amounts}]}\n"
NOT_LOADED = "    recognise: [heading, messages]\n    fixed: {status: not-loaded}\n"
PAPER = "            instead:\n              - {view: being-prepared, means: being-built}\n"
ORDER = "    press: order\n    outcomes:\n      - {view: reports}\n"

REJECTED = [
    Mistake(OTHER_DAY, OTHER_DAY.replace(', rejected: "71"', ""), "", "forms.member-search.outcomes[4]", "go together"),
    Mistake(OTHER_DAY, OTHER_DAY.replace("71", "7"), 'rejected: "7"}', "forms.member-search.outcomes[4]", "one of 15,"),
    Mistake(
        OTHER_DAY,
        "{element: other_birth_date, means: being-built}",
        "means: being-built}\n      - {element: several",
        "forms.member-search.outcomes[4].means",
        "eligibility has no list to come back to",
    ),
    Mistake(
        "      - {view: coverage}\n      - {view: coverage-not-loaded}\n",
        "      - {view: home}\n",
        "",
        "forms.member-search.outcomes",
        "no search can succeed",
    ),
    Mistake("  member-search:\n", "  members-search:\n", "", "forms", "eligibility needs a form 'member-search' or"),
]
COVERAGE = [
    Mistake(
        'code: "6"}',
        'code: "9"}',
        '{text: "Ended"',
        "maps.coverage[2].code",
        "must be one of 1, 2, 3, 4, 5, 6, 7, 8, not-loaded",
    ),
    Mistake(
        '{text: "Copay", code: B}', '{text: "Copay", code: Q}', "", "maps.benefits[1].code", "must be one of 1, A, B"
    ),
    Mistake(
        '{text: "Deductible", code: C}', '{text: "Deductible", code: A}', "", "maps.accumulators[1].code", "one of C, G"
    ),
    Mistake(
        "fixed: {status: not-loaded}", "fixed: {status: none}", "", "views.coverage-not-loaded.fixed.status", "one of"
    ),
    Mistake(
        "fixed: {status: not-loaded}",
        "fixed: {state: not-loaded}",
        "state: not-loaded",
        "views.coverage-not-loaded.fixed.state",
        "no flow knows a field of this name",
    ),
    Mistake(
        NOT_LOADED,
        NOT_LOADED.replace("{status: not-loaded}", "{status: not-loaded, birth_date: x}"),
        "",
        "views.coverage-not-loaded",
        "'birth_date' stands under 'elements' and under 'fixed'",
    ),
    Mistake(
        "    fixed: {status: not-loaded}\n",
        "",
        "",
        "views.coverage-not-loaded.elements",
        "the element 'status' is missing",
    ),
    Mistake(
        '        as: benefits\n        fixed: {network: "N"}\n',
        "",
        "",
        "views.coverage.tables.out_of_network",
        "tables:",
    ),
    Mistake(
        'fixed: {network: "N"}', "fixed: {network: X}", "", "views.coverage.tables.out_of_network.fixed.network", "Y"
    ),
    Mistake(
        'fixed: {network: "N"}',
        "fixed: {amount: 5}",
        "",
        "views.coverage.tables.out_of_network.fixed.amount",
        "must be text",
    ),
    Mistake(
        'fixed: {network: "N"}',
        'fixed: {network: "N", quantity: "5"}',
        "",
        "views.coverage.tables.out_of_network.fixed.quantity",
        "is no text, so that it cannot be fixed",
    ),
    Mistake(
        '          begins: {header: "From", position: 3, type: date}\n',
        '          since: {header: "From", position: 3, type: date}\n',
        "since: {header",
        "views.coverage.tables.other_payers.columns.since",
        "columns: begins, ends, msp_type, name, order, payer_id",
    ),
    Mistake(
        'name: {header: "Insurance", position: 1, required: true}',
        'payer_id: {header: "Insurance", position: 1}',
        "",
        "views.coverage.tables.other_payers.columns",
        "the column 'name' is missing",
    ),
]
READING = [
    Mistake(MORE, MORE.replace("amounts, s", "sums, s"), "view: sums", "views.coverage.more[1].view", "no view 'sums'"),
    Mistake(
        MORE, MORE.replace("amounts, s", "coverage, s"), "view: coverage, s", "views.coverage.more[1].view", "another"
    ),
    Mistake(
        MORE,
        MORE.replace("[{click: coverage.amounts}]", "[{go: /amounts}], if_there: true"),
        "",
        "views.coverage.more[1].if_there",
        "this step has none",
    ),
    Mistake(
        "      accumulators: # a box for each\n",
        "      other_payers: # a box for each\n",
        "other_payers: # a box",
        "views.amounts.tables.other_payers",
        "stands on several views that are read together",
    ),
    Mistake('blocks: {css: "article"}', 'blocks: {text: "Deductible"}', "", BOXES, "'blocks' is a way with 'css' or"),
    Mistake('blocks: {css: "article"}', 'blocks: {css: "article["}', "", f"{BOXES}.blocks.css", "not a css selector"),
    Mistake('        blocks: {css: "article"}\n', "", "", BOXES, "stand in a table with 'blocks'"),
    Mistake(KIND, KIND.replace(', {xpath: "*[1]"}', ""), "kind: {find", f"{BOXES}.columns.kind", "two or more ways"),
    Mistake(KIND, KIND.replace("find: [{css", 'header: "x", find: [{css'), "", f"{BOXES}.columns.kind", "go together"),
    Mistake(
        KIND,
        KIND.replace("find: [{css", 'header: "x", position: 9, find: [{css'),
        "",
        f"{BOXES}.columns.kind",
        "has 'header' and 'position', or",
    ),
    Mistake(
        '          total: {header: "Whole year", position: 2, type: money}\n'
        '          met: {header: "So far", position: 3, type: money}\n',
        '          part: {header: "Whole year", position: 2, type: mapped, map: levels}\n',
        "",
        f"{BOXES}.columns",
        "or 'amount' with 'part'",
    ),
    Mistake(
        '{header: "From", position: 3, type: date}',
        '{header: "From", position: 3, type: date, if_fits: true}',
        "",
        "views.coverage.tables.other_payers.columns.begins",
        "'if_fits' goes with 'pattern'",
    ),
]
PAYMENTS = [
    Mistake(
        "  payment-search:\n    view",
        "  payments-search:\n    view",
        "",
        "forms",
        "remittances need a form 'payment-search'",
    ),
    Mistake(
        "    press: list\n    outcomes:\n      - {view: payments}\n",
        "    press: list\n    outcomes:\n      - {view: reports}\n",
        "- {view: reports}\n\n  payment-archive",
        "forms.payment-search.outcomes[1].view",
        "reads 'payments'",
    ),
    Mistake(
        TRACE,
        TRACE.replace("required: true, ", ""),
        'trace: {header: "Number"',
        f"{LIST}.columns.trace",
        "needs 'required: true'",
    ),
    Mistake(
        '          era: {kind: "835", press: era}\n          eob',
        '          era: {kind: "835", press: file}\n          eob',
        "",
        LIST,
        "presses the column 'file'",
    ),
    Mistake(
        '          era: {kind: "835", press: era}\n          eob',
        '          remit: {kind: "835", press: era}\n          eob',
        "remit: {kind",
        f"{LIST}.documents.remit",
        "documents: bundle, eob, era",
    ),
    Mistake(
        '          era: {kind: "835", press: era}\n          eob',
        '          bundle: {kind: "835", press: era}\n          eob',
        'bundle: {kind: "835"',
        f"{LIST}.documents.bundle",
        "needs a column 'bundle'",
    ),
    Mistake(
        "password: {from: provider.npi}",
        "password: {from: provider.number}",
        "password: {from",
        f"{LIST}.documents.eob.password.from",
        "no question has an input",
    ),
    Mistake(
        "password: {from: provider.npi}",
        'password: {from: provider.npi, answer: "x"}',
        "",
        f"{LIST}.documents.eob.password",
        "either 'from'",
    ),
    Mistake(
        PAPER,
        PAPER.replace("being-prepared", "wait"),
        "view: wait",
        f"{LIST}.documents.eob.instead[1].view",
        "no view 'wait'",
    ),
    Mistake(
        '{text: "In your letters", code: archived}',
        '{text: "In your letters", code: later}',
        "",
        "maps.documents[2].code",
        "archived, none, ready",
    ),
    Mistake(
        "          bundle: {kind: zip, press: bundle}\n",
        "          era: {kind: zip, press: bundle}\n",
        "",
        "views.reports.tables.reports.documents",
        "is fetched as the document 'bundle'",
    ),
    Mistake("  report-list:\n    view", "  reports-list:\n    view", "", "forms", "looked for by a form 'report-list'"),
    Mistake(
        ORDER,
        ORDER.replace("view: reports", "view: home"),
        "- {view: home}\n\nmaps",
        "forms.report-request.outcomes[1].view",
        "means: being-built",
    ),
    Mistake(
        "  longest_days: 31", "  longest_days: 0", "longest_days: 0", "remittances.longest_days", "must be 1 or more"
    ),
    Mistake(
        "  remittances: read\n",
        "  remittances: write\n",
        "remittances: write",
        "flows.remittances",
        "this job only reads",
    ),
]
UNUSED = [
    Mistake("  remittances: read\n", "", "", "forms.payment-search", "nothing asks this form"),
    Mistake(
        "      - {view: amounts, steps: [{click: coverage.amounts}]}\n",
        "      - {view: home, steps: [{go: /home}]}\n",
        "",
        "views.amounts",
        "nothing leads",
    ),
]


@pytest.mark.parametrize("mistake", [*REJECTED, *COVERAGE, *READING, *PAYMENTS, *UNUSED], ids=name_of)
def test_a_mistake_in_a_job_is_told_with_line_key_and_what_is_allowed(mistake: Mistake, spoil_example: Spoil) -> None:
    check_told(mistake, EXAMPLE, spoil_example(mistake.old, mistake.new))


def test_a_document_of_a_view_presses_an_element_that_downloads(spoil_example: Spoil) -> None:
    heading = "  payments:\n    recognise: [heading]\n"
    offered = heading + "    documents: {bundle: {kind: zip, press: heading}}\n"
    told = [problem for problem in spoil_example(heading, offered) if problem.key.endswith("documents.bundle.press")]
    assert "must have 'action: download' and has 'read'" in told[0].what


@pytest.mark.parametrize(("days", "told"), [(30, []), (31, []), (32, ["longest_days"]), (None, ["longest_days"])])
def test_an_overlay_can_shorten_the_days_of_a_search_and_never_lengthen_them(days: int | None, told: list[str]) -> None:
    pack = read_pack(EXAMPLE_FOLDER)
    rules = pack.remittances.model_copy(update={"longest_days": days})
    findings = list(loosened(pack, pack.model_copy(update={"remittances": rules})))
    assert [finding.place[-1] for finding in findings] == told
