"""Every kind of mistake in a pack is told with its line, its key, what is wrong and what is allowed."""

from pathlib import Path

import pytest

from packs.load import load_pack
from packs.problems import PackError
from tests.packs.conftest import GOOD, Mistake, Spoil, check_told, name_of, write_pack

BACK = '- {role: link, name: "Back to results"}'
SHAPE = [
    Mistake("title: Practice", "titel: Practice", "titel:", "titel", "Is 'title' meant"),
    Mistake("title: Practice National Health Provider Portal\n", "", "portal: prac", "title", "missing"),
    Mistake('version: "1"', "version: 1", "version: 1", "version", "must be text; put numbers"),
    Mistake("verified_on: 2026-11-22", "verified_on: last week", "last week", "verified_on", "written YYYY-MM-DD"),
    Mistake("time_zone: America/New_York", "time_zone: EST5", "EST5", "time_zone", "such as America/Chicago"),
    Mistake("  idle_minutes: 15", "  idle_minutes: soon", "idle_minutes: soon", "limits.idle_minutes", "whole number"),
    Mistake("  idle_minutes: 15", "  idle_minutes: 0", "idle_minutes: 0", "limits.idle_minutes", "1 or more"),
    Mistake("lookups_a_minute: 600", "lookups_a_minute: 0", "minute: 0", "limits.lookups_a_minute", "more than 0"),
    Mistake("date: MM/DD/YYYY", "date: MM/DD/YY", "MM/DD/YY", "formats.date", "'MM/DD/YYYY', 'MM-DD-YYYY'"),
    Mistake("claim-status: read", "claim-state: read", "claim-state", "flows.claim-state", "'claim-status'"),
    Mistake("claim-status: read", "claim-status: peek", "peek", "flows.claim-status", "one of 'read', 'write'"),
    Mistake("lockout: #", "lockout: soon\nlocked: #", "lockout: soon", "lockout", "keys of its own"),
    Mistake("  start: /signin", "  start: signin", "start: signin", "sign_in.start", "beginning with one '/'"),
    Mistake("  proof: signed-out", "  proof: Signed out", "Signed out", "sign_out.proof", "lower-case letters"),
    Mistake(
        BACK,
        '- {lable: "Back to results"}',
        '{lable: "Back',
        "views.claim.elements.back.find[1].lable",
        "Is 'label' meant",
    ),
    Mistake(
        BACK, BACK[:-1] + ', text: "Back"}', "Back to", "views.claim.elements.back.find[1]", "exactly one of label"
    ),
    Mistake(BACK, "- {role: link}", "- {role: link}", "views.claim.elements.back.find[1]", "'role' and 'name'"),
    Mistake(
        BACK + '\n          - {css: "main > p:first-child > a"}',
        BACK,
        "        find:\n          " + BACK,
        "views.claim.elements.back.find",
        "2 or more entries and has 1",
    ),
    Mistake(BACK, '- {xpath: "//a"}', "      back:\n        action", "views.claim.elements.back", "what a person sees"),
    Mistake(
        BACK,
        '- {css: "main > p:first-child > a"}',
        "      back:\n        action",
        "views.claim.elements.back",
        "are the same",
    ),
    Mistake(
        '{matches: "Appeals allowed: (Yes|No)"}',
        '{matches: "Appeals allowed: (Yes|No"}',
        '{matches: "Appeals',
        "views.claim.elements.appeal_allowed.find[1].matches",
        "not a regular expression",
    ),
    Mistake(
        'pattern: "^Appeals allowed: (Yes|No)$"',
        'pattern: "^Appeals allowed: .*$"',
        'pattern: "^Appeals',
        "views.claim.elements.appeal_allowed.pattern",
        "exactly one group",
    ),
    Mistake(
        "        type: yes-no\n",
        "        type: yes-or-no\n",
        "yes-or-no",
        "views.claim.elements.appeal_allowed.type",
        "'text', 'money', 'date'",
    ),
    Mistake(
        "        type: yes-no\n",
        "        type: yes-no\n        format: YYYY-MM-DD\n",
        "      appeal_allowed:",
        "views.claim.elements.appeal_allowed",
        "'type: date' and 'type: instant'",
    ),
    Mistake(
        "        type: mapped\n        map: status\n",
        "        map: status\n",
        "      status:\n",
        "views.claim.elements.status",
        "'type: mapped' alone",
    ),
    Mistake(
        '{header: "Line", position: 1,',
        '{header: "Line", position: 0,',
        '"Line"',
        "views.claim.tables.lines.columns.line_number.position",
        "1 or more",
    ),
    Mistake(
        "        opens: payer_claim_number\n",
        "        opens: number\n",
        "      claims:\n        find",
        "views.claims.tables.claims",
        "not among the columns",
    ),
    Mistake("- {view: home}\n", "- {}\n", "- {}", "forms.provider.outcomes[1]", "either a 'view' or an 'element'"),
    Mistake(
        "reach: [{go: /provider}]",
        "reach: [{go: /provider, click: claim.back}]",
        "reach: [{go: /provider,",
        "forms.provider.reach[1]",
        "exactly one of 'go', 'click', 'choose'",
    ),
    Mistake(
        "acting_as: {from: provider.npi, how: choose}",
        "acting_as: {from: npi, how: choose}",
        "from: npi",
        "forms.provider.fill.acting_as.from",
        "such as patient.member_id",
    ),
    Mistake(
        '{text: "Denied", code: F2}', '{text: "", code: F2}', '{text: "",', "maps.status[44].text", "must not be empty"
    ),
    Mistake(
        "    - {view: account-locked, then: stop, ending: credential, code: ACC-LOCKED}\n",
        "    - {view: account-locked, then: stop, ending: credential}\n",
        "then: stop, ending: credential}",
        "sign_in.table[3].code",
        "missing",
    ),
]
YAML = [
    Mistake("title: Practice", "title: x\ntitle: Practice", "title: Practice", "title", "twice here, first in line"),
    Mistake("formats:\n", "formats: &here\n", "formats: &here", "formats", "write the part out"),
    Mistake("sessions: 1 #", "sessions: !int 1 #", "sessions: !int", "limits.sessions", "is not allowed"),
    Mistake("formats:\n", "formats:\n\t", "date: MM/DD/YYYY", "the pack", "not YAML"),
    Mistake("title: Practice", "title: 'Practice", "", "the pack", "not YAML"),
]
CONTRADICTIONS = [
    Mistake(
        "portal: practice-national", "portal: other", "portal: other", "portal", "pack's folder, 'practice-national'"
    ),
    Mistake("  proof: signed-out", "  proof: gone", "proof: gone", "sign_out.proof", "no view 'gone'; views: account-"),
    Mistake(
        "    recognise: [heading, user_id, password]",
        "    recognise: [heading, user_name, password]",
        "[heading, user_name",
        "views.sign-in.recognise[2]",
        "no element 'user_name'; elements: ended, heading",
    ),
    Mistake(
        "absent: [member_not_found, too_many]",
        "absent: [member_not_found, too_many, heading]",
        "    recognise: [heading]\n    absent: [member_not_found",
        "views.claims.recognise[1]",
        "under 'absent' too",
    ),
    Mistake(
        "        map: status\n", "        map: words\n", "map: words", "views.claim.elements.status.map", "relation"
    ),
    Mistake(
        "        empty: no_claims\n",
        "        empty: nothing\n",
        "empty: nothing",
        "views.claims.tables.claims.empty",
        "no element 'nothing'",
    ),
    Mistake(
        "paging: {next: next,",
        "paging: {next: total,",
        "{next: total",
        "views.claims.tables.claims.paging.next",
        "'action: navigate' and has 'read'",
    ),
    Mistake(
        "total: total}",
        "total: heading}",
        "total: heading",
        "views.claims.tables.claims.paging.total",
        "'type: integer'",
    ),
    Mistake(
        '{header: "Status", position: 7}',
        '{header: "charge", position: 7}',
        '"charge"',
        "views.claims.tables.claims.columns.status.header",
        "same heading",
    ),
    Mistake(
        '{header: "Status", position: 7}',
        '{header: "Status", position: 8}',
        '"Status"',
        "views.claims.tables.claims.columns.status.position",
        "same place",
    ),
    Mistake(
        '            header: "Date(s) of service"\n            position: 4\n            type: date\n'
        '            pattern: "(\\\\d{2}/\\\\d{2}/\\\\d{4})$"\n',
        '            header: "Date(s) of service"\n            position: 4\n            type: date\n',
        "          service_to:\n",
        "views.claims.tables.claims.columns.service_to",
        "give each a 'pattern'",
    ),
    Mistake(
        "          - {click: claim.back}",
        "          - {click: claim.return}",
        "claim.return",
        "views.claims.tables.claims.back[2].click",
        "no element 'return'",
    ),
    Mistake(
        "  steps: [{go: /signout}]",
        "  steps: [{click: sign-in.sign_in}]",
        "click: sign-in.sign_in",
        "sign_out.steps[1].click",
        "a step only goes somewhere",
    ),
    Mistake(
        "      search:\n        action: navigate",
        "      search:\n        action: commit",
        "",
        "forms.claim-search.press",
        "a search button is 'navigate'",
    ),
    Mistake(
        "      acting_as: {from: provider.npi, how: choose}",
        "      continue: {from: provider.npi, how: choose}",
        "continue: {from",
        "forms.provider.fill.continue",
        "'action: fill' and has 'navigate'",
    ),
    Mistake(
        "from: provider.npi,",
        "from: provider.name,",
        "provider.name",
        "forms.provider.fill.acting_as.from",
        "provider.npi",
    ),
    Mistake(
        "acting_as: {from: provider.npi, how: choose}",
        "acting_as: {from: provider.npi, how: choose, format: M/D/YYYY}",
        "format: M/D",
        "forms.provider.fill.acting_as.format",
        "is for dates",
    ),
    Mistake(
        "home.acting_npi: provider.npi",
        "home.acting_npi: provider.name",
        "home.acting_npi: provider.name",
        "forms.provider.echo.home.acting_npi",
        "inputs: claim.billed",
    ),
    Mistake(
        "home.acting_npi: provider.npi",
        "claim.provider_npi: provider.npi",
        "claim.provider_npi",
        "forms.provider.echo.claim.provider_npi",
        "one that follows: home",
    ),
    Mistake(
        "  provider:\n    view: provider\n",
        "  provider:\n    view: provider\n    after: [claim-search-by-number]\n",
        "after: [claim-search-by-number]",
        "forms.provider.after[1]",
        "neither could be first",
    ),
    Mistake(
        '{text: "Denied", code: F2}',
        '{text: "finalized -  PAID", code: F2}',
        "finalized -  PAID",
        "maps.status[44].text",
        "in entry 42 already",
    ),
    Mistake('{text: "Denied", code: F2}', '{text: "Denied", code: F9}', '"Denied"', "maps.status[44].code", "F3N, F4"),
    Mistake(
        "code: replacement}",
        "code: successor}",
        "successor",
        "maps.relation[2].code",
        "crossover, original, replacement",
    ),
    Mistake(
        "      appeal_allowed:\n",
        "      apeal_allowed:\n",
        "apeal",
        "views.claim.elements.apeal_allowed",
        "appeal_allowed",
    ),
    Mistake(
        "    - {view: home, then: signed-in}\n",
        "    - {view: home, then: signed-in}\n    - {view: home, then: signed-in }\n",
        "    - {view: home, then: signed-in }",
        "sign_in.table[3].view",
        "never reached",
    ),
    Mistake(
        "    absent: [member_not_found, too_many]\n",
        "    absent: [member_not_found]\n",
        "",
        "forms.claim-search.outcomes[1].view",
        "give 'claims' under 'absent' an element that only 'too-many' has",
    ),
    Mistake(
        "  claims:\n    recognise: [heading]\n",
        "  claims:\n    frame: work\n    recognise: [heading]\n",
        "",
        "forms.claim-search.outcomes[1].view",
        "different frames, so recognise 'claims' by something that 'too-many' has not",
    ),
]
NEEDS = [
    Mistake("claim-status: read", "claim-status: write", "claim-status: write", "flows.claim-status", "only reads"),
    Mistake(
        "          provider_npi: {header",
        "          npi: {header",
        " npi: {",
        "views.claims.tables.claims.columns.npi",
        "provider_npi",
    ),
    Mistake(
        '          billed: {header: "Charge", position: 6, type: money, required: true}\n          status: ',
        "          status: ",
        "",
        "views.claims.tables.claims.columns",
        "the column 'billed' is missing",
    ),
    Mistake(
        "position: 6, type: money, required: true}\n          status: ",
        "position: 6, type: money}\n          status: ",
        "",
        "views.claims.tables.claims.columns.billed",
        "needs 'required: true'",
    ),
    Mistake(
        'Finalized", position: 8, type: date}',
        'Finalized", position: 8}',
        '"Finalized", position',
        "views.claims.tables.claims.columns.finalised_date.type",
        "needs 'type: date'",
    ),
    Mistake(
        "        opens: payer_claim_number\n"
        "        window: true # for some claims; the others take the place of the list\n"
        "        after_open:\n          - {view: claim}\n        back:\n          - {close: window}\n"
        "          - {click: claim.back}\n",
        "",
        "",
        "views.claims.tables.claims.opens",
        "name the column with the link",
    ),
    Mistake(
        "          - {view: claim}\n",
        "          - {view: home}\n",
        "after_open:",
        "views.claims.tables.claims.after_open",
        "lead to the view 'claim'",
    ),
    Mistake(
        "        map: status\n        required: true\n",
        "        map: status\n        optional: true\n",
        "      status:\n",
        "views.claim.elements.status",
        "no answer can be made without it",
    ),
    Mistake(
        "      requests:\n",
        "      wishes:\n",
        "      wishes:\n",
        "views.claim.tables.wishes",
        "related_claims, requests",
    ),
]


