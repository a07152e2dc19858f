"""Addresses that maps ask."""

from django.urls import path

from linli.site.maps import views

urlpatterns = [
    path("<str:district>/place/", views.place, name="map-place"),
    path("areas/<str:area>.geojson", views.areas, name="map-areas"),
]
