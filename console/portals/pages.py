"""The pages of this part, and what each takes."""

from console.access import Page
from console.portals import views
from console.rights import Right

PAGES = (Page("portals/", "portals", views.show, get=Right.SEE_NIGHT),)
