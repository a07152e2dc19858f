"""Outlines for maps: public, the same bytes until the directory changes, invented ones marked as such."""

import gzip
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from linli.directory import actions as directory
from linli.site.headers import content_policy
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, TOWN, Place


@pytest.fixture
def outlined(place: Place, plain_site: None) -> Place:
    del plain_site
    directory.invent_boundaries(DISTRICT, now=place.now)
    return place


def areas(code: str, **headers: str) -> HttpResponse:
    return Client().get(f"/map/areas/{code}.geojson", headers=headers)


def drawn(code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(areas(code).content)
    return found


def test_a_district_is_drawn_with_its_towns_and_communities_and_says_what_is_invented(outlined: Place) -> None:
    del outlined
    found = drawn(DISTRICT)
    properties = [feature["properties"] for feature in found["features"]]
    assert properties[0]["kind"] == "district"
    assert {p["kind"] for p in properties} == {"district", "town", "community"}
    assert {"code": COMMUNITY, "kind": "community", "name": "甲社区", "invented": True} in properties
    west, south, east, north = found["bbox"]
    assert 105 < west < east < 108
    assert 28 < south < north < 31


def test_a_town_is_drawn_with_its_communities_and_grids_and_nothing_of_another_town(outlined: Place) -> None:
    del outlined
    codes = {f["properties"]["code"] for f in drawn(TOWN)["features"]}
    kinds = {f["properties"]["kind"] for f in drawn(TOWN)["features"]}
    assert COMMUNITY in codes
    assert FAR not in codes
    assert "district" not in kinds


def test_it_answers_not_modified_until_the_directory_changes(outlined: Place) -> None:
    first = areas(DISTRICT)
    assert first.headers["Content-Type"] == "application/geo+json"
    assert "max-age" in first.headers["Cache-Control"]
    assert areas(DISTRICT, if_none_match=first.headers["ETag"]).status_code == 304
    directory.invent_boundaries(DISTRICT, now=outlined.later(), seed=7)
    again = areas(DISTRICT, if_none_match=first.headers["ETag"])
    assert again.status_code == 200
    assert again.content != first.content


def test_it_is_sent_compressed(outlined: Place) -> None:
    del outlined
    answer = areas(DISTRICT, accept_encoding="gzip")
    assert json.loads(gzip.decompress(answer.content))["type"] == "FeatureCollection"
    assert areas(DISTRICT, accept_encoding="gzip", if_none_match=answer.headers["ETag"]).status_code == 304


def test_without_outlines_it_is_an_empty_map_and_what_is_not_here_is_not_found(place: Place, plain_site: None) -> None:
    del place, plain_site
    assert drawn(DISTRICT) == {"type": "FeatureCollection", "features": []}
    for code in ("999999", "500118999", "x"):
        assert areas(code).status_code == 404


def test_a_base_map_may_bring_pictures_and_data_but_no_code() -> None:
    plain, based = content_policy(()), content_policy(("https://tiles.example",))
    assert "https:" not in plain
    allowed = {part.split()[0] for part in based.split("; ") if "https://tiles.example" in part}
    assert allowed == {"img-src", "connect-src"}
