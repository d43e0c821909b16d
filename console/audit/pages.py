"""The pages of this part, and what each takes."""

from console.access import Page
from console.audit import views
from console.rights import Right

PAGES = (Page("audit/", "audit", views.show, get=Right.SEE_AUDIT),)
