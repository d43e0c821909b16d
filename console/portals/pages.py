"""The pages of this part, and what each takes."""

from console.access import Page
from console.portals import sign_ins, terms, views
from console.rights import Right

_CLEAR = Right.CLEAR_SIGN_INS

PAGES = (
    Page("portals/", "portals", views.show, get=Right.SEE_NIGHT),
    Page("portals/<str:portal>/", "portal", views.show_portal, get=Right.SEE_NIGHT),
    Page("portals/<str:portal>/sign-in/<str:alias>/clear/", "sign-in-clear", sign_ins.clear, get=_CLEAR, post=_CLEAR),
    Page("portals/<str:portal>/terms/", "terms", terms.show, get=Right.SEE_NIGHT, post=_CLEAR),
)
