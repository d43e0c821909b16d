"""Django settings of the tests: the same as the ledger's own, with an encrypted file of this test process.

A file and not memory, because threads on a database in memory meet "table is locked". The ledger is not imported here:
its import sets Django up, which must wait until these settings are read.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

_FILE = Path(tempfile.gettempdir()) / f"portalwright-tests-{os.getpid()}.ledger"


def database_key() -> bytes:
    """The key of the test database; it guards nothing."""
    return bytes(range(32))


DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "ledger.sqlcipher",
        "NAME": str(_FILE),
        "OPTIONS": {"key_source": database_key, "timeout": 30},
        "TEST": {"NAME": str(_FILE)},
    }
}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "ledger"]
AUTH_USER_MODEL = "ledger.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
