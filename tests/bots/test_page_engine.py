"""The page engine finds what a person would find, reads what a person would read, and says so when in doubt."""

import time

import pytest
from playwright.async_api import Page

from bots.engine import PageEngine
from bots.faults import PageFailed, PageFault
from bots.found import FoundElement, State
from packs.elements import Element
from tests.bots.describing import claims_table, element, view

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

TABLE = """
<h1>Claims</h1>
<table class="found"><caption>Claims found</caption>
<thead><tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr></thead>
<tbody>{rows}</tbody></table>
"""


PAIRS = "<table><tr><td>Paid</td><td>$5</td><td>Due</td><td>$6</td></tr></table>"
BOX = {"role": "textbox", "name": "Member ID"}
BOX_BY_CSS = {"css": "input"}
LISTED = {"role": "combobox", "name": "Plan"}
PAID = {"near": "Paid"}


async def found(engine: PageEngine, html: str, described: Element) -> FoundElement:
    await engine.page.set_content(html)
    return (await engine.values({"it": described}))["it"]


@pytest.mark.parametrize(
    ("html", "ways", "text"),
    [
        ("<label for=x>Member ID: *</label><input id=x value=W1>", [{"label": "member id"}, {"css": "input"}], "W1"),
        ("<label>Member ID <input value=W1 disabled></label>", [{"label": "Member ID"}, {"css": "input"}], "W1"),
        ("<input aria-label='Member ID' value=W1>", [{"label": "Member ID"}, BOX], "W1"),
        ("<b id=l>Member</b><input aria-labelledby=l value=W1>", [{"label": "Member"}, {"css": "input"}], "W1"),
        ("<span>Member ID</span><input value=W1>", [{"near": "Member ID"}, {"css": "input"}], "W1"),
        ("<dl><dt>Paid</dt><dd>$5</dd><dt>Due</dt><dd>$6</dd></dl>", [PAID, {"css": "dd:nth-of-type(1)"}], "$5"),
        ("<dl><dt>Paid <a href=#>?</a></dt><dd>$5.00</dd></dl>", [{"near": "Paid ?"}, {"css": "dd"}], "$5.00"),
        ("<table><tr><th>Paid:</th><td><b>$5.00</b></td></tr></table>", [PAID, {"css": "td"}], "$5.00"),
        (PAIRS, [{"near": "Due"}, {"css": "td:nth-child(4)"}], "$6"),
        ("<div><div><b>Paid</b></div><div>$5.00</div></div>", [PAID, {"css": "div > div:last-child"}], "$5.00"),
        ("<p><b>Paid:</b> $5.00</p>", [{"near": "Paid"}, {"xpath": "//b/following-sibling::text()"}], "$5.00"),
        ("<dl><dt>Paid</dt><dd></dd></dl>", [{"near": "Paid"}, {"css": "dd"}], ""),
        ("<dl><dt>Paid</dt><dd>A<br>B</dd></dl>", [{"near": "Paid"}, {"css": "dd"}], "A\nB"),
        ("<p>No&nbsp;claims\n MATCH.</p>", [{"text": "No claims match."}, {"css": "p"}], "No claims MATCH."),
        ("<a href=#><span>Next</span></a>", [{"text": "Next"}, {"role": "link", "name": "Next"}], "Next"),
        ("<div role=button><button>Go</button></div>", [{"role": "button", "name": "Go"}, {"css": "button"}], "Go"),
        ("<input type=submit value=Go>", [{"role": "button", "name": "Go"}, {"css": "input"}], "Go"),
        ("<label>Plan <select><option>A<option selected>B</select></label>", [{"label": "Plan"}, LISTED], "B"),
        ("<p class=big style='text-transform:uppercase'>paid</p>", [{"text": "PAID"}, {"css": ".big"}], "PAID"),
        ("<p>12 <span style='opacity:0'>3</span>4</p>", [{"text": "12 4"}, {"css": "p"}], "12 4"),
    ],
)  # fmt: skip
async def test_an_element_is_found_and_read_as_a_person_reads_it(
    engine: PageEngine, html: str, ways: list[dict[str, str]], text: str
) -> None:
    it = await found(engine, html, element(*ways))
    assert (it.state, it.text) == (State.FOUND, text)


