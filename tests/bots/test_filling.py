"""Filling forms: every kind of field, in the pack's order, and no press before every field holds what it should."""

import contextlib
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from bots.written import fits, written_into
from flows.outcomes import Code, Ending, Stop
from packs.moves import Fill
from tests.bots.small_site import (
    Site,
    button,
    field_of,
    heading,
    reason,
    serving,
    session_on,
    small_pack,
)
from tests.ledger.office import question

pytestmark = pytest.mark.browser

ASKED = "<h1>Asked</h1><dl><dt>With</dt><dd>{}</dd></dl>"
NEAR_NAMES = ["Practice Exchange Health Plan HMO", "Practice Exchange Health Plan", "Practice Exchange"]
SUGGESTING = """<h1>Search</h1><form action=/asked><label>Payer <input name=payer autocomplete=off></label>
<label>Member <input name=member></label><div id=list></div><button>Find</button></form><script>
const names = NAMES, input = document.querySelector('input'), list = document.querySelector('#list');
let typed = 0;
input.addEventListener('keyup', () => { const n = ++typed; list.innerHTML = ''; setTimeout(() => {
  if (n !== typed) return;
  const fitting = names.filter((name) => name.toLowerCase().includes(input.value.toLowerCase().slice(0, 8)));
  list.innerHTML = '<ul role=listbox aria-label=Payers>' + fitting.map((n) => `<li role=option>${n}</li>`).join('')
    + '</ul>';
  for (const option of list.querySelectorAll('li')) option.onclick = () => {
    input.value = CHOSEN; list.innerHTML = '' };
}, 80) });
</script>"""


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> Any:
    async with serving() as running:
        running.pages["/asked"] = lambda asked: ASKED.format(asked.partition("?")[2])
        yield running


async def session(site: Site, page: Page, html: str, elements: Any, fill: Any, **more: Any) -> Session:
    site.pages.setdefault("/", html)
    described = {
        "search": {
            "recognise": ["heading"],
            "elements": {"heading": heading("Search"), "go": button("Find", "button"), **elements},
        },
        "asked": {
            "recognise": ["heading"],
            "elements": {"heading": heading("Asked"), "with": {"find": [{"near": "With"}, {"css": "dd"}]}},
        },
    }
    form = {
        "view": "search",
        "reach": [{"go": "/"}],
        "fill": fill,
        "press": "go",
        "outcomes": [{"view": "asked"}],
    }
    return await session_on(page, small_pack(site, described, forms={"search": form}, **more))


async def asked(on: Session, number: int = 1) -> str:
    """What the portal was asked with, as its next page shows it."""
    await on.open("search", question(number))
    await on.ask("search", question(number))
    return (await on.read("asked")).fields["with"].shown.text


MEMBER = {"from": "patient.member_id"}
ID = str(question(1).patient.member_id)


async def test_a_type_ahead_takes_the_suggestion_that_is_the_value_among_near_ones(site: Site, page: Page) -> None:
    html = SUGGESTING.replace("NAMES", repr(NEAR_NAMES)).replace("CHOSEN", "option.textContent")
    elements = {
        "payer": field_of("Payer", "input[name=payer]"),
        "member": field_of("Member", "input[name=member]"),
        "payers": {"find": [{"role": "listbox", "name": "Payers"}, {"css": "#list ul"}]},
    }
    payer = {"value": NEAR_NAMES[1], "how": "type-ahead", "suggestions": "payers"}
    on = await session(site, page, html, elements, {"payer": payer, "member": MEMBER})
    assert await asked(on) == f"payer=Practice+Exchange+Health+Plan&member={ID}"


@pytest.mark.parametrize(
    ("names", "chosen", "ending"),
    [
        ([NEAR_NAMES[0], "Practice Exchange Health Plan (PPO)"], "option.textContent", Ending.DRIFT),
        (["Another plan"], "option.textContent", Ending.TRANSIENT),
        (NEAR_NAMES, "names[0] + '!'", Ending.DRIFT),
    ],
    ids=["several hold the value", "no suggestion", "the field takes another one"],
)
async def test_a_type_ahead_that_cannot_be_sure_is_not_pressed(
    site: Site, page: Page, names: list[str], chosen: str, ending: Ending
) -> None:
    html = SUGGESTING.replace("NAMES", repr(names)).replace("CHOSEN", chosen)
    elements = {
        "payer": field_of("Payer", "input[name=payer]"),
        "payers": {"find": [{"role": "listbox", "name": "Payers"}, {"css": "#list ul"}]},
    }
    payer = {"value": NEAR_NAMES[1], "how": "type-ahead", "suggestions": "payers"}
    on = await session(site, page, html, elements, {"payer": payer})
    with pytest.raises(Stop) as stopped:
        await asked(on)
    assert stopped.value.outcome.ending is ending
    assert not [path for path in site.asked if path.startswith("/asked")]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No script of these pages needs long to fill a list."""
    monkeypatch.setattr("bots.filling._FITTING_SECONDS", 1.0)


WIDGETS = """<h1>Search</h1><form action=/asked><input type=hidden name=birth>
<div class=field><div class=caption>Member</div><px-field></px-field></div>
<div class=field><div class=caption>Birth date</div><px-field></px-field></div>
<div class=field><div class=caption>From</div><px-field></px-field></div><button>Find</button></form><script>
customElements.define('px-field', class extends HTMLElement {
  connectedCallback() { this.attachShadow({ mode: 'open' }).innerHTML = '<div><input></div>' } });
