"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import catalogue, drafting, imports, lists, procedures, sections

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
    path("imports/", imports.index, name="desk-imports"),
    path("imports/new/<slug:kind>/", imports.upload, name="desk-import-new"),
    path("imports/mappings/", imports.keep, name="desk-import-mappings"),
    path("imports/mappings/<uuid:mapping_id>/", imports.saved, name="desk-import-saved"),
    path("imports/mappings/<uuid:mapping_id>/remove/", imports.drop, name="desk-import-drop"),
    path("imports/<uuid:job>/", imports.job, name="desk-import"),
    path("imports/<uuid:job>/columns/", imports.remap, name="desk-import-remap"),
    path("imports/<uuid:job>/run/", imports.run, name="desk-import-run"),
    path("imports/<uuid:job>/cancel/", imports.cancel, name="desk-import-cancel"),
    path("imports/<uuid:job>/errors/", imports.errors, name="desk-import-errors"),
    path("imports/<uuid:job>/mapping/", imports.job_mapping, name="desk-import-mapping"),
]
