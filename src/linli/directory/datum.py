"""Coordinates between WGS 84 (inside), GCJ-02 (Chinese map services) and BD-09 (Baidu): converted at the border.

GCJ-02 is an undocumented offset; the polynomial used here is the one published in 2010-13 by several open-source
projects (eviltransform and others) and good to about a metre. Its inverse is found by iteration to below a
millimetre. Outside China both are the identity, as in the map services themselves.
"""

from collections.abc import Callable
from enum import StrEnum
from math import pi
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_A = 6378245.0
_EE = 0.00669342162296594323
_X_PI = pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ROUNDS = 8


class Datum(StrEnum):
    """What the numbers of a coordinate mean."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(coordinates: Floats, datum: Datum) -> Floats:
    """Converts an array of (longitude, latitude) in degrees, shape (n, 2)."""
    if datum is Datum.WGS84:
        return coordinates
    gcj = _inverse(coordinates, _gcj_to_bd) if datum is Datum.BD09 else coordinates
    return _inverse(gcj, _wgs_to_gcj)


def from_wgs84(coordinates: Floats, datum: Datum) -> Floats:
    """The opposite of :func:`to_wgs84`, for map services that want their own datum."""
    if datum is Datum.WGS84:
        return coordinates
    gcj = _wgs_to_gcj(coordinates)
    return _gcj_to_bd(gcj) if datum is Datum.BD09 else gcj


def point_to_wgs84(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """One point, in degrees."""
    made = to_wgs84(np.array([[longitude, latitude]], dtype=np.float64), datum)
    return float(made[0, 0]), float(made[0, 1])


def geometry_to_wgs84(geometry: Any, datum: Datum) -> Any:
    """A shapely geometry with every vertex converted."""
    return shapely.transform(geometry, lambda coordinates: to_wgs84(coordinates, datum))


def _inverse(target: Floats, forward: Callable[[Floats], Floats]) -> Floats:
    guess = target.copy()
    for _ in range(_ROUNDS):
        guess = guess - (forward(guess) - target)
    return guess


def _wgs_to_gcj(points: Floats) -> Floats:
    lon, lat = points[:, 0], points[:, 1]
    west, south, east, north = _CHINA
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    radians = np.radians(lat)
    magic = 1 - _EE * np.sin(radians) ** 2
    d_lat = _d_lat(lon - 105.0, lat - 35.0) * 180.0 / ((_A * (1 - _EE)) / (magic * np.sqrt(magic)) * pi)
    d_lon = _d_lon(lon - 105.0, lat - 35.0) * 180.0 / (_A / np.sqrt(magic) * np.cos(radians) * pi)
    return np.column_stack((lon + np.where(inside, d_lon, 0.0), lat + np.where(inside, d_lat, 0.0)))


def _d_lat(x: Floats, y: Floats) -> Floats:
    made = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + _ripple(x)
    made += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    made += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    return made


def _d_lon(x: Floats, y: Floats) -> Floats:
    made = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + _ripple(x)
    made += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    made += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    return made


def _ripple(x: Floats) -> Floats:
    return (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0


def _gcj_to_bd(points: Floats) -> Floats:
    lon, lat = points[:, 0], points[:, 1]
    radius = np.sqrt(lon**2 + lat**2) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))
