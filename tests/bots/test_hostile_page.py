"""A page is untrusted input: whatever tricks it plays, what comes out is what a person sees on it, or nothing at all.

Each row of the table below is one trick, played on a page that shows a claim and what was paid for it.
"""

import time
from decimal import Decimal

import pytest

from bots.engine import PageEngine
from bots.reader import read_view
from flows.outcomes import Ending, Stop
from tests.bots.describing import claims_table, pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

SECONDS = 3.0
"""No trick may hold a reading up for longer; a plain page takes some milliseconds."""

PACK = pack(
    {
        "claim": {
            "recognise": ["heading"],
            "elements": {
                "heading": {"find": [{"role": "heading", "name": "Claim"}, {"css": "h1"}]},
                "paid": {
                    "find": [{"near": "Paid"}, {"css": ".paid"}],
                    "action": "read",
                    "type": "money",
                    "required": True,
                },
            },
        }
    }
)
VIEW = PACK.views["claim"]

NOT_READ = None
"""The page is not read: DRIFT, for a person."""


def claim(shown: str, more: str = "") -> str:
    """A claim's page whose amount is this mark-up, and what else stands on it."""
    return f"<title>Claim</title><h1>Claim</h1><dl><dt>Paid</dt><dd class=paid>{shown}</dd></dl>{more}"


def styled(style: str, text: str = "$5.00") -> str:
    return claim(f"<span style='{style}'>{text}</span>")


def ruled(rules: str, shown: str = "$5.00") -> str:
    return f"<style>{rules}</style>" + claim(shown)


def scripted(script: str, shown: str = "$5.00") -> str:
    return f"<script>{script}</script>" + claim(shown)


FIVE = Decimal("5.00")