LOOSE = "<div><label>Member ID</label><input value=W1></div><div><label>Claim</label><input value=C2></div>"
HINT = (
    "<table><tr><td>* From:</td><td><input value=W1> MM/DD/YYYY</td></tr><tr><td>To</td><td><input></td></tr></table>"
)
BOXES = "<input type=checkbox checked> I agree <input type=checkbox> Send mail<br>"
HOST = """<div class=f><div>Member ID</div><x-f></x-f></div><div class=f><div>Claim</div><x-f></x-f></div><script>
customElements.define('x-f', class extends HTMLElement { connectedCallback() {
this.attachShadow({ mode: 'open' }).innerHTML =
`<div><input disabled value=${this.parentNode.innerText.length}></div>` } })
</script>"""


@pytest.mark.parametrize(
    ("html", "ways", "text"),
    [
        (LOOSE, [{"label": "Member ID"}, {"css": "div:first-child input"}], "W1"),
        (LOOSE, [{"near": "Claim"}, {"label": "Claim"}], "C2"),
        ("<span>Member ID</span> <input value=W1>", [{"label": "Member ID"}, {"css": "input"}], "W1"),
        ("<div><div>Member ID</div><div><input value=W1></div></div>", [{"label": "Member ID"}, BOX_BY_CSS], "W1"),
        (HINT, [{"near": "From"}, {"css": "tr:first-child input"}], "W1"),
        (HINT, [{"label": "From"}, {"css": "tr:first-child td:last-child"}], "W1"),
        (HOST, [{"label": "Member ID"}, {"css": ".f:nth-of-type(1) x-f"}], "9"),
        (HOST, [{"near": "Claim"}, {"label": "Claim"}], "5"),
    ],
)
async def test_a_field_that_no_label_is_tied_to_is_found_by_what_stands_beside_it(
    engine: PageEngine, html: str, ways: list[dict[str, str]], text: str
) -> None:
    it = await found(engine, html, element(*ways, action="fill"))
    assert (it.state, it.kind, it.text) == (State.FOUND, "value", text)


@pytest.mark.parametrize(("name", "checked"), [("I agree", True), ("Send mail", False)])
async def test_a_box_without_a_label_is_found_by_the_words_after_it(
    engine: PageEngine, name: str, checked: bool
) -> None:
    it = await found(engine, BOXES, element({"label": name}, {"label": name, "under": "none"}, action="fill"))
    assert (it.state, it.kind, it.checked) == (State.WEAK, "box", checked)


@pytest.mark.parametrize(
    "html",
    [
        "<label for=a>Member ID</label><input id=a value=W1><p>Member ID</p><input value=X>",
        "<div><div>Member ID</div></div><div><div>Claim</div><input value=X></div>",
        "<div><label>Member ID</label><br><b>Claim</b></div><div><input value=X></div>",
        "<table><tr><td>Member ID</td><td>Claim <input value=X></td></tr></table>",
        "<table><tr><td>Member ID</td></tr><tr><td><input value=X></td></tr></table>",
    ],
)
async def test_a_caption_never_speaks_for_the_field_of_another_one(engine: PageEngine, html: str) -> None:
    it = await found(engine, html, element({"label": "Member ID"}, {"near": "Member ID"}, action="fill"))
    assert it.text != "X"


@pytest.mark.parametrize("tag", ["input value=W1 disabled", "input value=W1 readonly", "textarea disabled"])
async def test_a_value_that_stands_in_a_field_that_cannot_be_changed_is_read(engine: PageEngine, tag: str) -> None:
    html = f"<div><b>Member ID</b> <{tag}>{'W1</textarea>' if 'textarea' in tag else ''}</div>"
    it = await found(engine, html, element({"near": "Member ID"}, {"css": "input, textarea"}))
    assert (it.state, it.text) == (State.FOUND, "W1")


