"""The pages of this part, and what each takes."""

from console.access import Page
from console.claims import acts, search, views, work
from console.rights import Right

_SEE, _WORK = Right.SEE_PATIENTS, Right.WORK_CASES

PAGES = (
    Page("claims/", "claims", search.show, get=_SEE, post=_SEE),
    Page("claims/found/<str:found_id>/", "claims-found", search.found, get=_SEE),
    Page("claims/<int:claim_id>/", "claim", views.claim, get=_SEE),
    Page("claims/<int:claim_id>/ask/", "claim-ask", acts.ask_claim, post=_WORK),
    Page("claims/<int:claim_id>/hold/", "claim-hold", acts.hold, post=_WORK),
    Page("claims/<int:claim_id>/release/", "claim-release", acts.release, post=_WORK),
    Page("claims/visit/<int:appointment_id>/", "visit", views.visit, get=_SEE),
    Page("claims/visit/<int:appointment_id>/ask/", "visit-ask", acts.ask_visit, post=_WORK),
    Page("claims/patient/<int:patient_id>/", "patient", views.patient, get=_SEE),
    Page("claims/work/", "work", work.show, get=_SEE),
    Page("claims/work/<int:number>/", "task", work.task, get=_SEE),
    Page("claims/work/<int:number>/take/", "task-take", work.take, post=_WORK),
    Page("claims/work/<int:number>/assign/", "task-assign", work.assign, post=_WORK),
    Page("claims/work/<int:number>/close/", "task-close", work.close, post=_WORK),
)
