"""Mistakes in signing in, steps, fields, frames, windows and pop-ups are told with line, key and what is allowed."""

from pathlib import Path

import pytest

from packs.load import load_pack
from packs.problems import PackError
from tests.packs.conftest import EXAMPLE, GOOD, Mistake, Spoil, check_told, name_of, write_pack

pytestmark = pytest.mark.long  # the example is large, and each mistake loads it anew

SEARCH = 'search_by: {value: "Member", how: choose}'
MEMBER = "        without_prefix: 3\n        only: digits\n"
LAST = "{from: patient.last_name, without_name_suffix: true, without_accents: true, first: 15}"
PREPARE = "- {click: claims.all_dates, if_there: true, new_page: false, then: claims}"
FILLS = "forms.claim-search.fill"
CLAIMS = "views.claims.tables.claims"

SIGN_IN = [
    Mistake("{view: home, then: signed-in}", "{view: home }", "{view: home }", "sign_in.table[1]", "needs 'then'"),
    Mistake(
        "{view: home, then: signed-in}",
        "{view: home, then: signed-inn}",
        "signed-inn",
        "sign_in.table[1].then",
        "must be one of 'signed-in', 'user-name', 'password'",
    ),
    Mistake(
        "press: later, notice:",
        "pres: later, notice:",
        "pres: later",
        "sign_in.table[5].pres",
        "Is 'press' meant? Allowed: view, password_accepted, code_accepted, then, press, notice, new_page",
    ),
    Mistake("press: later, notice", "notice", "then: pass, notice", "sign_in.table[5].press", "missing"),
    Mistake(
        "ending: credential, code: ACC-BADPW",
        "ending: drift, code: ACC-BADPW",
        "ending: drift",
        "sign_in.table[3].ending",
        "must be one of 'transient', 'credential', 'refused'",
    ),
    Mistake(
        "code: TECH-MAINT, until: opens_at}\n    - {view: exp",
        "code: TECH-MAINT, until: heading}\n    - {view: exp",
        "TECH-MAINT, until: heading",
        "sign_in.table[4].until",
        "'type: instant', because we wait until the instant",
    ),
    Mistake(
        "then: stop, ending: transient,",
        "then: stop, ending: refused,",
        "then: stop, ending: refused",
        "sign_in.table[4]",
        "goes with 'ending: transient'",
    ),
    Mistake("      tick: agree", "      tick: tick", "tick: tick", "sign_in.table[6].tick", "no element 'tick'"),
    Mistake("      text: terms", "      text: text", "text: text", "sign_in.table[6].text", "no element 'text'"),
    Mistake(
        "  remembered:\n    cookies: [PHDevice]\n    days: 30\n",
        "",
        "sign_in:\n  start",
        "sign_in",
        "a code page with 'remember' needs 'remembered'",
    ),
    Mistake(
        "      life_minutes: 10", "      life_minutes: 0", "life_minutes: 0", "sign_in.table[7].life_minutes", "1 or"
    ),
    Mistake(
        "      source: person #", "      source: phone #", "source: phone", "sign_in.table[7].source", "'authenticator'"
    ),
    Mistake(
        'choose: computer, entry: "Private", press: sign_in',
        "choose: computer, press: sign_in",
        "choose: computer, press",
        "sign_in.table[10]",
        "'choose' and 'entry' go together",
    ),
    Mistake(
        "then: choose, choose: ways",
        "then: choose, choose: heading",
        "then: choose, choose: heading",
        "sign_in.table[8].choose",
        "'action: fill'",
    ),
    Mistake(
        "- {view: password, then: password, password: password,",
        "- {view: password, then: password, password_accepted: true, password: password,",
        "then: password, password_accepted",
        "sign_in.table[10].password_accepted",
        "cannot prove that anything was right",
    ),
    Mistake(
        "    - {view: sign-in, then: user-name, user_name: user_name, press: next}\n",
        "",
        "view: password, then: password",
        "sign_in.table[10]",
        "a row with 'then: user-name'",
    ),
    Mistake(
        "- {view: password, then: password, password: password,",
        "- {view: password, then: password, user_name: password, password: password,",
        "user_name: password",
        "sign_in.table[10].user_name",
        "another row takes the user name",
    ),
    Mistake("    days: 30\n", "    days: 0\n", "days: 0", "sign_in.remembered.days", "1 or more"),
]
STEPS = [
    Mistake(
        "- {click: home.sign_out}",
        "- {click: home.sign_out, tick: home.sign_out}",
        "click: home.sign_out, tick",
        "sign_out.steps[2]",
        "exactly one of 'go', 'click', 'choose', 'tick', 'untick' and 'close'",
    ),
    Mistake(
        "- {click: home.sign_out}",
        "- {tick: home.sign_out}",
        "tick: home.sign_out",
        "sign_out.steps[2].tick",
        "'home.sign_out' must have 'action: fill'",
    ),
    Mistake(
        "- {click: home.sign_out}",
        "- {untick: home.signed_out}",
        "untick: home",
        "sign_out.steps[2].untick",
        "no element 'signed_out'",
    ),
    Mistake(
        "- {click: home.sign_out}",
        "- {choose: {element: home.sign_out, entry: Plains}}",
        "choose: {element",
        "sign_out.steps[2].choose.element",
        "'action: fill'",
    ),
    Mistake(
        "- {click: home.sign_out}",
        "- {choose: {element: locations.region}}",
        "choose: {element",
        "sign_out.steps[2].choose.entry",
        "missing",
    ),
    Mistake(
        "{go: /home, then: home}",
        "{go: /home, then: start}",
        "then: start",
        "sign_out.steps[1].then",
        "no view 'start'",
    ),
    Mistake(
        "{go: /home, then: home}",
        "{go: /home, new_page: false}",
        "go: /home, new_page",
        "sign_out.steps[1]",
        "'new_page' goes with 'click'",
    ),
    Mistake(
        "{go: /home, then: home}",
        "{go: /home, window: true}",
        "go: /home, window",
        "sign_out.steps[1]",
        "'click' alone",
    ),
    Mistake(
        "{go: /home, then: home}",
        "{go: /home, if_there: true}",
        "go: /home, if_there",
        "sign_out.steps[1]",
        "'if_there' goes with 'click'",
    ),
    Mistake(
        PREPARE, PREPARE.replace("then: claims", "then: list"), "then: list", "views.claims.prepare[1].then", "no view"
    ),
    Mistake(
        "        action: navigate\n        optional: true\n",
        "        action: navigate\n",
        PREPARE,
        "views.claims.prepare[1].if_there",
        "'claims.all_dates' needs 'optional: true'",
    ),
    Mistake("- {close: window}", "- {close: tab}", "close: tab", f"{CLAIMS}.back[1].close", "must be one of 'window'"),
]
FIELDS = [
    Mistake(SEARCH, "search_by: {how: choose}", "search_by: {how", f"{FILLS}.search_by", "either 'from'"),
    Mistake(
        SEARCH,
        'search_by: {value: "Member", from: patient.member_id}',
        "search_by: {value",
        f"{FILLS}.search_by",
        "either 'from'",
    ),
    Mistake(
        SEARCH,
        'search_by: {value: "Member", how: choose, letters: upper}',
        "search_by: {value",
        f"{FILLS}.search_by",
        "typed as it stands here",
    ),
    Mistake(SEARCH, 'search_by: {value: "Member", how: guess}', "how: guess", f"{FILLS}.search_by.how", "'type-ahead'"),
    Mistake(
        "how: type-ahead, suggestions: plans",
        "how: type-ahead",
        "how: type-ahead",
        f"{FILLS}.plan",
        "'suggestions' and 'how: type-ahead' go together",
    ),
    Mistake(
        "suggestions: plans",
        "suggestions: list",
        "suggestions: list",
        f"{FILLS}.plan.suggestions",
        "no element 'list'",
    ),
    Mistake(
        '{value: "yes", how: tick}',
        '{value: "on", how: tick}',
        'value: "on"',
        f"{FILLS}.closed_too",
        "'value: \"yes\"'",
    ),
    Mistake(
        MEMBER,
        MEMBER + "        without_name_suffix: true\n",
        "        without_name_suffix: true\n",
        f"{FILLS}.member_id.without_name_suffix",
        "names: patient.first_name, patient.last_name",
    ),
    Mistake(MEMBER, MEMBER.replace("3", "-1"), "prefix: -1", f"{FILLS}.member_id.without_prefix", "0 or"),
    Mistake(
        MEMBER, MEMBER + "        letters: big\n", "letters: big", f"{FILLS}.member_id.letters", "'upper', 'lower'"
    ),
    Mistake(
        '        fits: "[A-Z]{3} ?\\\\d{7}"\n',
        "",
        "        without_prefix: 3",
        f"{FILLS}.member_id.without_prefix",
        "needs 'fits', which says how the whole input is written",
    ),
    Mistake(
        '"[A-Z]{3} ?\\\\d{7}"',
        '"[A-Z{3}"',
        'fits: "[A-Z{3}"',
        f"{FILLS}.member_id.fits",
        "not a regular expression",
    ),
    Mistake(LAST, LAST.replace("first: 15", "first: 0"), "first: 0", f"{FILLS}.last_name.first", "1 or more"),
    Mistake(
        "    new_page: false\n    outcomes",
        "    new_page: false\n    window: true\n    outcomes",
        "  claim-search:\n",
        "forms.claim-search",
        "a new window shows a new page",
    ),
]
FRAMES_AND_WINDOWS = [
    Mistake("work: {name: work, path: /claims/app}", "work: {}", "work: {}", "frames.work", "needs its 'name'"),
    Mistake(
        "path: /claims/app}", "path: /claims/app, inside: shell}", "inside: shell", "frames.work.inside", "no frame"
    ),
    Mistake(
        "path: /claims/app}",
        "path: /claims/app, inside: outer}\n  outer: {name: outer, inside: work}",
        "work: {name",
        "frames.work.inside",
        "'outer' is itself inside 'work'",
    ),
    Mistake(
        "  search:\n    frame: work",
        "  search:\n    frame: inner",
        "frame: inner",
        "views.search.frame",
        "no frame 'inner'; frames: work",
    ),
    Mistake(
        "path: /claims/app}",
        "path: /claims/app}\n  other: {name: other}",
        "other: {name",
        "frames.other",
        "no view is in this frame",
    ),
    Mistake(
        "payer_claim_number\n        window: true\n",
        "payer_claim_number\n",
        "      claims:\n        find",
        CLAIMS,
        "a step 'close: window' under 'back' go",
    ),
    Mistake(
        "          - {close: window}",
        "          - {click: home.sign_out}",
        "",
        CLAIMS,
        "'window: true' and a step 'close",
    ),
    Mistake(
        "new_page: false, position: shown}",
        "new_page: false}",
        "new_page: false}\n",
        f"{CLAIMS}.paging",
        "'position' names the element whose text changes",
    ),
    Mistake(
        "new_page: false, position: shown}",
        "position: shown}",
        "position: shown",
        f"{CLAIMS}.paging",
        "'position' goes with 'new_page: false' alone",
    ),
    Mistake("position: shown}", "position: page}", "position: page", f"{CLAIMS}.paging.position", "no element 'page'"),
    Mistake(
        "position: shown}", "position: total}", "position: total", f"{CLAIMS}.paging.position", "the same on every"
    ),
    Mistake(
        "        empty: no_lines\n",
        "        empty: no_lines\n        window: true\n",
        '      lines:\n        find:\n          - {role: table, name: "Lines"}\n          - {css: "body',
        "views.claim.tables.lines",
        "go with 'opens', the column with the link",
    ),
]
IN_BETWEEN = [
    Mistake("press: no_thanks}", "press: thanks}", "press: thanks", "interruptions[5].press", "no element 'thanks'"),
    Mistake("press: no_thanks}", "press: question}", "press: question", "interruptions[5].press", "'action: navigate'"),
    Mistake(
        "- {view: survey, press: no_thanks}", "- {view: survey}", "- {view: survey}", "interruptions[5]", "'press'"
    ),
    Mistake(
        "- {view: survey, press: no_thanks}",
        "- {view: poll, press: no_thanks}",
        "view: poll",
        "interruptions[5].view",
        "no view 'poll'",
    ),
    Mistake(
        "- {view: closed, ending: transient, code: TECH-MAINT, until: opens_at}\n  - {view: survey",
        "- {view: closed, ending: transient, code: TECH-MAINT, until: heading}\n  - {view: survey",
        "until: heading",
        "interruptions[4].until",
        "'type: instant'",
    ),
    Mistake(
        "- {view: closed, ending: transient, code: TECH-MAINT, until: opens_at}\n  - {view: survey",
        "- {view: closed, ending: negative, code: TECH-MAINT}\n  - {view: survey",
        "ending: negative",
        "interruptions[4].ending",
        "'needs-staff', 'transient'",
    ),
]
LIMITS = [
    Mistake('to: "24:00"', 'to: "19:00"', 'to: "19:00"', "limits.hours[1]", "'to' must be later than 'from'"),
    Mistake('to: "24:00"', 'to: "25:00"', 'to: "25:00"', "limits.hours[1].to", "a time of day, such as 06:30"),
    Mistake("[mon, tue,", "[mon, mon,", "[mon, mon", "limits.hours[1]", "a day stands twice"),
    Mistake("[mon, tue,", "[monday, tue,", "[monday", "limits.hours[1].days[1]", "'mon', 'tue'"),
]
RACES = [
    Mistake(
        "        window: true\n        after_open:\n          - {view: claim}\n"
        "        back:\n          - {close: window}\n",
        "        new_page: false\n        after_open:\n          - {view: claim}\n          - {view: claims}\n",
        "- {view: claims}\n\n",
        f"{CLAIMS}.after_open[2].view",
        "'claims' is recognised on 'claims' already, before the press",
    ),
]
SHAPES = [
    Mistake(
        """- {css: "body > nav a:last-child"}""".replace("body > ", ""),
        """- {css: "nav a:last-child["}""",
        "a:last-child[",
        "views.home.elements.sign_out.find[2].css",
        "a '[' is not closed",
    ),
    Mistake(
        """- {css: "nav a:last-child"}""",
        """- {css: "nav >> a"}""",
        "nav >> a",
        "views.home.elements.sign_out.find[2].css",
        "not a css selector",
    ),
    Mistake(
        "//section/nav/button[2]",
        "//section/nav/button[2",
        "button[2",
        "views.claims.elements.next.find[2].xpath",
        "not an xpath (invalid predicate)",
    ),
    Mistake(
        "//section/nav/button[2]",
        "//section/nav/button[ends-with(., 'page')]",
        "ends-with",
        "views.claims.elements.next.find[2].xpath",
        "no xpath function 'ends-with'",
    ),
    Mistake(
        '{css: "section table"}',
        '{css: "section table["}',
        "section table[",
        f"{CLAIMS}.find[2].css",
        "a '[' is not closed",
    ),
]
UNUSED = [
    Mistake(
        "      home.acting_for: provider.npi\n",
        "      home.heading: provider.npi\n",
        "      acting_for:\n",
        "views.home.elements.acting_for",
        "nothing uses this element",
    ),
    Mistake("  - {view: survey, press: no_thanks}\n", "", "  survey: #", "views.survey", "nothing leads to this view"),
    Mistake(
        "  payment-archive:\n",
        "  payments-archive:\n",
        "  payments-archive:",
        "forms.payments-archive",
        "claim-search,",
    ),
    Mistake(
        "maps:\n", 'maps:\n  words:\n    - {text: "x", code: y}\n', "  words:", "maps.words", "nothing uses this map"
    ),
    Mistake(
        "    busy: loading\n", "", "      loading:\n", "views.claims.elements.loading", "nothing uses this element"
    ),
    Mistake(
        "    busy: loading\n",
        "    busy: heading\n",
        "    recognise: [heading]\n    busy",
        "views.claims.recognise[1]",
        "is the 'busy' mark",
    ),
]


