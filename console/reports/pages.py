"""The pages of this part, and what each takes."""

from console.access import Page
from console.reports import views
from console.rights import Right

PAGES = (Page("reports/", "reports", views.show, get=Right.SEE_REPORTS),)
