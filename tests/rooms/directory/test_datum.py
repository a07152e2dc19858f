"""Conversion between WGS 84, GCJ-02 and BD-09."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from linli.directory.datum import Datum, from_wgs84, geometry_to_wgs84, point_to_wgs84, to_wgs84

METRES_A_DEGREE = 111_320


@given(
    st.floats(min_value=73.5, max_value=135.0),
    st.floats(min_value=18.0, max_value=53.5),
    st.sampled_from(list(Datum)),
)
def test_there_and_back_is_less_than_a_metre_off(longitude: float, latitude: float, datum: Datum) -> None:
    point = np.array([[longitude, latitude]])
    back = to_wgs84(from_wgs84(point, datum), datum)
    assert np.abs(back - point).max() * METRES_A_DEGREE < 1.0


@given(st.floats(min_value=105.0, max_value=110.5), st.floats(min_value=28.0, max_value=32.5))
def test_the_shift_in_chongqing_is_some_hundred_metres(longitude: float, latitude: float) -> None:
    shift = np.abs(from_wgs84(np.array([[longitude, latitude]]), Datum.GCJ02) - [[longitude, latitude]])
    assert 100 < shift.max() * METRES_A_DEGREE < 1000


@pytest.mark.parametrize(
    ("datum", "longitude", "latitude"),
    [(Datum.GCJ02, 116.41024449916938, 39.91640428150164), (Datum.BD09, 116.41662724378733, 39.92269877344871)],
)
def test_published_points_of_tiananmen_come_out(datum: Datum, longitude: float, latitude: float) -> None:
    assert point_to_wgs84(longitude, latitude, datum) == pytest.approx((116.404, 39.915), abs=1e-5)


def test_outside_china_nothing_is_moved() -> None:
    assert point_to_wgs84(2.2945, 48.8584, Datum.GCJ02) == (2.2945, 48.8584)


def test_every_vertex_of_a_shape_is_moved() -> None:
    shape = Polygon([(106.0, 29.0), (106.1, 29.0), (106.1, 29.1)])
    moved = geometry_to_wgs84(shape, Datum.GCJ02)
    for before, after in zip(shape.exterior.coords, moved.exterior.coords, strict=True):
        assert after == pytest.approx(point_to_wgs84(*before, Datum.GCJ02))
