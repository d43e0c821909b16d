"""The pages of this part, and what each takes."""

from console.access import Page
from console.exceptions import views_bulk, views_list
from console.exceptions.pages_case import PAGES_OF_A_CASE
from console.rights import Right

PAGES = (
    Page("exceptions/", "exceptions", views_list.show, get=Right.SEE_INCIDENTS),
    Page(
        "exceptions/bulk/",
        "exceptions-bulk",
        views_bulk.choose_or_act,
        get=Right.SEE_INCIDENTS,
        post=Right.SEE_INCIDENTS,
    ),
    Page("exceptions/done/", "exceptions-done", views_bulk.done, get=Right.SEE_INCIDENTS),
    *PAGES_OF_A_CASE,
)
