"""The pages of this part, and what each takes."""

from console.access import Page
from console.audit import views, views_emergency, views_week
from console.rights import Right

PAGES = (
    Page("audit/", "audit", views.show, get=Right.SEE_AUDIT),
    Page("audit/patient/", "audit-patient", views.of_patient, post=Right.SEE_AUDIT),
    Page("audit/file/", "audit-file", views.file, post=Right.SEE_AUDIT),
    Page("audit/verify/", "audit-verify", views.verify, post=Right.SEE_AUDIT),
    Page("audit/week/<str:monday>/", "audit-week", views_week.show, get=Right.SEE_AUDIT, post=Right.SEE_AUDIT),
    Page(
        "audit/emergency/<int:emergency>/",
        "audit-emergency",
        views_emergency.show,
        get=Right.SEE_AUDIT,
        post=Right.SEE_AUDIT,
    ),
)
