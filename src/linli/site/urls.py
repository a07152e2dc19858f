"""Every address of the site."""

from django.urls import URLPattern, URLResolver, path

from linli.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
]
