"""The pages of this part, and what each takes."""

from console.access import Page
from console.rights import Right
from console.tonight import views

PAGES = (Page("", "tonight", views.show, get=Right.SEE_NIGHT),)
