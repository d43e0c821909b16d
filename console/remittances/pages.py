"""The pages of this part, and what each takes."""

from console.access import Page
from console.remittances import views
from console.rights import Right

PAGES = (Page("remittances/", "remittances", views.show, get=Right.SEE_MONEY),)
