"""The pages of this part, and what each takes."""

from console.access import Page
from console.exceptions import views
from console.rights import Right

PAGES = (Page("exceptions/", "exceptions", views.show, get=Right.SEE_INCIDENTS),)
