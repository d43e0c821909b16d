"""The pages of this part, and what each takes."""

from console.access import Page
from console.claims import views
from console.rights import Right

PAGES = (Page("claims/", "claims", views.show, get=Right.SEE_PATIENTS),)
