"""The pages of one case: what is known of it, its evidence, and everything that may be done with it."""

from console.access import Page
from console.exceptions import views_case, views_case_acts, views_case_answers
from console.rights import Right

_CASE = "exceptions/<int:case_id>/"

_ANYBODYS = {
    "take": views_case_acts.take,
    "release": views_case_acts.release,
    "comment": views_case_acts.comment,
    "assign": views_case_acts.assign,
    "snooze": views_case_acts.snooze,
    "bring-back": views_case_acts.bring_back,
    "send": views_case_acts.send,
    "close": views_case_acts.close,
    "reopen": views_case_acts.reopen,
}
"""Also done with what befell a portal, by those who may; each act looks whether they do (`console.exceptions.may`)."""

_OF_PATIENTS = {
    "pick": views_case_answers.pick,
    "correct": views_case_answers.correct,
    "answer": views_case_answers.answer,
    "again": views_case_answers.again,
    "portal-wrong": views_case_answers.portal_wrong,
}

_OF_TEXTS = {
    "meaning": views_case_answers.propose,
    "meaning-confirm": views_case_answers.confirm,
    "meaning-refuse": views_case_answers.refuse,
    "meaning-write": views_case_answers.write,
}

PAGES_OF_A_CASE = (
    Page(_CASE, "case", views_case.show, get=Right.SEE_INCIDENTS),
    Page(f"{_CASE}picture/<int:number>/", "case-picture", views_case.picture, get=Right.SEE_PATIENTS),
    *(Page(f"{_CASE}{act}/", f"case-{act}", view, post=Right.SEE_INCIDENTS) for act, view in _ANYBODYS.items()),
    *(Page(f"{_CASE}{act}/", f"case-{act}", view, post=Right.WORK_CASES) for act, view in _OF_PATIENTS.items()),
    *(Page(f"{_CASE}{act}/", f"case-{act}", view, post=Right.CONFIRM_TEXTS) for act, view in _OF_TEXTS.items()),
)