HEADED = """<main><section><h2>Member</h2><dl><dt>ID</dt><dd>W1</dd></dl></section>
<section><h2>Provider</h2><dl><dt>ID</dt><dd>N2</dd></dl></section></main>"""
FLAT = """<h2>Member</h2><p><b>ID</b> <i>W1</i></p><h3>More</h3><p><b>Name</b> <i>ANNA</i></p><h2>Provider</h2>
<p><b>ID</b> <i>N2</i></p>"""


@pytest.mark.parametrize(
    ("html", "ways", "text"),
    [
        (HEADED, [{"near": "ID", "under": "Provider"}, {"css": "dd", "under": "provider"}], "N2"),
        (FLAT, [{"near": "ID", "under": "Member"}, {"xpath": "(//i)[1]"}], "W1"),
        (FLAT, [{"near": "Name", "under": "Member"}, {"css": "h3 + p i"}], "ANNA"),
        (
            "<fieldset><legend>Dates</legend><label>From <input value=1></label></fieldset><label>From <input></label>",
            [{"label": "From", "under": "Dates"}, {"css": "fieldset input"}],
            "1",
        ),
    ],
)
async def test_under_narrows_to_the_section_with_that_heading(
    engine: PageEngine, html: str, ways: list[dict[str, str]], text: str
) -> None:
    it = await found(engine, html, element(*ways))
    assert (it.state, it.text) == (State.FOUND, text)


@pytest.mark.parametrize(
    "hiding",
    [
        "display:none",
        "visibility:hidden",
        "opacity:0",
        "position:absolute;left:-9999px",
        "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)",
        "height:0;overflow:hidden",
        "text-indent:-9999px;overflow:hidden;width:100px",
        "font-size:0",
        "clip-path:inset(50%)",
        "transform:scale(0)",
        "color:transparent",
    ],
)
async def test_hidden_text_is_never_read(engine: PageEngine, hiding: str) -> None:
    html = f"""<dl style="{hiding}"><dt>Paid</dt><dd>$999.00</dd></dl>
    <div style="{hiding}"><dl><dt>Paid</dt><dd>$998.00</dd></dl></div><dl><dt>Paid</dt><dd>$5.00</dd></dl>"""
    it = await found(engine, html, element({"near": "Paid"}, {"css": "dd"}))
    assert (it.state, it.text) == (State.FOUND, "$5.00")


async def test_text_scrolled_out_of_sight_is_still_read(engine: PageEngine, page: Page) -> None:
    rows = "".join(f"<dl><dt>Row {n}</dt><dd>{n}</dd></dl>" for n in range(100))
    html = f"<div id=s style='height:100px;overflow:auto'>{rows}</div>"
    await page.set_content(html)
    await page.evaluate("document.getElementById('s').scrollTop = 3000")
    first = element({"near": "Row 0"}, {"css": "dl:nth-of-type(1) dd"})
    last = element({"near": "Row 99"}, {"css": "dl:nth-of-type(100) dd"})
    both = await engine.values({"first": first, "last": last})
    assert [both["first"].text, both["last"].text] == ["0", "99"]


@pytest.mark.parametrize(
    ("html", "ways", "state", "silent"),
    [
        ("<p class=a>One</p><p class=b>Two</p>", [{"text": "One"}, {"css": ".b"}], State.CONFLICT, ()),
        ("<p>One</p><p>One</p>", [{"text": "One"}, {"css": "p"}], State.CONFLICT, ()),
        ("<p>One</p><p class=b>One</p>", [{"text": "One"}, {"css": ".b"}], State.FOUND, ()),
        ("<p class=b>One</p><p class=b>Two</p><p>One</p>", [{"text": "One"}, {"css": ".b"}], State.FOUND, ()),
        ("<p class=b>One</p>", [{"text": "One"}, {"css": ".gone"}], State.WEAK, (1,)),
        ("<p class=b>One</p>", [{"text": "Other"}, {"css": ".gone"}], State.MISSING, ()),
        ("<p>One</p><p>One</p>", [{"text": "One"}, {"css": ".gone"}], State.CONFLICT, (1,)),
    ],
)
async def test_ways_that_do_not_agree_are_told_apart(
    engine: PageEngine, html: str, ways: list[dict[str, str]], state: State, silent: tuple[int, ...]
) -> None:
    it = await found(engine, html, element(*ways))
    assert (it.state, it.silent) == (state, silent)


