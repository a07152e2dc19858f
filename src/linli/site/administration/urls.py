"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import area_plans, area_publishing, areas, catalogue, procedures, sections

urlpatterns = [
    path("", sections.index, name="desk-administration"),
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
    path("catalogue/", catalogue.index, name="desk-catalogue"),
    path("catalogue/matter/<slug:code>/", catalogue.matter, name="desk-matter"),
    path("catalogue/history/", catalogue.history, name="desk-catalogue-history"),
    path("catalogue/history/<int:older>/<int:newer>/", catalogue.changes, name="desk-catalogue-changes"),
    path("areas/", areas.index, name="desk-areas"),
    path("areas/<slug:area>/", areas.area, name="desk-area"),
    path("areas/<slug:area>/grids.geojson", areas.grids, name="desk-area-grids"),
    path("areas/<slug:area>/plan/", areas.begin, name="desk-area-plan-new"),
    path("areas/plan/<uuid:plan>/", area_plans.plan, name="desk-area-plan"),
    path("areas/plan/<uuid:plan>/shapes.geojson", area_plans.shapes, name="desk-area-plan-shapes"),
    path("areas/plan/<uuid:plan>/publish/", area_publishing.publish, name="desk-area-plan-publish"),
]