TRICKS: dict[str, tuple[str, Decimal | None]] = {
    # What is not hidden is read, however it is made up.
    "nothing at all": (claim("$5.00"), FIVE),
    "grey on white": (styled("color: #999"), FIVE),
    "white on blue": (styled("background: #124; color: #fff"), FIVE),
    "half transparent": (styled("opacity: .5"), FIVE),
    "below what fits on the screen": (f"<div style='height: 3000px'></div>{claim('$5.00')}", FIVE),
    "below what fits in a box that scrolls": (
        "<style>body{margin:0;height:100vh;overflow:hidden}main{height:100vh;overflow:auto}</style>"
        f"<main><div style='height: 3000px'></div>{claim('$5.00')}</main>",
        FIVE,
    ),
    "a star and a colon by the style sheet": (ruled("dt::after{content:':'} dt::before{content:'* '}"), FIVE),
    "an icon by the style sheet": (ruled("dd::before{content:'\\25b8 '} dd::after{content:'\\f00c'}"), FIVE),
    # Scripts that rename.
    "querySelector replaced": (
        scripted("Document.prototype.querySelectorAll=Element.prototype.querySelectorAll=()=>[]"),
        FIVE,
    ),
    "innerText and textContent replaced": (
        scripted(
            "for (const [k, n] of [[Node, 'textContent'], [HTMLElement, 'innerText']])"
            "Object.defineProperty(k.prototype, n, {get: () => '$999.00'})"
        ),
        FIVE,
    ),
    "JSON, Date, Array and Map replaced": (
        scripted(
            "JSON.parse=JSON.stringify=()=>'$999.00';Date=function(){return 0};Array.from=()=>[];"
            "Map.prototype.get=()=>'$999.00';Set.prototype.has=()=>true;RegExp.prototype.test=()=>true"
        ),
        FIVE,
    ),
    "Object.prototype poisoned": (
        scripted(
            "for (const n of ['text','state','find','node','get','then','left','toJSON'])"
            "Object.defineProperty(Object.prototype, n, {get: () => '$999.00', set() {}, configurable: true})"
        ),
        FIVE,
    ),
    "getComputedStyle and boxes replaced": (
        scripted(
            "window.getComputedStyle=()=>({display:'none'});Element.prototype.getBoundingClientRect=()=>({});"
            "Element.prototype.checkVisibility=()=>false;Range.prototype.getBoundingClientRect=()=>({})"
        ),
        FIVE,
    ),
    "fields named like the document's own properties": (
        claim("$5.00", "<form><input name=children><input name=parentNode><img name=querySelectorAll>"
              "<input name=textContent><img name=documentElement><img name=evaluate></form>"),
        FIVE,
    ),
    "changes itself at every change": (
        claim("$5.00", "<script>const d = document.querySelector('.paid');"
              "new MutationObserver(() => setTimeout(() => { d.dataset.n = Math.random() }, 0))"
              ".observe(d, {attributes: true}); d.dataset.n = 1</script>"),
        FIVE,
    ),
    # Hidden text.
    "display none": (styled("display:none"), NOT_READ),
    "visibility hidden": (styled("visibility:hidden"), NOT_READ),
    "opacity nought": (styled("opacity:0"), NOT_READ),
    "opacity next to nought": (styled("opacity:.01"), NOT_READ),
    "opacity next to nought in steps": (claim("<div style='opacity:.1'><div style='opacity:.1'>$5.00</div></div>"),
                                        NOT_READ),
    "filtered away": (styled("filter:opacity(1%)"), NOT_READ),
    "blurred": (styled("filter:blur(20px)"), NOT_READ),
    "masked": (styled("display:block;mask-image:linear-gradient(transparent,transparent)"), NOT_READ),
    "letters of size nought": (styled("font-size:0"), NOT_READ),
    "letters of one pixel": (styled("font-size:1px"), NOT_READ),
    "shrunk by a transformation": (styled("display:inline-block;transform:scale(.05)"), NOT_READ),
    "turned away": (styled("display:inline-block;transform:rotateY(180deg);backface-visibility:hidden"), NOT_READ),
    "a box of size nought": (styled("display:block;width:0;height:0;overflow:hidden"), NOT_READ),
    "left of the page": (styled("position:absolute;left:-9999px"), NOT_READ),
    "above the page": (styled("position:absolute;top:-9999px"), NOT_READ),
    "right of a page that does not scroll": (ruled("body{overflow-x:hidden} dd{position:absolute;left:9999px}"),
                                             NOT_READ),
    "indented away": (styled("display:block;text-indent:-9999px"), NOT_READ),
    "in the colour of the page": (styled("color:#fff"), NOT_READ),
    "in the colour of its box": (styled("background:#124578;color:#124578"), NOT_READ),
    "in nearly the colour of its box": (styled("background:#124578;color:#134679"), NOT_READ),
    "in a colour that lets all through": (styled("color:rgba(0,0,0,.01)"), NOT_READ),
    "filled with no colour": (styled("-webkit-text-fill-color:transparent"), NOT_READ),
    "in the colour of the page, told in another space": (styled("color:color(srgb 1 1 1)"), NOT_READ),
    "clipped by inset": (styled("display:block;clip-path:inset(0 100% 0 0)"), NOT_READ),
    "clipped by a polygon": (styled("display:block;clip-path:polygon(0 0,0 0,0 0)"), NOT_READ),
    "clipped by a circle": (styled("display:block;clip-path:circle(0)"), NOT_READ),
    "clipped the old way": (styled("position:absolute;clip:rect(0,0,0,0)"), NOT_READ),
    "covered": (
        claim("<div style='position:relative'>$5.00"
              "<div style='position:absolute;inset:-2px;background:#fff'>$1.00</div></div>"),
        NOT_READ,
    ),
    "covered from elsewhere": (
        claim("$5.00", "<div style='position:absolute;top:0;left:0;width:600px;height:400px;background:#fff'></div>"),
        NOT_READ,
    ),
    "covered by a picture": (
        claim("$5.00", "<canvas width=600 height=400 style='position:absolute;top:0;left:0;background:#eee'></canvas>"),
        NOT_READ,
    ),
    "in a closed drawer": (claim("<details><summary></summary>$5.00</details>"), NOT_READ),
    "beside a closed shadow root": (
        claim("<b id=h>$5.00</b>", "<script>h.attachShadow?.({mode:'closed'})</script>"), FIVE),
    "behind a closed shadow root": (
        claim("<div id=h>$5.00</div>", "<script>h.attachShadow({mode:'closed'}).innerHTML='$1.00'</script>"),
        NOT_READ,
    ),
    "only in a title": (claim("<span title='$5.00' aria-label='$5.00'></span>"), NOT_READ),
    "only in a field that is hidden": (claim("<input type=hidden value='$5.00'>"), NOT_READ),
    "in a field in the colour of the page": (
        claim("<input value='$5.00' style='color:#fff;background:#fff'>"), NOT_READ),
    # Text that looks otherwise than it is.
    "a sign by the style sheet before it": (ruled("dd::before{content:'-'}"), Decimal("-5.00")),
    "a digit by the style sheet before it": (ruled("dd span::before{content:'1'}", "$<span>5.00</span>"),
                                             Decimal("15.00")),
    "a digit by the style sheet after it": (ruled("dd::after{content:'0.00'}", "$5"), Decimal("50.00")),
    "a digit by the style sheet from an attribute": (
        ruled("dd span::before{content:attr(data-x)}", "$<span data-x=7>5.00</span>"), Decimal("75.00")),
    "a digit by a counter": (
        ruled("dd{counter-reset:n 7} dd span::before{content:counter(n)}", "$<span>5.00</span>"), NOT_READ),
    "replaced by the style sheet": (ruled("dd span{font-size:0} dd span::before{content:'$1.00';font-size:16px}",
                                          "<span>$5.00</span>"), Decimal("1.00")),
    "turned round by the style sheet": (
        styled("unicode-bidi:bidi-override;direction:rtl", "12.00"), NOT_READ),
    "digits out of order": (
        ruled("dd{direction:rtl;text-align:left} dd i{display:inline-block}", "<i>1</i><i>2</i><i>3.00</i>"),
        NOT_READ,
    ),
    "digits moved": (
        ruled("i{position:relative;font:16px monospace} i:nth-child(1){left:9.6px} i:nth-child(2){left:-9.6px}",
              "<i>1</i><i>9</i><b>.00</b>"),
        NOT_READ,
    ),
    # Characters that cannot be seen, or look like others.
    **{
        f"U+{ord(character):04X} inside": (claim(f"$5{character}0.00"), NOT_READ)
        for character in "\u200b\u200d\u2060\u202e\u2066\u00ad\ufeff\u034f\u180e\u3164\ufe0f\u2800"
    },
    "digits of another script": (claim("$\u0665.\u0660\u0660"), NOT_READ),
    "wide digits": (claim("$\uff15.00"), NOT_READ),
    "mathematical digits": (claim("$\U0001d7d3.00"), NOT_READ),
    "the letter O for a nought": (claim("$5.O0"), NOT_READ),
    # A caption that a person does not see.
    "a caption with something unseen in it": (claim("$5.00").replace("Paid", "Pa\u200bid"), NOT_READ),
    "a second amount under the same caption": (claim("$5.00", "<p><b>Paid</b> <i class=paid>$9.00</i></p>"), NOT_READ),
}  # fmt: skip


