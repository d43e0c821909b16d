"""The pages of this part, and what each takes."""

from console.access import Page
from console.rights import Right
from console.sign_in import views

PAGES = (
    Page("sign-in/", "sign-in", views.sign_in, public=True),
    Page("sign-out/", "sign-out", views.sign_out, post=Right.SIGNED_IN),
)
