"""The pages of this part, and what each takes."""

from console.access import Page
from console.accounts import views
from console.rights import Right

PAGES = (Page("accounts/", "accounts", views.show, get=Right.SEE_ACCOUNTS),)