async def test_an_element_left_to_its_shape_alone_is_told(engine: PageEngine) -> None:
    it = await found(engine, "<dl><dt>Due</dt><dd>$9</dd></dl>", element({"near": "Paid"}, {"css": "dd"}))
    assert it.state is State.WEAK
    assert it.by_shape


async def test_open_shadow_roots_are_entered_by_every_way(engine: PageEngine) -> None:
    html = """<x-card><template shadowrootmode=open><h2>Member</h2><label>ID <input value=W1></label>
    <dl><dt>Paid</dt><dd><x-money><template shadowrootmode=open><b>$5.00</b></template></x-money></dd></dl>
    </template></x-card>"""
    await engine.page.set_content("<body></body>")
    await engine.page.evaluate("html => document.body.setHTMLUnsafe(html)", html)
    got = await engine.values(
        {
            "id": element({"label": "ID", "under": "Member"}, {"css": "input"}),
            "paid": element({"near": "Paid"}, {"css": "dd"}),
        }
    )
    assert {name: (it.state, it.text) for name, it in got.items()} == {
        "id": (State.FOUND, "W1"),
        "paid": (State.FOUND, "$5.00"),
    }
    await engine.fill(element({"label": "ID"}, {"css": "input"}, action="fill"), "W2")
    assert (await engine.values({"id": element({"label": "ID"}, {"css": "input"})}))["id"].text == "W2"


HOSTILE = """<script>
const lie = document.createElement('dd'); lie.innerText = '$999.00';
for (const prototype of [Document.prototype, Element.prototype, DocumentFragment.prototype]) {
  prototype.querySelector = () => lie; prototype.querySelectorAll = () => [lie];
}
Document.prototype.evaluate = () => ({snapshotLength: 1, snapshotItem: () => lie});
for (const [prototype, name] of [[Node.prototype, 'textContent'], [HTMLElement.prototype, 'innerText'],
    [Element.prototype, 'outerHTML'], [HTMLInputElement.prototype, 'value']]) {
  Object.defineProperty(prototype, name, {get: () => '$999.00', set() {}});
}
Array.prototype.filter = Array.prototype.map = function () { return ['$999.00']; };
Array.from = () => [lie]; String.prototype.trim = () => '$999.00'; JSON.stringify = () => '"$999.00"';
Element.prototype.checkVisibility = () => false; Object.entries = () => [];
globalThis[Symbol.for('portalwright')] = {read: () => ({}), values: () => ({it: {state: 'found', text: '$999.00'}})};
</script>"""


async def test_a_page_that_replaces_what_readers_use_is_read_as_it_looks(engine: PageEngine) -> None:
    html = f"<body><dl><dt>Paid</dt><dd>$5.00</dd></dl><label>ID <input value=W1></label>{HOSTILE}"
    await engine.page.set_content(html)
    assert await engine.page.evaluate("document.querySelector('dd').textContent") == "$999.00"
    described = view(
        {
            "recognise": ["paid"],
            "elements": {
                "paid": {"find": [{"near": "Paid"}, {"css": "dd"}, {"xpath": "//dd"}]},
                "id": {"find": [{"label": "ID"}, {"css": "input"}], "action": "fill"},
            },
        }
    )
    raw = await engine.read(described)
    assert raw.recognised
    assert (raw.elements["paid"].text, raw.elements["id"].text) == ("$5.00", "W1")
    assert "<dd>$5.00</dd>" in raw.html
    await engine.fill(described.elements["id"], "W2")
    assert (await engine.values({"id": described.elements["id"]}))["id"].text == "W2"


