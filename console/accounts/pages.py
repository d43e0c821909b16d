"""The pages of this part, and what each takes."""

from console.access import Page
from console.accounts import views
from console.rights import Right

_SEE, _MANAGE = Right.SEE_ACCOUNTS, Right.MANAGE_ACCOUNTS

PAGES = (
    Page("accounts/", "accounts", views.show, get=_SEE),
    Page("accounts/review/", "accounts-review", views.review, get=_SEE),
    Page("accounts/new/", "account-new", views.add, get=_MANAGE, post=_MANAGE),
    Page("accounts/<int:account>/", "account", views.show_one, get=_SEE),
    Page("accounts/<int:account>/role/", "account-role", views.change_role, post=_MANAGE),
    Page("accounts/<int:account>/unlock/", "account-unlock", views.unlock, post=_MANAGE),
    Page("accounts/<int:account>/password/", "account-password", views.new_password, post=_MANAGE),
    Page("accounts/<int:account>/authenticator/", "account-authenticator", views.reset_authenticator, post=_MANAGE),
    Page("accounts/<int:account>/out/", "account-out", views.shut_out, get=_MANAGE, post=_MANAGE),
)
