"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import catalogue, procedures, sections

urlpatterns = [
    path("", sections.index, name="desk-administration"),
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
    path("catalogue/", catalogue.index, name="desk-catalogue"),
    path("catalogue/matter/<slug:code>/", catalogue.matter, name="desk-matter"),
    path("catalogue/history/", catalogue.history, name="desk-catalogue-history"),
    path("catalogue/history/<int:older>/<int:newer>/", catalogue.changes, name="desk-catalogue-changes"),
]
