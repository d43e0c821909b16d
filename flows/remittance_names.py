"""The names under which payments and what explains them are read from a portal's pages and fetched."""

PAYMENTS, PAYMENT, ARCHIVE, REPORTS = "payments", "payment", "archive", "reports"
"""The views (and, of the lists, the tables): the list of payments, one payment's page, the list of what was put away
(archive, message centre, letters), the list of reports."""

PAYMENT_SEARCH, PAYMENT_ARCHIVE = "payment-search", "payment-archive"
"""The form that lists the payments of some days, and the one that leads to what was put away."""

REPORT_LIST, REPORT_REQUEST = "report-list", "report-request"
"""The form that leads to the reports that there are, and the one that asks for one more."""

ERA, EOB, BUNDLE = "era", "eob", "bundle"
"""Documents: the 835, the explanation of benefits, and both (or those of several payments) in one."""

DOCUMENTS = (ERA, EOB, BUNDLE)

PAYMENT_REQUIRED = ("trace", "amount", "paid_on")
"""Columns that the list of payments must have."""

PAYMENT_COLUMNS = (*PAYMENT_REQUIRED, "method", "provider_npi", "provider_tin", *DOCUMENTS)
"""Columns of the list of payments. A column of a document's name that is blank, or whose code is `none` or `archived`,
says that this row offers none."""

ARCHIVE_REQUIRED = ("trace",)
"""Columns that the archive must have: it is looked through for the documents of payments on the list, not for more."""

PAYMENT_PAGE_REQUIRED = ("trace", "amount")
PAYMENT_FIELDS = ("trace", "amount", "paid_on", "method", "provider_npi", "provider_tin")
"""Fields of one payment's page."""

REPORT_REQUIRED = ("paid_from", "paid_to", "state")
REPORT_COLUMNS = (*REPORT_REQUIRED, "ready_at", "reference", BUNDLE)
"""Columns of the list of reports. `reference` is the report's own number, by which its row is found again."""
