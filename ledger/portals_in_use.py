"""The portals from which a practice has claims, visits or payments: found from one name to the next, not row by row."""

from django.db import connection

from ledger import models

# An index that begins with practice and portal gives the next name at once, however many rows have the one before.
_NAMES = """
WITH RECURSIVE named(portal) AS (
    SELECT MIN(portal) FROM {table} WHERE practice_id = %s
    UNION ALL
    SELECT (SELECT MIN(portal) FROM {table} WHERE practice_id = %s AND portal > named.portal)
    FROM named WHERE named.portal IS NOT NULL
)
SELECT portal FROM named WHERE portal IS NOT NULL AND portal <> ''
"""


def portals_in_use(practice_id: int) -> set[str]:
    """The portals from which the practice has claims, visits or payments."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for model in (models.Claim, models.Appointment, models.Remittance):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(_NAMES.format(table=table), (practice_id, practice_id))
            found.update(portal for (portal,) in cursor.fetchall())
    return found
