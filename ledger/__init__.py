"""The ledger: work list, answers, presses, cases and audit, in one encrypted database.

Django wants to be set up before its models are imported. That is done here, once, so that every room may import the
ledger's modules as usual; `ledger.start.open_ledger` then says where the database lies.
"""

from ledger.start import set_up_django

set_up_django()
