"""The pages of this part, and what each takes."""

from console.access import Page
from console.rights import Right
from console.sign_in import own_views, views

PAGES = (
    Page("sign-in/", "sign-in", views.sign_in, public=True),
    Page("sign-out/", "sign-out", views.sign_out, post=Right.SIGNED_IN, first=True),
    Page("account/", "own-account", own_views.show, get=Right.SIGNED_IN),
    Page(
        "account/password/",
        "own-password",
        own_views.change_password,
        get=Right.SIGNED_IN,
        post=Right.SIGNED_IN,
        first=True,
    ),
    Page(
        "account/authenticator/",
        "own-authenticator",
        own_views.set_up_authenticator,
        get=Right.SIGNED_IN,
        post=Right.SIGNED_IN,
        first=True,
    ),
    Page("account/practice/", "own-practice", own_views.choose_practice, post=Right.SIGNED_IN),
    Page("account/everywhere/", "own-everywhere", own_views.sign_out_everywhere, post=Right.SIGNED_IN),
)