async def test_names_on_the_page_do_not_shadow_what_the_engine_reads(engine: PageEngine) -> None:
    html = """<form id=portalwright><label>ID <input name=parentNode value=W1></label><input name=childNodes>
    <input name=attributes><input name=checkVisibility><input name=matches><input name=localName>
    <input name=getAttribute><input name=closest><input name=shadowRoot><input name=nodeType></form>
    <img name=querySelectorAll><img name=evaluate><img name=documentElement><img name=createTreeWalker>
    <img name=readyState><p>Paid in full</p>"""
    await engine.page.set_content(html, wait_until="commit")
    raw = await engine.read(
        view(
            {
                "recognise": ["paid"],
                "elements": {
                    "paid": {"find": [{"text": "Paid in full"}, {"xpath": "//p"}]},
                    "id": {"find": [{"label": "ID"}, {"css": "label input"}], "action": "fill"},
                },
            }
        )
    )
    assert raw.recognised
    assert raw.elements["id"].text == "W1"


async def test_the_evidence_holds_the_page_without_password_values(engine: PageEngine) -> None:
    html = """<label>Password <input type=password value=canary-1></label>
    <input autocomplete=current-password value=canary-2>"""
    await engine.page.set_content(html)
    described = view(
        {
            "recognise": ["password"],
            "elements": {"password": {"find": [{"label": "Password"}, {"css": "[type=password]"}], "action": "fill"}},
        }
    )
    await engine.fill(described.elements["password"], "canary-3")
    raw = await engine.read(described)
    assert raw.elements["password"].filled
    assert "canary" not in raw.model_dump_json()
    assert "Password" in raw.html


async def test_the_evidence_holds_what_fields_hold_now_in_shadow_roots_too(engine: PageEngine) -> None:
    html = """<input id=a value=OLD><textarea></textarea><select><option selected>A<option>B</select>
    <input type=checkbox id=c><x-f></x-f><script>customElements.define('x-f', class extends HTMLElement {
    connectedCallback() {
    this.attachShadow({ mode: 'open' }).innerHTML = '<input id=s><input type=password value=canary>'
    } }); const at = (css, root = document) => root.querySelector(css); at('#a').value = 'NEW';
    at('textarea').value = 'LONG'; at('select').selectedIndex = 1; at('#c').checked = true;
    at('#s', at('x-f').shadowRoot).value = 'DEEP';</script>"""
    await engine.page.set_content(html)
    before = await engine.page.content()
    kept = (await engine.markup())[""]
    assert await engine.page.content() == before
    assert 'value="NEW"' in kept
    assert ">LONG</textarea>" in kept
    assert "<option>A</option><option selected=" in kept
    assert '<input type="checkbox" id="c" checked="">' in kept
    assert '<template shadowrootmode="open"><input id="s" value="DEEP"><input type="password"></template>' in kept


# Tables


async def rows_of(engine: PageEngine, html: str) -> tuple[object, ...]:
    await engine.page.set_content(html)
    table = (await engine.read(view(claims_table()))).tables["claims"]
    return (table.state, table.problem, table.problem_at, table.rows)


ROW = "<tr><td><a href='#{0}'>{0}</a></td><td>ROE, ANNA</td><td>$1.00</td></tr>"
ONE = (("C1", "ROE, ANNA", "$1.00"),)


@pytest.mark.parametrize(
    "rows",
    [
        ROW.format("C1"),
        ROW.format("C1") + "<tr style='display:none'><td>C9</td><td>X</td><td>$9</td></tr>",
        ROW.format("C1") + "<tr style='opacity:0'><td>C9</td><td>X</td><td>$9</td></tr>",
        ROW.format("C1") + "<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>",
        ROW.format("C1") + "</tbody><tfoot><tr><td colspan=2>Total</td><td>$1.00</td></tr></tfoot>",
        "<tr><th scope=row>C1</th><td>ROE, ANNA</td><td>$1.00<span style='display:none'>9</span></td></tr>",
        "<tr><td style='display:none'>C9</td><td>C1</td><td>ROE, ANNA</td><td>$1.00</td></tr>",
    ],
)
async def test_the_data_rows_of_a_table_are_those_that_a_person_sees(engine: PageEngine, rows: str) -> None:
    assert await rows_of(engine, TABLE.format(rows=rows)) == (State.FOUND, None, None, ONE)


