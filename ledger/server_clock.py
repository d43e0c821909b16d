"""Is this computer's clock still right? A clock may be set, or drift away, long after the ledger was opened."""

from django.db import connection

from ledger.start import is_on_server


def check_clock() -> None:
    """Before anything that a wrong clock would turn into a broken promise: taking a lane from whom it says to be dead,
    pressing a sign-in button that it says to have been left alone for long enough.

    Raises ClockOff when the clock is too far from the server's. One computer with its ledger in a file has nothing to
    compare its clock with: nothing is checked there.
    """
    if not is_on_server():
        return
    from ledger.postgresql.base import compare_clocks  # the server's driver, which a file does without

    with connection.cursor() as cursor:
        compare_clocks(cursor)
