"""The limit: a bare HTTP client that sends the same requests and reads the same fields, without a browser.

No page is shown, no script is run, no style is computed, nothing is compared and nothing is kept.
"""

import httpx
from lxml import html

from bench.talk import Asked, Task, carry_out, read_order


def main() -> None:
    """Sign in, then look up as many claims as each order says."""
    task = Task.of_order(read_order())
    with httpx.Client(base_url=task.address, follow_redirects=True, trust_env=False, timeout=30) as http:
        _sign_in(http, task)
        carry_out(task, lambda asked: _look_up(http, asked))


def _sign_in(http: httpx.Client, task: Task) -> None:
    page = _page(http.get("/signin"))
    page = _sent(http, page, "/signin", userId=task.user_name, passwd=task.password)
    page = _sent(http, page, "/provider", actAs=task.npi)
    if not page.xpath("//h1[starts-with(normalize-space(), 'Welcome')]"):
        raise SystemExit("The HTTP client could not sign in.")


def _look_up(http: httpx.Client, asked: Asked) -> bool:
    form = _page(http.get("/claims/search"))
    typed = {"mbrId": asked.member_id, "dosFrom": asked.first_day, "dosTo": asked.last_day}
    results = _sent(http, form, "/claims/search", **typed)
    rows = results.xpath("//main//table/tbody/tr")
    row = next(row for row in rows if asked.billed in [_text(cell) for cell in row.xpath("td")])
    link = row.xpath(".//a")[0]
    detail = _page(http.get(link.get("href")))
    fields = {_text(box.find("dt")): _text(box.find("dd")) for box in detail.xpath("//main//dl/div")}
    fields["rows"] = "\n".join(_text(row) for row in detail.xpath("//main//table/tbody/tr"))
    fields["notes"] = "\n".join(_text(note) for note in detail.xpath("//main//section/p"))
    right = fields["Claim number"] == _text(link) and fields["Total charge"] == asked.billed
    return right and "Claim status" in fields


def _sent(http: httpx.Client, page: html.HtmlElement, address: str, **typed: str) -> html.HtmlElement:
    """The page that follows when the page's form of this address is sent with its hidden fields."""
    form = next(form for form in page.forms if form.get("action") == address)
    hidden = {field.get("name"): field.get("value", "") for field in form.xpath(".//input[@type='hidden']")}
    return _page(http.post(address, data={**hidden, **typed}))


def _page(answer: httpx.Response) -> html.HtmlElement:
    answer.raise_for_status()
    return html.fromstring(answer.text)


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


if __name__ == "__main__":
    main()