@pytest.mark.parametrize("mistake", [*SHAPE, *YAML, *CONTRADICTIONS, *NEEDS], ids=name_of)
def test_a_mistake_is_told_with_line_key_and_what_is_allowed(mistake: Mistake, spoil: Spoil) -> None:
    check_told(mistake, GOOD, spoil(mistake.old, mistake.new))


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(spoil: Spoil) -> None:
    problems = spoil(
        "title: Practice National Health Provider Portal\nversion: ", "titel: Practice National Health\nversion: !x "
    )
    assert problems  # a tag stops before the keys are looked at
    lines = [problem.line for problem in spoil("lookups_a_minute: 600\n  idle_minutes: 15", "idle: 1\n  minutes: 2")]
    assert len(lines) >= 4
    assert lines == sorted(lines)


def test_a_file_that_is_no_text_is_told_as_such(office: Path) -> None:
    write_pack(office, GOOD).write_bytes(b"\xff\xfe portal")
    with pytest.raises(PackError, match="not YAML in UTF-8"):
        load_pack("practice-national", office)


def test_brackets_that_are_never_closed_are_told_as_such(office: Path) -> None:
    write_pack(office, GOOD.replace("portal:", f"portal: {'[{ ' * 2000}\nportal:", 1))
    with pytest.raises(PackError, match="never closed"):
        load_pack("practice-national", office)


def test_nobody_looks_long_for_the_end_of_brackets(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packs.source.YAML", lambda **_: pytest.fail("the reader of YAML was asked"))
    write_pack(office, GOOD.replace("portal:", f"portal: {'[{ ' * 60}\nportal:", 1))
    with pytest.raises(PackError, match="never closed"):
        load_pack("practice-national", office)


def test_an_empty_file_names_the_keys_that_are_missing(spoil: Spoil) -> None:
    keys = {problem.key for problem in spoil(GOOD, "")}
    assert {"portal", "sign_in", "views", "forms"} <= keys
