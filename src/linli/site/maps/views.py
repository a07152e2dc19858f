"""What maps ask for. Outlines and names are public; nothing here knows a case or a person."""

import json
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from linli.directory import queries as directory
from linli.directory.queries import Outlined, PerVersion

DISTRICT_DIGITS = 6
KEPT_SECONDS = 300
_drawn = PerVersion()


def _etag(request: HttpRequest, area: str) -> str | None:
    del request
    district = _district_of(area)
    return None if district is None else f'"{district.version}-{area}"'


@require_GET
@gzip_page
@cache_control(public=True, max_age=KEPT_SECONDS)
@condition(etag_func=_etag)
def areas(request: HttpRequest, area: str) -> HttpResponse:
    """The outlines of an area and of those in it, as GeoJSON; the same bytes until the directory changes."""
    del request
    district = _district_of(area)
    if district is None or area not in directory.areas(district.code):
        raise Http404
    kept: dict[str, bytes] = _drawn.get(district.code, lambda _number: {})
    if area not in kept:
        kept[area] = _geojson(directory.outlines(area, district.code))
    return HttpResponse(kept[area], content_type="application/geo+json", status=HTTPStatus.OK)


def _district_of(area: str) -> directory.DistrictInfo | None:
    code = area[:DISTRICT_DIGITS]
    return next((known for known in directory.districts() if known.code == code), None)


def _geojson(outlines: tuple[Outlined, ...]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"code": o.area, "kind": o.kind.value, "name": o.name, "invented": o.invented},
            "geometry": o.geometry,
        }
        for o in outlines
    ]
    collection = {"type": "FeatureCollection", "features": features}
    if outlines:
        west, south, east, north = zip(*(o.bounds for o in outlines), strict=True)
        collection["bbox"] = [min(west), min(south), max(east), max(north)]
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
