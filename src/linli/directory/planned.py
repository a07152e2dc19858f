"""Grids of a plan as they are stored: to and from JSON, and the digest by which two sets of grids are told apart."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import shapely

from linli.directory.plan_checks import PlannedGrid
from linli.directory.recut import Shapes


def to_data(grids: Iterable[PlannedGrid]) -> list[dict[str, Any]]:
    """The grids as objects of JSON."""
    return [
        {
            "code": grid.code,
            "name": grid.name,
            "shape": None if grid.shape is None else shapely.to_wkb(grid.shape, hex=True, byte_order=1),
            "retired": grid.retired,
            "into": grid.into,
            "invented": grid.invented,
        }
        for grid in grids
    ]


def from_data(data: Iterable[dict[str, Any]]) -> tuple[PlannedGrid, ...]:
    """The grids of :func:`to_data`."""
    return tuple(
        PlannedGrid(
            code=each["code"],
            name=each["name"],
            shape=None if each["shape"] is None else shapely.from_wkb(each["shape"]),
            retired=each["retired"],
            into=each["into"],
            invented=each["invented"],
        )
        for each in data
    )


def digest(grids: Iterable[PlannedGrid]) -> str:
    """SHA-256 over code, name and outline of the grids that are not retired, in the order of their codes."""
    kept = sorted((grid for grid in grids if not grid.retired), key=lambda grid: grid.code)
    data = [[each["code"], each["name"], each["shape"]] for each in to_data(kept)]
    return sha256(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def shapes_of(grids: Sequence[PlannedGrid]) -> Shapes:
    """Outlines by code of the grids that are not retired and have one."""
    return {grid.code: grid.shape for grid in grids if not grid.retired and grid.shape is not None}
