"""What is said of cases in the words of their indexes, so that no more cases are read than are meant.

Written out, not as parameters: an index of some rows only is used for what is known before the parameters are.
"""

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

IS_OPEN = RawSQL("ledger_case.state = 'open'", (), output_field=BooleanField())
IS_CLOSED = RawSQL("ledger_case.state = 'closed'", (), output_field=BooleanField())
IS_INCIDENT = RawSQL("ledger_case.family IN ('access', 'technical', 'policy')", (), output_field=BooleanField())
"""Of one of the families of `INCIDENTS`."""
STOPS_SOMETHING = RawSQL("ledger_case.stops IN ('view', 'credential', 'portal')", (), output_field=BooleanField())