async def test_cells_that_span_rows_count_for_each_of_them(engine: PageEngine) -> None:
    rows = """<tr><td>C1</td><td rowspan=2>ROE, ANNA</td><td>$1.00</td></tr><tr><td>C2</td><td>$2.00</td></tr>
    <tr><td>C3</td><td>LEE, BO</td><td>$3.00</td></tr>"""
    found = await rows_of(engine, TABLE.format(rows=rows))
    assert found[3] == (
        ("C1", "ROE, ANNA", "$1.00"),
        ("C2", "ROE, ANNA", "$2.00"),
        ("C3", "LEE, BO", "$3.00"),
    )


async def test_headings_in_two_rows_are_understood(engine: PageEngine) -> None:
    html = """<h1>Claims</h1><table class=found><caption>Claims found</caption>
    <tr><th rowspan=2>Claim number</th><th colspan=2>Who and what</th></tr>
    <tr><th>Patient</th><th><button>Charge <span aria-hidden=true>▲</span></button></th></tr>
    <tr><td>C1</td><td>ROE, ANNA</td><td>$1.00</td></tr></table>"""
    assert await rows_of(engine, html) == (State.FOUND, None, None, ONE)


async def test_a_table_in_a_cell_is_not_mixed_with_the_one_around_it(engine: PageEngine) -> None:
    inner = "<table><tr><th>A</th></tr><tr><td>$1.00</td></tr></table>"
    html = "<table><tr><td>" + TABLE.format(rows=ROW.format("C1").replace("ROE, ANNA", inner)) + "</td></tr></table>"
    found = await rows_of(engine, html)
    assert found[3] == (("C1", "A\n$1.00", "$1.00"),)


async def test_a_grid_made_of_roles_is_a_table(engine: PageEngine) -> None:
    html = """<h1>Claims</h1><div role=table class=found aria-label="Claims found"><div role=row>
    <div role=columnheader>Claim number</div><div role=columnheader>Patient</div>
    <div role=columnheader>Charge</div></div><div role=rowgroup>
    <div role=row><div role=cell>C1</div><div role=cell>ROE, ANNA</div><div role=cell>$1.00</div></div>
    </div></div>"""
    found = await rows_of(engine, html)
    # The css way of the description asks for a <table>: the role alone finds this one.
    assert found == (State.WEAK, None, None, ONE)


@pytest.mark.parametrize(
    ("html", "at"),
    [
        (TABLE.replace("<th>Patient</th><th>Charge</th>", "<th>Charge</th><th>Patient</th>"), "patient"),
        (TABLE.replace("Charge", "Billed amount"), "billed"),
        (TABLE.replace("<th>Claim number</th>", "<th>Type</th><th>Claim number</th>"), "payer_claim_number"),
        (TABLE.replace("<thead>", "<!--").replace("</thead>", "-->"), "payer_claim_number"),
    ],
)
async def test_columns_whose_heading_and_place_disagree_are_not_read(engine: PageEngine, html: str, at: str) -> None:
    assert await rows_of(engine, html.format(rows=ROW.format("C1"))) == (State.FOUND, "headings", at, ())


EXTRA = "<tr><td>C2</td><td>X</td><td>$1.00</td><td>more</td></tr>"


@pytest.mark.parametrize("odd", ["<tr><td colspan=3>August</td></tr>", "<tr><td>C2</td><td>X</td></tr>", EXTRA])
async def test_a_row_of_another_shape_is_not_read(engine: PageEngine, odd: str) -> None:
    found = await rows_of(engine, TABLE.format(rows=ROW.format("C1") + odd))
    assert found == (State.FOUND, "row-shape", "1", ())


async def test_the_portals_word_for_nothing_inside_the_table_is_no_row(engine: PageEngine) -> None:
    html = TABLE.format(rows="<tr><td colspan=3 class=nothing>No claims match.</td></tr>")
    assert await rows_of(engine, html) == (State.FOUND, None, None, ())


