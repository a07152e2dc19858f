"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import catalogue, drafting, lists, procedures, sections

urlpatterns = [
    path("", sections.index, name="desk-administration"),
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
    path("catalogue/", catalogue.index, name="desk-catalogue"),
    path("catalogue/matter/<slug:code>/", catalogue.matter, name="desk-matter"),
    path("catalogue/draft/", drafting.index, name="desk-draft"),
    path("catalogue/draft/settle/", drafting.settle, name="desk-draft-settle"),
    path("catalogue/draft/new/", drafting.add, name="desk-draft-new"),
    path("catalogue/draft/matter/<slug:code>/", drafting.edit, name="desk-draft-matter"),
    path("catalogue/draft/matter/<slug:code>/change/", drafting.change, name="desk-draft-change"),
    path("catalogue/lists/", lists.index, name="desk-lists"),
    path("catalogue/lists/<slug:area>/", lists.town, name="desk-lists-town"),
    path("catalogue/lists/<slug:area>/sheet/", lists.sheet, name="desk-lists-sheet"),
    path("catalogue/history/", catalogue.history, name="desk-catalogue-history"),
    path("catalogue/history/<int:publication>/copy/", drafting.copy, name="desk-draft-copy"),
    path("catalogue/history/<int:older>/<int:newer>/", catalogue.changes, name="desk-catalogue-changes"),
]
