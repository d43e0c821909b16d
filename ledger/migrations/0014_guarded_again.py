"""Ledgers that were made at once instead of by all the migrations before had nothing that keeps their audit log."""

from importlib import import_module
from typing import Any

from django.db import migrations

_BEFORE = import_module("ledger.migrations.0012_sealed")

_TAKEN_AWAY = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS ledger_audit_never_changed",
        "DROP TRIGGER IF EXISTS ledger_audit_never_deleted",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS ledger_audit_never_changed ON ledger_auditentry",
        "DROP TRIGGER IF EXISTS ledger_audit_never_deleted ON ledger_auditentry",
        "DROP FUNCTION IF EXISTS ledger_audit_never_changed()",
        "DROP FUNCTION IF EXISTS ledger_audit_never_deleted()",
    ),
}


def guard_the_audit_log_again(apps: Any, schema_editor: Any) -> None:
    """Whether there are triggers or none, there are those of 0012 afterwards."""
    with schema_editor.connection.cursor() as cursor:
        for statement in _TAKEN_AWAY[schema_editor.connection.vendor]:
            cursor.execute(statement)
    _BEFORE.guard_the_audit_log(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_quick_lists"),
    ]

    operations = [
        migrations.RunPython(guard_the_audit_log_again, migrations.RunPython.noop),
    ]
