"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import catalogue, imports, procedures, sections

urlpatterns = [
    path("", sections.index, name="desk-administration"),
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
    path("catalogue/", catalogue.index, name="desk-catalogue"),
    path("catalogue/matter/<slug:code>/", catalogue.matter, name="desk-matter"),
    path("catalogue/history/", catalogue.history, name="desk-catalogue-history"),
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
