"""Addresses of the portal."""

from django.urls import path

from linli.site.portal import hints, teams, views

urlpatterns = [
    path("", views.home, name="home"),
    path("report/<str:district>/", views.report, name="report"),
    path("report/<str:district>/hints/", hints.hints, name="report-hints"),
    path("team/<str:district>/", teams.find, name="find-team"),
    path("team/<str:district>/<str:area>/", teams.team, name="team"),
    path("follow/", views.follow, name="follow"),
    path("case/", views.my_case, name="my-case"),
    path("case/act/<slug:action>/", views.my_act, name="my-act"),
    path("case/leave/", views.leave, name="leave"),
]
