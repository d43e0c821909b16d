"""The tables in which several computers tell each other which lanes have work; made on a PostgreSQL server alone.

They are Procrastinate's, and so are their migrations: its Django application is installed while they are brought up to
date and at no other time, so that nothing that walks the office's own tables meets them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

_APPLICATION = "procrastinate.contrib.django"
_LABEL = "procrastinate"


def bring_job_tables_up_to_date() -> None:
    """Make or upgrade the tables of the jobs, where they are not the newest already; the ledger is on a server."""
    if (_LABEL, _newest_migration()) in MigrationRecorder(connection).applied_migrations():
        return  # seen without importing the library, which most commands never need
    with _installed():
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes(_LABEL))


def _newest_migration() -> str:
    library = find_spec(_LABEL)
    if library is None or library.origin is None:
        raise AssertionError("procrastinate is installed with portalwright")
    return max(path.stem for path in (Path(library.origin).parent / "contrib/django/migrations").glob("0*.py"))


@contextmanager
def _installed() -> Iterator[None]:
    apps.set_installed_apps([*settings.INSTALLED_APPS, _APPLICATION])
    try:
        yield
    finally:
        apps.unset_installed_apps()