@pytest.mark.parametrize(
    "mistake",
    [*SIGN_IN, *STEPS, *FIELDS, *FRAMES_AND_WINDOWS, *IN_BETWEEN, *LIMITS, *RACES, *SHAPES, *UNUSED],
    ids=name_of,
)
def test_a_mistake_on_the_way_is_told_with_line_key_and_what_is_allowed(mistake: Mistake, spoil_example: Spoil) -> None:
    check_told(mistake, EXAMPLE, spoil_example(mistake.old, mistake.new))


def test_a_device_may_be_remembered_by_another_page_than_that_of_the_code(spoil_example: Spoil) -> None:
    told = spoil_example("      remember: remember\n", "")
    assert [problem.key for problem in told] == ["views.code.elements.remember"]  # which now nothing uses


def test_a_device_is_remembered_for_a_code_or_a_question(tmp_path: Path) -> None:
    remembering = GOOD.replace("  start: /signin\n", "  start: /signin\n  remembered: {cookies: [D], days: 30}\n")
    write_pack(tmp_path, remembering)
    assert load_pack("practice-national", tmp_path).sign_in.remembered is not None
    write_pack(
        tmp_path, remembering.replace("{view: code, then: code, code: verification_code, ", "{view: code, then: pass, ")
    )
    with pytest.raises(PackError, match="no row asks for one"):
        load_pack("practice-national", tmp_path)


MENU = """\
  menu:
    frame: work
    recognise: [claims]
    elements:
      claims:
        action: navigate
        find: [{role: link, name: "Claims"}, {css: "nav a:first-child"}]
"""


def test_a_menu_that_only_lends_its_links_to_steps_is_used(tmp_path: Path) -> None:
    text = EXAMPLE.replace("views:\n", "views:\n" + MENU, 1).replace("- {go: /claims}", "- {click: menu.claims}")
    write_pack(tmp_path, text, "prairie-health")
    assert "menu" in load_pack("prairie-health", tmp_path).views


def test_shapes_that_browsers_know_are_let_pass(spoil_example: Spoil) -> None:
    for selector in (
        "li:not(.x, .y)",
        "a:has(> b)",
        "input:read-only",
        "td:nth-child(2 of .x)",
        "[title='a]b']",
        "a[href$='x' i]",
    ):
        assert spoil_example("nav a:last-child", selector) == [], selector
    for path in ("//a[contains(., 'lower-case(')]", "(//nav//a)[last()]", "//a[position() > 1 and not(@href)]"):
        assert spoil_example("//section/nav/button[2]", path) == [], path
