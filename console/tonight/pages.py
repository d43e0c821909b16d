"""The pages of this part, and what each takes."""

from console.access import Page
from console.rights import Right
from console.tonight import codes, controls, live, questions, views

_RUN = Right.RUN_NIGHT

PAGES = (
    Page("", "tonight", views.show, get=Right.SEE_NIGHT),
    Page("night/live/", "night-live", live.events, get=Right.SEE_NIGHT, live=True),
    Page("night/pause/", "night-pause", controls.pause_everything, get=_RUN, post=_RUN),
    Page("night/resume/", "night-resume", controls.resume_everything, get=_RUN, post=_RUN),
    Page("night/stop/", "night-stop", controls.stop_sign_ins, get=_RUN, post=_RUN),
    Page("night/pause/<str:portal>/", "portal-pause", controls.pause_portal, get=_RUN, post=_RUN),
    Page("night/resume/<str:portal>/", "portal-resume", controls.resume_portal, get=_RUN, post=_RUN),
    Page("night/freeze/<str:portal>/<str:flow>/", "job-freeze", controls.freeze_job, get=_RUN, post=_RUN),
    Page("night/unfreeze/<str:portal>/<str:flow>/", "job-unfreeze", controls.unfreeze_job, get=_RUN, post=_RUN),
    Page("night/rate/<str:portal>/<str:flow>/", "job-rate", controls.lower_rate, get=_RUN, post=_RUN),
    Page("night/end-session/<int:lane>/", "session-end", controls.end_session, get=_RUN, post=_RUN),
    Page("night/questions/<str:portal>/<str:flow>/", "night-questions", questions.show, get=_RUN),
    Page("night/question/<int:question>/leave-out/", "question-skip", questions.skip, get=_RUN, post=_RUN),
    Page("night/question/<int:question>/first/", "question-first", questions.ask_first, get=_RUN, post=_RUN),
    Page("night/code/<int:code_request>/", "code", codes.give, get=Right.GIVE_CODES, post=Right.GIVE_CODES),
)
