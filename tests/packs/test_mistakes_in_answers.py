"""Mistakes in what may follow a press, and gaps that a job would miss, are told with line, key and what is allowed."""

import pytest

from tests.packs.conftest import EXAMPLE, Mistake, Spoil, check_told, name_of

CLAIM_SEARCH = "forms.claim-search"
NO_MEMBER = "{element: no_member, means: not-found}"
REFUSED = "{element: refused, ending: needs-staff, code: DATA-INPUT}"
CLAIM_ROWS = "      - {view: claims}\n      - {element: no_member"
OPENED = "        opens: payer_claim_number\n        window: true\n        after_open:\n          - {view: claim}\n"

DOOR = [
    Mistake(
        "      sign_in:\n        action: commit",
        "      sign_in:\n        action: navigate",
        "press: sign_in}",
        "sign_in.table[10].press",
        "'action: commit' and has 'navigate'",
    ),
    Mistake(
        "- {view: password, then: password,",
        "- {view: home, then: password,",
        "view: home, then: password",
        "sign_in.table[10].password",
        "no element 'password'",
    ),
    Mistake(
        "- {view: password, then: password,",
        "- {view: word, then: password,",
        "view: word",
        "sign_in.table[10].view",
        "no view 'word'",
    ),
    Mistake(
        "  wrong:\n    recognise: [message]\n    elements:\n",
        "  wrong:\n    recognise: [heading]\n    elements:\n      heading:\n        find:\n"
        '          - {role: heading, name: "Your password"}\n'
        "          - {xpath: \"//body/h1[normalize-space()='Your password']\"}\n",
        "- {view: password, then: password,",
        "sign_in.table[10].view",
        "the earlier row 'wrong' fits too",
    ),
    Mistake(
        "view: home, then: signed-in", "view: home, then: pass, press: sign_out", "", "sign_in", "'then: signed-in'"
    ),
]
FOLLOWING = [
    Mistake(REFUSED, "{element: refused, ending: needs-staff}", "ending: needs-staff}", "outcomes[3]", "go together"),
    Mistake(
        REFUSED, REFUSED.replace("ending", "means: not-found, ending"), "means: not-found, e", "outcomes[3]", "those"
    ),
    Mistake(REFUSED, "{element: refused}", "{element: refused}", "outcomes[3]", "a message needs a meaning"),
    Mistake(
        REFUSED, REFUSED.replace("refused", "denied"), "element: denied", "outcomes[3].element", "no element 'denied'"
    ),
    Mistake(
        NO_MEMBER,
        NO_MEMBER + "\n      - {view: claims, means: too-many}",
        "",
        "outcomes[1].view",
        "'claims' stands for two different things in one race",
    ),
    Mistake(
        NO_MEMBER,
        NO_MEMBER + "\n      - {view: home}",
        "- {view: home}\n      - {el",
        "outcomes[3].view",
        "reads 'claims'",
    ),
    Mistake(NO_MEMBER, NO_MEMBER + "\n      - {view: none}", "- {view: none}", "outcomes[3].view", "no view 'none'"),
    Mistake(CLAIM_ROWS, "      - {element: no_member", "", "outcomes", "no search can succeed"),
]
FORMS = [
    Mistake(
        "{go: /claims}\n    after: [location]",
        "{go: /claims}\n    after: [place]",
        "[place]",
        f"{CLAIM_SEARCH}.after[1]",
        "no form 'place'",
    ),
    Mistake("    view: locations\n", "    view: places\n", "view: places", "forms.location.view", "no view 'places'"),
    Mistake(
        "    press: choose\n", "    press: heading\n", "press: heading", "forms.location.press", "'action: navigate'"
    ),
    Mistake("    press: choose\n", "    press: go\n", "press: go", "forms.location.press", "no element 'go'"),
    Mistake(
        "service_from: {from: claim.service_from",
        "service_from: {from: claim.billed",
        "from: claim.billed",
        f"{CLAIM_SEARCH}.fill.service_from.format",
        "'format' is for dates",
    ),
    Mistake(
        '      acting_for:\n        pattern: "^Acting for NPI (\\\\d{10})$"\n',
        "      acting_for:\n        type: integer\n",
        "home.acting_for: provider.npi",
        "forms.location.echo.home.acting_for",
        "'provider.npi' goes with 'type: text'",
    ),
    Mistake(
        "home.acting_for: provider.npi",
        "house.acting_for: provider.npi",
        "house.acting_for",
        "forms.location.echo.house.acting_for",
        "no view 'house'",
    ),
]
PARTS = [
    Mistake(
        "  locked:\n    recognise: [heading]\n    elements:\n      heading:\n",
        "  locked:\n    recognise: [heading]\n    elements:\n      heading:\n        optional: true\n",
        "    recognise: [heading]\n    elements:\n      heading:\n        optional: true",
        "views.locked.recognise[1]",
        "is 'optional: true', so that the view cannot be recognised by it",
    ),
    Mistake(
        'patient_name: {header: "Member", position: 2}',
        'patient_name: {header: "Member", position: 2, separator: ";"}',
        'separator: ";"}\n          service_from',
        "views.claims.tables.claims.columns.patient_name",
        "'type: list' alone",
    ),
    Mistake(
        "required: true, business_key: true}",
        "required: true}",
        "      claims:\n        find",
        "views.claims.tables.claims",
        "needs a column with 'business_key: true'",
    ),
    Mistake(
        OPENED,
        "        opens: payer_claim_number\n        window: true\n",
        "      claims:\n        find",
        "views.claims.tables.claims",
        "says in 'after_open' what may follow",
    ),
    Mistake(
        "{view: closed, ending: transient, code: TECH-MAINT, until: opens_at}\n  - {view: survey",
        "{view: closed, ending: credential, code: ACC-LOCKED, until: opens_at}\n  - {view: survey",
        "view: closed, ending: credential",
        "interruptions[4]",
        "goes with 'ending: transient'",
    ),
]
GAPS = [
    Mistake("  claim-search:\n", "  claims-search:\n", "", "forms", "needs a form 'claim-search' or"),
    Mistake("  claim: # in", "  claim-page: # in", "", "views", "needs a view 'claim': the page of one claim"),
    Mistake(
        "    tables:\n      claims:\n",
        "    tables:\n      list:\n",
        "",
        "views.claims.tables",
        "needs a table 'claims'",
    ),
    Mistake("  claims:\n    frame", "  list:\n    frame", "", "views", "needs a view 'claims': the result list"),
    Mistake(
        '      birth_date:\n        type: date\n        find:\n          - {near: "Born"}\n'
        '          - {css: "body > table:first-of-type tr:nth-of-type(4) td"}\n'
        "      service_from:\n        type: date\n        required: true\n",
        "      service_from:\n        type: date\n",
        "      service_from:\n        type: date\n        find",
        "views.claim.elements.service_from",
        "needs 'required: true'",
    ),
    Mistake(
        '      patient_name:\n        find:\n          - {near: "Member"}\n'
        '          - {css: "body > table:first-of-type tr:nth-of-type(2) td"}\n      member_id:\n',
        "      provider_npi:\n",
        "",
        "views.claim.elements",
        "the identity gate needs two of",
    ),
    Mistake(
        "      billed:\n        type: money\n",
        "      charge:\n        type: money\n",
        "",
        "views.claim.elements",
        "'billed' is",
    ),
    Mistake(
        "flows:\n  claim-status: read\n  eligibility: read\n  remittances: read\n"
        "  appeal: write\n  appeal-status: read\n",
        "flows: {}\n",
        "",
        "flows",
        "the pack offers no flow",
    ),
]


def placed(mistake: Mistake) -> Mistake:
    """The mistake with its key in full; those in `FOLLOWING` leave the form out."""
    key = mistake.key
    return mistake._replace(key=f"{CLAIM_SEARCH}.{key}" if key.startswith("outcomes") else key)


@pytest.mark.parametrize("mistake", [*DOOR, *FOLLOWING, *FORMS, *PARTS, *GAPS], ids=name_of)
def test_a_mistake_in_an_answer_is_told_with_line_key_and_what_is_allowed(
    mistake: Mistake, spoil_example: Spoil
) -> None:
    check_told(placed(mistake), EXAMPLE, spoil_example(mistake.old, mistake.new))
