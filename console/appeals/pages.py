"""The pages of this part, and what each takes."""

from console.access import Page
from console.appeals import acts, drafts, lists, views
from console.rights import Right

_SEE, _DRAFT, _APPROVE = Right.SEE_PATIENTS, Right.DRAFT_APPEALS, Right.APPROVE_APPEALS

PAGES = (
    Page("appeals/", "appeals", lists.show, get=_SEE),
    Page("appeals/next/", "appeals-next", views.show_next, get=_APPROVE),
    Page("appeals/draft/<int:claim_id>/", "appeal-draft", drafts.draft, get=_DRAFT, post=_DRAFT),
    Page("appeals/<int:number>/", "appeal", views.show, get=_SEE),
    Page("appeals/<int:number>/change/", "appeal-change", drafts.change, get=_DRAFT, post=_DRAFT),
    Page("appeals/<int:number>/attach/", "appeal-attach", acts.attach, post=_DRAFT),
    Page("appeals/<int:number>/detach/", "appeal-detach", acts.detach, post=_DRAFT),
    Page("appeals/<int:number>/approve/", "appeal-approve", acts.approve, post=_APPROVE),
    Page("appeals/<int:number>/withdraw/", "appeal-withdraw", acts.withdraw, post=_DRAFT),
    Page("appeals/<int:number>/settle/", "appeal-settle", acts.settle, post=_DRAFT),
    Page("appeals/<int:number>/documents/<int:place>/", "appeal-document", views.document, get=_SEE),
)
