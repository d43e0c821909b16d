"""How Django serves the desk. The ledger's own settings (database, accounts) stand in `ledger.start`."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from console.application import Application

_HERE = Path(__file__).parent

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "ROOT_URLCONF": "console.urls",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
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
        "X_FRAME_OPTIONS": "DENY",
        "USE_I18N": False,
    }
)


def configure(application: Application, secret_key: str) -> None:
    """Let Django serve this office in this process. Once, before the first request.

    The ledger sets Django up when it is imported; nothing of what is set here has been looked at by then.
    """
    for name, value in {**SETTINGS, "SECRET_KEY": secret_key, "CONSOLE_APPLICATION": application}.items():
        setattr(settings, name, value)
