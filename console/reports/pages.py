"""The pages of this part, and what each takes."""

from console.access import Page
from console.reports import views
from console.rights import Right

PAGES = (
    Page("reports/", "reports", views.every, get=Right.SEE_REPORTS),
    Page("reports/<str:report>/", "report", views.show, get=Right.SEE_REPORTS),
    Page("reports/<str:report>/make/", "report-make", views.make_anew, post=Right.SEE_REPORTS),
    Page("reports/<str:report>/state/", "report-state", views.state, get=Right.SEE_REPORTS, live=True),
    Page("reports/made/<int:made>/", "report-made", views.made, get=Right.SEE_REPORTS),
    Page("reports/made/<int:made>/<int:table>.csv", "report-csv", views.as_file, get=Right.SEE_REPORTS),
)
