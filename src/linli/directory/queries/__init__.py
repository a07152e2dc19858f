"""Every read of the directory."""

from linli.directory.divisions import LevelCodes, level_codes, short_name
from linli.directory.queries.people import HoldingInfo, actor, holdings
from linli.directory.queries.places import (
    Found,
    Located,
    PointVerdict,
    find_areas,
    judge_point,
    locate,
    shape_of,
)
from linli.directory.queries.territories import (
    AreaInfo,
    DistrictInfo,
    PerVersion,
    PostInfo,
    UnitInfo,
    UnknownDistrictError,
    areas,
    district,
    district_of_short_code,
    districts,
    posts,
    territory,
    units,
    version,
)

__all__ = [
    "AreaInfo",
    "DistrictInfo",
    "Found",
    "HoldingInfo",
    "LevelCodes",
    "Located",
    "PerVersion",
    "PointVerdict",
    "PostInfo",
    "UnitInfo",
    "UnknownDistrictError",
    "actor",
    "areas",
    "district",
    "district_of_short_code",
    "districts",
    "find_areas",
    "holdings",
    "judge_point",
    "level_codes",
    "locate",
    "posts",
    "shape_of",
    "short_name",
    "territory",
    "units",
    "version",
]
