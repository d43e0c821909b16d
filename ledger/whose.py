"""Whose rows they are, said so that the database does not take it for the place to look."""

from django.db.models import F, Func, IntegerField
from django.db.models.lookups import Exact


def of_practice(practice_id: int) -> Exact:
    """A condition on rows that are found by what they are about: they have to be this practice's as well.

    As a plain condition it would lead the database file's planner, which keeps no figures of how rows are spread, to
    the index by practice, and so through all that the practice has. (SQLite documents a `+` before a column as the way
    to leave it out of the choice of an index; on PostgreSQL it means nothing else.)
    """
    column = Func(F("practice_id"), template="+%(expressions)s", output_field=IntegerField())
    return Exact(column, practice_id)