document.querySelector('form').onsubmit = () => {
  document.querySelector('[name=birth]').value =
    [...document.querySelectorAll('px-field')].map((w) => w.shadowRoot.querySelector('input').value).join('|') };
</script>"""


async def test_widgets_in_shadow_roots_are_found_by_the_captions_beside_them(site: Site, page: Page) -> None:
    """None of them is taken for the field of the caption before or after its own."""
    elements = {
        "member": field_of("Member", ".field:nth-of-type(1) input"),
        "birth": {"find": [{"near": "Birth date"}, {"label": "Birth date"}], "action": "fill"},
        "from": {"find": [{"near": "From"}, {"label": "From"}], "action": "fill"},
    }
    fill = {
        "member": MEMBER,
        "birth": {"from": "patient.birth_date", "format": "YYYY-MM-DD"},
        "from": {"from": "claim.service_from", "format": "MM-DD-YYYY"},
    }
    on = await session(site, page, WIDGETS, elements, fill)
    given = question(1)
    birth, day = given.patient.birth_date, given.claim.service_from
    assert await asked(on) == f"birth={ID}%7C{birth:%Y-%m-%d}%7C{day:%m-%d-%Y}"


async def test_a_field_that_writes_what_is_typed_in_its_own_way_is_typed_key_by_key(site: Site, page: Page) -> None:
    html = """<h1>Search</h1><form action=/asked><label>Birth <input name=b></label><button>Find</button></form><script>
    const input = document.querySelector('input');
    input.addEventListener('input', (e) => {
      if (e.inputType === 'insertText' && (e.data ?? '').length > 1) input.value = '';
      const d = input.value.replace(/\\D/g, '').slice(0, 8);
      input.value = [d.slice(0, 2), d.slice(2, 4), d.slice(4)].filter(Boolean).join('/') });</script>"""
    elements = {"birth": field_of("Birth", "input")}
    on = await session(site, page, html, elements, {"birth": {"from": "patient.birth_date", "format": "MM-DD-YYYY"}})
    assert await asked(on) == f"b={question(1).patient.birth_date:%m%%2F%d%%2F%Y}"


async def test_a_field_that_does_not_keep_what_was_typed_is_never_pressed_on(site: Site, page: Page) -> None:
    html = "<h1>Search</h1><form><label>Member <input name=m maxlength=3></label><button>Find</button></form>"
    on = await session(site, page, html, {"member": field_of("Member", "input")}, {"member": MEMBER})
    with pytest.raises(Stop) as stopped:
        await asked(on)
    found = reason(stopped.value)
    assert (stopped.value.outcome.ending, found.element) == (Ending.DRIFT, "member")
    assert found.ways[0] == "search.member: label 'Member': found one place"
    assert site.asked == ["/"]


async def drifted(on: Session) -> bool:
    """Is it asked, and not taken by the form?"""
    with pytest.raises(Stop) as stopped:
        await asked(on)
    return stopped.value.outcome.ending is Ending.DRIFT


ARGUMENT = {"value": "The records show it.\nSee page 2.\r\nThank you."}
KEYS_ONLY = """<script>const field = document.querySelector('[name=a]');
field.addEventListener('input', (e) => { if ((e.data ?? '').length > 1) field.value = '' });
SCRIPT</script>"""
"""A field that takes nothing but single keys."""


@pytest.mark.parametrize("keeps", [True, False], ids=["as it is", "cut short"])
async def test_a_line_break_presses_no_button_of_a_field_with_one_line(site: Site, page: Page, keeps: bool) -> None:
    """Enter would press the first button of the form."""
    html = f"""<h1>Search</h1><form action=/asked><button formaction=/filed>Submit appeal</button>
    <label>Argument <input name=a {"" if keeps else "maxlength=9"}></label><button class=find>Find</button></form>"""
    elements = {"argument": field_of("Argument", "[name=a]"), "go": button("Find", ".find")}
    on = await session(site, page, html, elements, {"argument": ARGUMENT})
    if keeps:
        assert (await asked(on)).startswith("a=The+records+show+it.")
    else:
        assert await drifted(on)
    assert not [path for path in site.asked if path.startswith("/filed")]


@pytest.mark.parametrize("keeps", [True, False], ids=["as it is", "keys only"])
async def test_line_breaks_go_into_a_larger_field_without_the_enter_key(site: Site, page: Page, keeps: bool) -> None:
    script = "field.addEventListener('keydown', (e) => { if (e.key === 'Enter') location = '/filed' });"
    script = KEYS_ONLY.replace("SCRIPT", script)
    html = f"""<h1>Search</h1><form action=/asked><label>Argument <textarea name=a></textarea></label>
    <button>Find</button></form>{script.replace("field.value = ''", "field") if keeps else script}"""
    on = await session(site, page, html, {"argument": field_of("Argument", "textarea")}, {"argument": ARGUMENT})
    if keeps:
        assert await asked(on) == "a=The+records+show+it.%0D%0ASee+page+2.%0D%0AThank+you."
    else:
        assert await drifted(on)
    assert not [path for path in site.asked if path.startswith("/filed")]


async def test_a_line_break_alone_is_no_input(site: Site, page: Page) -> None:
    """Put into a field, it would send its form off."""
    html = "<h1>Search</h1><form action=/asked><label>Argument <input name=a></label><button>Find</button></form>"
    on = await session(site, page, html, {"argument": field_of("Argument", "[name=a]")}, {"argument": {"value": "\n"}})
    with pytest.raises(Stop) as stopped:
        await asked(on)
    assert stopped.value.outcome.ending is Ending.NEEDS_STAFF
    assert site.asked == ["/"]


async def test_a_script_that_goes_on_to_a_button_while_it_is_typed_has_no_button_pressed(
    site: Site, page: Page
) -> None:
    """A space would press it."""
    script = "field.addEventListener('input', () => {"
    script += " if (field.value.endsWith('records')) document.querySelector('button').focus() })"
    html = f"""<h1>Search</h1><form action=/asked>
    <button type=button onclick="sessionStorage.filed = 1">Submit appeal</button>
    <label>Argument <input name=a></label><button class=find>Find</button></form>
    {KEYS_ONLY.replace("SCRIPT", script)}"""
    elements = {"argument": field_of("Argument", "[name=a]"), "go": button("Find", ".find")}
    on = await session(site, page, html, elements, {"argument": {"value": "The records show it."}})
    with contextlib.suppress(Stop):
        await asked(on)
    assert await page.evaluate("sessionStorage.filed") is None


async def test_fields_that_appear_after_another_was_filled_are_waited_for(site: Site, page: Page) -> None:
    html = """<h1>Search</h1><form action=/asked><label>Search by <select name=by><option>Name</option>
    <option>Number</option><option>Number and date</option></select></label>
    <div id=more><label>Name <input name=n value=ROE></label></div>
    <button>Find</button></form><script>document.querySelector('select').onchange = (e) => setTimeout(() => {
    document.querySelector('#more').innerHTML = '<label>Member <input name=m></label>'
    + '<label>Other <input name=o value=X></label>'
    }, 200)</script>"""
    elements = {
        "by": field_of("Search by", "select"),
        "name": field_of("Name", "input[name=n]"),
        "member": field_of("Member", "input[name=m]"),
        "other": field_of("Other", "input[name=o]"),
    }
    on = await session(site, page, html, elements, {"by": {"value": "Number", "how": "choose"}, "member": MEMBER})
    assert await asked(on) == f"by=Number&m={ID}&o="


async def test_a_field_that_loads_the_page_again_is_followed_and_the_others_are_checked(site: Site, page: Page) -> None:
    """As on a portal whose every list posts the form back; what was typed before comes back with the new page."""

    def form(asked: str) -> str:
        by = "Number" if "by=Number" in asked else "Name"
        member = asked.partition("m=")[2].partition("&")[0]
        more = "<label>Claim <input name=c></label>" if by == "Number" else ""
        options = "".join(f"<option {'selected' if by == name else ''}>{name}</option>" for name in ("Name", "Number"))
        return (
            f"<h1>Search</h1><form action=/><label>Member <input name=m value='{member}'></label>"
            f"<label>By <select name=by onchange='this.form.submit()'>{options}</select></label>{more}"
            "<button formaction=/asked>Find</button></form>"
        )

    site.pages["/"] = form
    elements = {
        "member": field_of("Member", "input[name=m]"),
        "by": field_of("By", "select"),
        "claim": field_of("Claim", "input[name=c]"),
    }
    fill = {
        "member": MEMBER,
        "by": {"value": "Number", "how": "choose", "reloads": True},
        "claim": {"value": "C1"},
    }
    on = await session(site, page, "", elements, fill)
    assert await asked(on) == f"m={ID}&by=Number&c=C1"
    assert site.asked == ["/", f"/?m={ID}&by=Number", f"/asked?m={ID}&by=Number&c=C1"]


async def test_a_list_that_a_script_fills_later_is_waited_for(site: Site, page: Page) -> None:
    html = """<h1>Search</h1><form action=/asked><label>Payer <select name=p disabled><option>Loading</select></label>
    <button>Find</button></form><script>setTimeout(() => { const list = document.querySelector('select');
    list.disabled = false; list.innerHTML = '<option>Other</option><option>Plan A</option>' }, 400)</script>"""
    on = await session(
        site, page, html, {"payer": field_of("Payer", "select")}, {"payer": {"value": "Plan A", "how": "choose"}}
    )
    assert await asked(on) == "p=Plan+A"


async def test_boxes_are_ticked_and_rows_of_buttons_are_chosen(site: Site, page: Page) -> None:
    html = """<h1>Search</h1><form action=/asked><input type=checkbox name=all> Show all<br>
    <table><tr><td><input type=radio name=npi value=1 checked></td><td>1111111111</td></tr>
    <tr><td><input type=radio name=npi value=2></td><td>1234567893</td></tr></table><button>Find</button></form>"""
    elements = {
        "all": field_of("Show all", "input[type=checkbox]"),
        "provider": {"find": [{"xpath": "//table"}, {"matches": "1111111111 1234567893"}], "action": "fill"},
    }
    fill = {"all": {"value": "yes", "how": "tick"}, "provider": {"value": "1234567893", "how": "choose"}}
    on = await session(site, page, html, elements, fill)
    assert await asked(on) == "all=on&npi=2"


async def test_a_box_without_a_label_is_found_by_the_caption_in_the_cell_beside_it(site: Site, page: Page) -> None:
    """With a hint behind the field, as old portals have it."""
    html = """<h1>Search</h1><form action=/asked><table>
    <tr><td>* Member ID:</td><td><input name=m> (as on the card)</td>
    </tr>    <tr><td>Claim</td><td><input name=c></td></tr></table><button>Find</button></form>"""
    elements = {"member": {"find": [{"near": "Member ID"}, {"css": "input[name=m]"}], "action": "fill"}}
    on = await session(site, page, html, elements, {"member": MEMBER})
    assert await asked(on) == f"m={ID}&c="


async def test_a_question_without_the_input_is_for_a_person(site: Site, page: Page) -> None:
    html = "<h1>Search</h1><form action=/asked><label>Claim <input name=c></label><button>Find</button></form>"
    fill = {"claim": {"from": "claim.payer_claim_number"}}
    on = await session(site, page, html, {"claim": field_of("Claim", "input")}, fill)
    with pytest.raises(Stop) as stopped:
        await asked(on)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)


async def test_an_input_that_is_not_written_as_the_portals_are_is_for_a_person(site: Site, page: Page) -> None:
    html = "<h1>Search</h1><form action=/asked><label>Member <input name=m></label><button>Find</button></form>"
    fill = {"member": {"from": "patient.member_id", "fits": "[A-Z]{3}", "without_prefix": 3}}
    on = await session(site, page, html, {"member": field_of("Member", "input")}, fill)
    with pytest.raises(Stop) as stopped:
        await asked(on)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)


@pytest.mark.parametrize(("value", "whole"), [("XQZ123456789", True), ("123456789", False), ("XQZ123456789 ", False)])
def test_an_input_fits_as_a_whole_or_not_at_all(value: str, whole: bool) -> None:
    fill = Fill.model_validate({"from": "patient.member_id", "fits": "[A-Z]{3}\\d{9}", "without_prefix": 3})
    assert fits(fill, value, "MM/DD/YYYY") is whole
    assert fits(Fill.model_validate({"from": "patient.member_id"}), value, "MM/DD/YYYY")


@pytest.mark.parametrize(
    ("rules", "value", "text"),
    [
        ({"without_prefix": 3}, "XQZ123456789", "123456789"),
        ({"without_suffix": 2}, "12345678901", "123456789"),
        ({"without_prefix": 9}, "123", ""),
        ({"only": "digits"}, "12-34 56", "123456"),
        ({"only": "letters-and-digits", "letters": "upper"}, "ab-12", "AB12"),
        ({"without_name_suffix": True}, "PRESCOTT JR", "PRESCOTT"),
        ({"without_accents": True}, "Núñez-Weiß", "Nunez-Weiss"),
        ({"without_accents": True, "only": "letters", "letters": "upper", "first": 5}, "o'Dónnell", "ODONN"),
        ({"letters": "lower"}, "ABC", "abc"),
    ],
)
def test_a_value_is_written_by_the_rules_of_its_field(rules: dict[str, Any], value: str, text: str) -> None:
    assert written_into(Fill.model_validate({"from": "patient.member_id", **rules}), value, "MM/DD/YYYY") == text
