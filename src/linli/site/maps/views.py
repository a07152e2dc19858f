"""What maps ask for. Outlines and names are public; nothing here knows a case or a person."""

import json
import math
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET, require_POST

from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.directory.queries import Outlined, PerVersion, PointVerdict
from linli.site import naming

DISTRICT_DIGITS = 6
KEPT_SECONDS = 300
_NAMED = (AreaKind.TOWN, AreaKind.COMMUNITY, AreaKind.GRID)
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


@require_POST
@never_cache
def place(request: HttpRequest, district: str) -> HttpResponse:
    """Which community a pin lies in, in words, before anything is sent. The pin comes in the body: no log keeps it."""
    if _district_of(district) is None:
        raise Http404
    try:
        point = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError:
        point = (math.nan, math.nan)
    if not all(map(math.isfinite, point)):
        return JsonResponse({"inside": False, "said": _("That is no place.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    verdict, _lies_in = directory.judge_point(*point, district)
    found = next((f for f in directory.locate(*point, district) if f.metres == 0 and f.kind in _NAMED), None)
    if verdict not in (PointVerdict.INSIDE, PointVerdict.NO_BOUNDARY):
        said = _("This place lies outside the district. Choose one inside it, or say in words where it is.")
        return JsonResponse({"inside": False, "said": said})
    if found is None:
        said = _("No outlines are known here. Please also say in words which community it is.")
        return JsonResponse({"inside": True, "said": said})
    where = naming.path(district, found.area)
    said = _("The pin lies in: %(where)s") % {"where": where}
    if found.invented:
        said += " " + _("(invented outline)")
    return JsonResponse({"inside": True, "area": found.area, "where": where, "said": said})


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
