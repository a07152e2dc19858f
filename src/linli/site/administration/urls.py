"""Addresses of the administration."""

from django.urls import path

from linli.site.administration import procedures

urlpatterns = [
    path("procedures/", procedures.index, name="desk-procedures"),
    path("procedures/<slug:name>/<int:version>/", procedures.procedure, name="desk-procedure"),
]
