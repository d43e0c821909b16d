"""How Django serves the desk. The ledger's own settings (database, accounts) stand in `ledger.start`."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from django.conf import settings

from console.application import Application
from console.sessions import LONGEST

_HERE = Path(__file__).parent

MOST_BYTES = 32 << 20
"""So much may be sent to the desk at once: an attachment of an appeal, and some more."""

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "ROOT_URLCONF": "console.urls",
        "ALLOWED_HOSTS": list(_LOOPBACK),
        "MIDDLEWARE": [
            "console.headers.Headers",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "console.access.TheOffice",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [_HERE / "templates"],
                "OPTIONS": {"environment": "console.templating.environment"},
            }
        ],
        "STATIC_URL": "/static/",
        "STATIC_ROOT": _HERE / "static",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_USE_SESSIONS": True,
        "SESSION_COOKIE_AGE": int(LONGEST.total_seconds()),
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SESSION_SERIALIZER": "django.contrib.sessions.serializers.JSONSerializer",
        "USE_I18N": False,
        "CSRF_FAILURE_VIEW": "console.trouble.forged",
        # What is sent to the desk stays in memory: a temporary file would lie on the disk in the clear.
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
        "FILE_UPLOAD_MAX_MEMORY_SIZE": MOST_BYTES,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 << 20,
        "WHITENOISE_MAX_AGE": 365 * 24 * 3600,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
    }
)


def configure(application: Application, secret_key: str, *, hosts: Sequence[str] = (), over_tls: bool = False) -> None:
    """Let Django serve this office in this process. Once, before the first request.

    `hosts` are the names and addresses under which browsers may ask for it, besides those of this computer; an IPv6
    address in brackets. The ledger sets Django up when it is imported; nothing of what is set here has been looked at
    by then.
    """
    chosen = {
        **SETTINGS,
        "SECRET_KEY": secret_key,
        "ALLOWED_HOSTS": [*_LOOPBACK, *hosts],
        "SESSION_COOKIE_NAME": _cookie_name(secret_key, over_tls=over_tls),
        "SESSION_COOKIE_SECURE": over_tls,
        "CSRF_COOKIE_SECURE": over_tls,
    }
    for name, value in chosen.items():
        setattr(settings, name, value)
    renew(application)


def _cookie_name(secret_key: str, *, over_tls: bool) -> str:
    """Of this office alone: browsers send a computer's cookies to every port of it, and another office's would replace
    ours. `__Host-` (RFC 6265bis, 4.1.3.2): nobody but this very host, over TLS, can have set it.
    """
    office = hashlib.sha256(b"cookie name" + secret_key.encode()).hexdigest()[:8]
    return f"{'__Host-' if over_tls else ''}portalwright-{office}"


def renew(application: Application) -> None:
    """From the next request on the office is served as it is now."""
    cast(Any, settings).CONSOLE_APPLICATION = application
