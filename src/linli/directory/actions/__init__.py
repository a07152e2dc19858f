"""Every write of the directory."""

from linli.directory.actions.areas import import_areas
from linli.directory.actions.boundaries import import_boundaries
from linli.directory.actions.district import DistrictError, SetUp, set_up_district
from linli.directory.actions.duty_lines import invent_duty_lines
from linli.directory.actions.outline import Invented, invent_boundaries
from linli.directory.actions.plan_publishing import (
    PlanBlocked,
    publish_plan,
    settle_plan,
    take_back,
    take_effect,
)
from linli.directory.actions.plans import (
    Editing,
    PlanMoved,
    add_grid,
    begin_plan,
    discard_plan,
    halve_grid,
    line_from,
    merge_grids,
    polygon_from,
    redraw_grid,
    rename_grids,
    retire_grid,
    split_grid,
    undo_step,
    upload_grids,
)
from linli.directory.actions.staff import UnknownPostError, hold_posts, import_staff, leave_post
from linli.directory.actions.units import import_units

__all__ = [
    "DistrictError",
    "Editing",
    "Invented",
    "PlanBlocked",
    "PlanMoved",
    "SetUp",
    "UnknownPostError",
    "add_grid",
    "begin_plan",
    "discard_plan",
    "halve_grid",
    "hold_posts",
    "import_areas",
    "import_boundaries",
    "import_staff",
    "import_units",
    "invent_boundaries",
    "invent_duty_lines",
    "leave_post",
    "line_from",
    "merge_grids",
    "polygon_from",
    "publish_plan",
    "redraw_grid",
    "rename_grids",
    "retire_grid",
    "set_up_district",
    "settle_plan",
    "split_grid",
    "take_back",
    "take_effect",
    "undo_step",
    "upload_grids",
]