async def test_a_row_is_opened_by_its_business_key_never_by_its_place(engine: PageEngine) -> None:
    await engine.page.set_content(TABLE.format(rows="".join(ROW.format(f"C{n}") for n in (3, 1, 2))))
    described = view(claims_table())
    await engine.press_row(described, "claims", {"payer_claim_number": "C1", "billed": "$1.00"}, "payer_claim_number")
    assert await engine.page.evaluate("location.hash") == "#C1"


@pytest.mark.parametrize("numbers", [("C1", "C1"), ("C2",)])
async def test_a_row_that_is_not_exactly_one_is_not_opened(engine: PageEngine, numbers: tuple[str, ...]) -> None:
    await engine.page.set_content(TABLE.format(rows="".join(map(ROW.format, numbers))))
    with pytest.raises(PageFailed) as failed:
        await engine.press_row(
            view(claims_table()), "claims", {"payer_claim_number": "C1"}, "payer_claim_number", timeout=0.3
        )
    assert failed.value.kind is PageFault.TIMEOUT
    assert await engine.page.evaluate("location.hash") == ""


async def test_what_a_row_costs_does_not_grow_with_the_table(engine: PageEngine) -> None:
    """Two thousand rows take as long as four times five hundred, and not as long as sixteen times."""
    seconds = {}
    for count in (500, 2000):
        await engine.page.set_content(TABLE.format(rows="".join(ROW.format(f"C{n}") for n in range(count))))
        described = view(claims_table())
        tries = []
        for _ in range(3):
            begun = time.perf_counter()
            raw = await engine.read(described)
            tries.append(time.perf_counter() - begun)
        assert len(raw.tables["claims"].rows) == count
        assert raw.tables["claims"].rows[-1][0] == f"C{count - 1}"
        seconds[count] = min(tries)
    assert seconds[2000] < 12 * seconds[500]


async def test_what_commits_must_be_found_by_every_way(engine: PageEngine) -> None:
    html = "<button onclick=\"document.title='pressed'\">Sign in</button>"
    ways = ({"role": "button", "name": "Sign in"}, {"css": "#gone"})
    await engine.page.set_content(html)
    with pytest.raises(PageFailed):
        await engine.press(element(*ways, action="commit"), timeout=0.3)
    assert await engine.page.title() == ""
    await engine.press(element(*ways, action="navigate"))
    assert await engine.page.title() == "pressed"


async def test_no_error_says_what_was_typed(engine: PageEngine) -> None:
    await engine.page.set_content("<label>Password <input type=password disabled></label>")
    described = element({"label": "Password"}, {"css": "input"}, action="fill")
    with pytest.raises(PageFailed) as failed:
        await engine.fill(described, "canary-secret", timeout=0.3)
    assert failed.value.kind is PageFault.TIMEOUT
    error: BaseException | None = failed.value
    while error is not None:
        assert "canary" not in f"{error} {error!r} {error.args} {vars(error)}"
        assert error.__suppress_context__ or error.__context__ is None
        error = error.__context__


RADIOS = """<fieldset><legend>Acting as</legend><label><input type=radio name=p> 1234567893 North</label>
<label><input type=radio name=p> 1234567890 South</label><label><input type=radio name=p> 123456789 West</label>
</fieldset>"""
LIST = "<label>Acting as <select><option>Choose<option>North (1234567893)<option>South (1234567890)</select></label>"


@pytest.mark.parametrize("html", [RADIOS, LIST])
async def test_the_one_entry_with_the_value_as_a_whole_word_is_chosen(engine: PageEngine, html: str) -> None:
    await engine.page.set_content(html)
    described = element({"label": "Acting as"}, {"css": "fieldset, select"}, action="fill")
    assert await engine.choose(described, "1234567890")
    chosen = """(document.querySelector('select') ?? document.querySelector(':checked').parentNode)"""
    assert "South" in await engine.page.evaluate(f"{chosen}.value ?? {chosen}.textContent")
    assert not await engine.choose(described, "12345678")
    assert not await engine.choose(described, "Nowhere")
