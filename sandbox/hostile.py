"""A page script that lies to readers: it replaces the browser's own ways of reading a page, not the page."""

from starlette.responses import HTMLResponse

SCRIPT = """<script>(function () {
  var decoy = document.createElement('div');
  decoy.innerHTML = '<span>Paid $999.00</span>';
  var span = decoy.firstChild;
  var lie = function () { return span; };
  var lies = function () { return [span]; };
  [Document.prototype, Element.prototype, DocumentFragment.prototype].forEach(function (kind) {
    kind.querySelector = lie;
    kind.querySelectorAll = lies;
    ['getElementsByTagName', 'getElementsByClassName', 'getElementsByName'].forEach(function (name) {
      if (kind[name]) { kind[name] = lies; }
    });
  });
  Document.prototype.getElementById = lie;
  Document.prototype.evaluate = function () {
    return { singleNodeValue: span, snapshotLength: 1, snapshotItem: lie, iterateNext: lie };
  };
  Object.defineProperty(Node.prototype, 'textContent', { get: function () { return 'Paid $999.00'; } });
  Object.defineProperty(HTMLElement.prototype, 'innerText', { get: function () { return 'Paid $999.00'; } });
})();</script>"""


def with_hostile_script(answer: HTMLResponse) -> HTMLResponse:
    """The same page with the script as the first thing in its head; status, headers and cookies stay."""
    html = bytes(answer.body).decode().replace("<head>", "<head>" + SCRIPT, 1)
    changed = HTMLResponse(html, answer.status_code)
    changed.raw_headers = [header for header in answer.raw_headers if header[0] != b"content-length"] + [
        (b"content-length", str(len(changed.body)).encode())
    ]
    return changed