SCRIPTS = [trick for trick, (html, _) in TRICKS.items() if "<script>" in html]


async def came_out(engine: PageEngine, html: str) -> object:
    """What is read of the page, in time; NOT_READ when it is refused as a page that is not as the pack says."""
    await engine.page.set_content(html)
    begun = time.monotonic()
    raw = await engine.read(VIEW)
    assert time.monotonic() - begun < SECONDS
    try:
        return read_view(raw, PACK, "claim").reading.fields["paid"].normal
    except Stop as stopped:
        assert stopped.outcome.ending is Ending.DRIFT
        return NOT_READ


@pytest.mark.parametrize("trick", SCRIPTS)
async def test_no_script_of_a_page_changes_what_is_read(engine: PageEngine, trick: str) -> None:
    html, right = TRICKS[trick]
    assert await came_out(engine, html) == right


async def test_what_comes_out_is_what_a_person_sees_or_nothing(engine: PageEngine) -> None:
    wrong = {}
    for trick in TRICKS.keys() - set(SCRIPTS):
        html, right = TRICKS[trick]
        came = await came_out(engine, html)
        if came != right:
            wrong[trick] = came
    assert wrong == {}


LIST = pack({"claims": claims_table(), "claim": PACK.views["claim"].model_dump(exclude_defaults=True)})
COLUMNS = """<h1>Claims</h1><table class=found><caption>Claims found</caption><thead><tr><th>Claim number</th>
<th>Patient</th><th {heading}</th></tr></thead><tbody><tr><td>C1</td><td>ANNA</td><td>{cell}</td></tr></tbody>
</table>"""


@pytest.mark.parametrize(
    ("heading", "cell", "read"),
    [
        (">Charge", "$5.00", True),
        ("aria-label=Charge>", "$5.00", True),
        ("aria-label=Charge>Allowed", "$5.00", False),
        (">Allowed<b style='position:absolute;clip:rect(0,0,0,0)'>Charge</b>", "$5.00", False),
        (">Charge", "<b style='color:#fff'>$5.00</b>", False),
        (
            ">Charge",
            "<b style='position:relative'>$5.00<i style='position:absolute;inset:0;background:red'></i></b>",
            False,
        ),
        (">Charge", "$5.00</td><td hidden>$9.00", True),
    ],
)
async def test_a_column_is_what_its_heading_says_to_a_person(
    engine: PageEngine, heading: str, cell: str, read: bool
) -> None:
    await engine.page.set_content(COLUMNS.format(heading=heading, cell=cell))
    raw = await engine.read(LIST.views["claims"])
    if not read:
        with pytest.raises(Stop) as stopped:
            read_view(raw, LIST, "claims")
        assert stopped.value.outcome.ending is Ending.DRIFT
        return
    (row,) = read_view(raw, LIST, "claims").reading.tables["claims"]
    assert row.cells["billed"].normal == FIVE
