"""Addresses that maps ask."""

from django.urls import path

from linli.site.maps import views

urlpatterns = [
    path("areas/<str:area>.geojson", views.areas, name="map-areas"),
]
