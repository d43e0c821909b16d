"""The pages of this part, and what each takes."""

from console.access import Page
from console.emergency import views
from console.rights import Right

_MAY = Right.BREAK_GLASS

PAGES = (
    Page("emergency/", "emergency", views.ask, get=_MAY, post=_MAY),
    Page("emergency/<int:emergency>/", "emergency-look", views.look, get=_MAY),
    Page("emergency/<int:emergency>/end/", "emergency-end", views.end, post=_MAY),
)
