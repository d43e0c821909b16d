"""What every answer of the desk tells the browser: run no script but ours, keep no copy, show it in no other page.

Content-Security-Policy without anything inline; `no-store` for all but the files that come with the console, so that
the next person at the computer finds no patient behind the back button (45 CFR 164.310(b)-(c), 164.312(a)(1)).
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms, which are then refused as forged.
    "Referrer-Policy": "same-origin",
}


class Headers:
    """Middleware: the first, so that no answer goes out without them. A wrong Host is refused here, before any page."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # raises DisallowedHost: a name of somebody else's that was led to this computer
        response = self._get_response(request)
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response
