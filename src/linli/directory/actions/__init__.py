"""Every write of the directory."""

from linli.directory.actions.areas import import_areas
from linli.directory.actions.boundaries import import_boundaries
from linli.directory.actions.district import DistrictError, SetUp, set_up_district
from linli.directory.actions.duty_lines import invent_duty_lines
from linli.directory.actions.outline import Invented, invent_boundaries
from linli.directory.actions.staff import UnknownPostError, hold_posts, import_staff, leave_post
from linli.directory.actions.units import import_units

__all__ = [
    "DistrictError",
    "Invented",
    "SetUp",
    "UnknownPostError",
    "hold_posts",
    "import_areas",
    "import_boundaries",
    "import_staff",
    "import_units",
    "invent_boundaries",
    "invent_duty_lines",
    "leave_post",
    "set_up_district",
]
