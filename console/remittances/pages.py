"""The pages of this part, and what each takes."""

from console.access import Page
from console.remittances import views
from console.rights import Right

PAGES = (
    Page("remittances/", "remittances", views.show, get=Right.SEE_MONEY),
    Page("remittances/find/", "remittances-find", views.find, post=Right.SEE_MONEY),
    Page("remittances/missing/", "remittances-missing", views.lacking, get=Right.SEE_MONEY, post=Right.SEE_MONEY),
    Page("remittances/<int:payment>/", "remittance", views.one, get=Right.SEE_MONEY),
    Page(
        "remittances/<int:payment>/document/<int:document>/",
        "remittance-document",
        views.document,
        get=Right.SEE_MONEY,
    ),
)
