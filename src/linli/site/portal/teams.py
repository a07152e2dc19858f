"""Who answers for my grid: a resident names the place, and sees the units there with their duty lines.

Units and their lines only, never a person's number. What is chosen stands in the address no finer than a community.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linli.catalogue import queries as catalogue
from linli.core.territory import Area, AreaKind
from linli.directory import queries as directory
from linli.directory.queries import UnitInfo
from linli.intake.report import PLACE_LIMIT
from linli.site import naming
from linli.site.maps import shown as maps
from linli.site.naming import Names
from linli.site.portal import places
from linli.site.portal.frame import portal_page

LEVELS = (AreaKind.TOWN, AreaKind.COMMUNITY)
FIRST = ("grid_team", "community_station", "command_centre", "town_service_hall")
"""Units that residents turn to first; the others follow by name."""


UNKNOWN = gettext_lazy("No town or community of that name is known here. Choose one from the list below.")


class PlaceForm(forms.Form):
    """A town or community in words, or a pin."""

    where = forms.CharField(
        label=gettext_lazy("Town or community"),
        max_length=PLACE_LIMIT,
        required=False,
        help_text=gettext_lazy("Start typing the name, then choose. Or use the map or your position."),
        widget=forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}),
    )
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@portal_page
def find(request: HttpRequest, district: str) -> HttpResponse:
    """Asks for the place. The pin comes in the body and is not kept."""
    names = _names(district)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    candidates: tuple[str, ...] = ()
    if form.is_bound and form.is_valid():
        found = places.resolve(form.cleaned_data["where"], names.policy, names, district)
        area = found.area or (None if found.candidates else _held(form.cleaned_data, district))
        if area is not None:
            return redirect(_address(names, area))
        candidates = found.candidates
        if not candidates:
            form.add_error("where", UNKNOWN)
    shown = {
        "form": form,
        "candidates": [(names.path(code), _address(names, code)) for code in candidates],
        "areas": places.offered(names.policy, names, district),
        "towns": [(names.area(a.code), _address(names, a.code)) for a in _inside(names, district, AreaKind.TOWN)],
        "map": maps.shown(district),
        "locate_url": reverse("map-place", args=[district]),
        **_frame(names),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "portal/find_team.html", shown, status=status)


@require_GET
@portal_page
def team(request: HttpRequest, district: str, area: str) -> HttpResponse:
    """A town or community with its units and their duty lines."""
    names = _names(district)
    place = names.policy.territory.areas.get(area)
    if place is None or place.kind not in LEVELS or not names.policy.territory.is_under(area, district):
        raise Http404
    town = names.policy.territory.ancestor(area, AreaKind.TOWN)
    is_community = place.kind is AreaKind.COMMUNITY
    below = AreaKind.GRID if is_community else AreaKind.COMMUNITY
    shown = {
        "name": names.path(area),
        "is_community": is_community,
        "inside": [
            (_anchor(a.code), names.area(a.code), names.areas[a.code], "" if is_community else _address(names, a.code))
            for a in _inside(names, area, below)
        ],
        "units": _units(names, area),
        "town": names.area(town.code) if town and is_community else "",
        "town_units": _units(names, town.code) if town and is_community else (),
        **_frame(names),
    }
    return render(request, "portal/team.html", shown)


def _names(district: str) -> Names:
    if all(known.code != district for known in directory.districts()):
        raise Http404
    return Names(district, catalogue.policy(district), naming.language())


def _frame(names: Names) -> dict[str, Any]:
    district = directory.district(names.district)
    return {
        "district": naming.district_name(district),
        "district_code": names.district,
        "invented": naming.invented(names.district),
    }


def _held(point: Mapping[str, Any], district: str) -> str | None:
    """The deepest area that holds the pin, if one was set."""
    if point.get("lon") is None or point.get("lat") is None:
        return None
    found = directory.locate(point["lon"], point["lat"], district)
    return next((f.area for f in found if f.metres == 0 and f.kind.depth >= AreaKind.TOWN.depth), None)


def _address(names: Names, area: str) -> str:
    """The page of a town or community; a grid is a place on its community's page, which no server is told."""
    territory = names.policy.territory
    page = territory.ancestor(area, AreaKind.COMMUNITY) or territory.ancestor(area, AreaKind.TOWN)
    assert page is not None
    address = reverse("team", args=[names.district, page.code])
    return address if page.code == area else f"{address}#{_anchor(area)}"


def _anchor(area: str) -> str:
    return f"area-{area}"


def _inside(names: Names, area: str, kind: AreaKind) -> Iterable[Area]:
    inside = (a for a in names.policy.territory.areas.values() if a.code.startswith(area) and a.kind is kind)
    return sorted((a for a in inside if not a.placeholder), key=lambda a: a.code)


def _units(names: Names, area: str) -> list[tuple[str, UnitInfo]]:
    """Units that serve exactly this area: those that people turn to first, then by name."""
    found = [(names.unit(unit.id), unit) for unit in names.units.values() if unit.area == area]
    rank = {unit_type: place for place, unit_type in enumerate(FIRST)}
    return sorted(found, key=lambda each: (rank.get(each[1].type, len(FIRST)), each[0]))
