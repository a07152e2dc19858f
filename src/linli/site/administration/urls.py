"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import catalogue, people, posts, procedures, rosters, sections, units

urlpatterns = [
    path("", sections.index, name="desk-administration"),
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
    path("catalogue/", catalogue.index, name="desk-catalogue"),
    path("catalogue/matter/<slug:code>/", catalogue.matter, name="desk-matter"),
    path("catalogue/history/", catalogue.history, name="desk-catalogue-history"),
    path("catalogue/history/<int:older>/<int:newer>/", catalogue.changes, name="desk-catalogue-changes"),
    path("units/", units.index, name="desk-units"),
    path("units/new/", units.new, name="desk-unit-new"),
    path("units/<str:unit>/", units.unit, name="desk-unit"),
    path("units/<str:unit>/change/", units.change, name="desk-unit-change"),
    path("units/<str:unit>/close/", units.close, name="desk-unit-close"),
    path("units/<str:unit>/open/", units.reopen, name="desk-unit-open"),
    path("units/<str:unit>/posts/new/", posts.new, name="desk-post-new"),
    path("units/<str:unit>/roster/", rosters.roster, name="desk-roster"),
    path("units/<str:unit>/roster/copy/", rosters.copy, name="desk-roster-copy"),
    path("units/<str:unit>/roster/<uuid:duty>/remove/", rosters.remove, name="desk-duty-remove"),
    path("posts/<str:post>/", posts.post, name="desk-post"),
    path("people/", people.index, name="desk-people"),
    path("people/new/", people.new, name="desk-person-new"),
    path("people/<uuid:person>/", people.person, name="desk-person"),
    path("people/<uuid:person>/give/", people.give, name="desk-person-give"),
    path("people/<uuid:person>/away/", people.away, name="desk-person-away"),
    path("people/<uuid:person>/away/<uuid:absence>/end/", people.back, name="desk-person-back"),
    path("people/<uuid:person>/account/", people.account, name="desk-person-account"),
    path("people/<uuid:person>/holdings/<uuid:holding>/end/", people.end, name="desk-person-end"),
]
