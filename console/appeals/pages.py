"""The pages of this part, and what each takes."""

from console.access import Page
from console.appeals import views
from console.rights import Right

PAGES = (Page("appeals/", "appeals", views.show, get=Right.SEE_PATIENTS),)
