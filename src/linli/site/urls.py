"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from linli.site.api import api
from linli.site.gallery import components

handler400 = "linli.site.bodies.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.site.portal.urls")),
    path("map/", include("linli.site.maps.urls")),
    path("desk/admin/", include("linli.site.administration.urls")),
    path("desk/", include("linli.site.desk.urls")),
    path("components/", components, name="components"),
    path("account/", include("linli.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]
