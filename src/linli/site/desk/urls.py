"""Addresses of the desk."""

from django.urls import path

from linli.site.desk import (
    answers,
    beside,
    board_views,
    bulk_views,
    calls,
    leader_views,
    notes,
    places,
    saved,
    views,
    visits,
)
from linli.site.live import views as live

urlpatterns = [
    path("", views.work_list, name="desk"),
    path("board/", board_views.board, name="desk-board"),
    path("board/<slug:area>/numbers.json", board_views.numbers, name="desk-board-numbers"),
    path("leader/", leader_views.desk, name="desk-leader"),
    path("leader/cases/", leader_views.behind, name="desk-leader-cases"),
    path("visits/", visits.index, name="desk-visits"),
    path("visits/new/", visits.new, name="desk-visit-new"),
    path("visits/<uuid:visit>/", visits.visit, name="desk-visit"),
    path("visits/<uuid:visit>/<uuid:follow_up>/done/", visits.settle, name="desk-visit-settle"),
    path("bulk/", bulk_views.choose, name="desk-bulk"),
    path("bulk/<slug:action>/", bulk_views.act, name="desk-bulk-act"),
    path("search/", views.search, name="desk-search"),
    path("live/", live.changes, name="desk-live"),
    path("live/token/", live.renewed, name="desk-live-token"),
    path("case/<uuid:case>/", views.case, name="desk-case"),
    path("case/<uuid:case>/beside/<uuid:other>/", beside.beside, name="desk-beside"),
    path("case/<uuid:case>/act/<slug:action>/", views.act, name="desk-act"),
    path("case/<uuid:case>/note/", notes.note, name="desk-note"),
    path("case/<uuid:case>/mention/done/", notes.settle, name="desk-mention-done"),
    path("answers/", answers.index, name="desk-answers"),
    path("answers/new/", answers.write, name="desk-answer-new"),
    path("answers/<uuid:answer>/", answers.write, name="desk-answer"),
    path("answers/<uuid:answer>/remove/", answers.remove, name="desk-answer-remove"),
    path("saved/", saved.index, name="desk-saved"),
    path("saved/<uuid:saved>/", saved.change, name="desk-saved-change"),
    path("calls/", calls.index, name="desk-calls"),
    path("calls/<uuid:call>/", calls.call, name="desk-call"),
    path("calls/<uuid:call>/end/", calls.end, name="desk-call-end"),
    path("places/", places.places, name="desk-places"),
    path("mentions/", notes.mentions, name="desk-mentions"),
    path("case/<uuid:case>/item/<uuid:item>/", views.reveal, name="desk-reveal"),
]
