"""Every write of the directory."""

from linli.directory.actions.areas import import_areas
from linli.directory.actions.boundaries import import_boundaries
from linli.directory.actions.district import DistrictError, SetUp, set_up_district
from linli.directory.actions.duty_lines import invent_duty_lines
from linli.directory.actions.keeping_people import (
    end_absence,
    end_holding,
    give_post,
    note_absence,
    renew_password,
    switch_off,
    switch_on,
    take_on,
)
from linli.directory.actions.keeping_posts import PostFacts, add_post, change_post, close_post
from linli.directory.actions.keeping_units import UnitFacts, change_unit, close_unit, open_unit, set_up_unit
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
from linli.directory.actions.roster_files import import_rosters
from linli.directory.actions.rosters import DutyFacts, add_duties, copy_week, remove_duty
from linli.directory.actions.staff import UnknownPostError, hold_posts, import_staff, leave_post
from linli.directory.actions.units import import_units

__all__ = [
    "DistrictError",
    "DutyFacts",
    "Editing",
    "Invented",
    "PlanBlocked",
    "PlanMoved",
    "PostFacts",
    "SetUp",
    "UnitFacts",
    "UnknownPostError",
    "add_duties",
    "add_grid",
    "add_post",
    "begin_plan",
    "change_post",
    "change_unit",
    "close_post",
    "close_unit",
    "copy_week",
    "discard_plan",
    "end_absence",
    "end_holding",
    "give_post",
    "halve_grid",
    "hold_posts",
    "import_areas",
    "import_boundaries",
    "import_rosters",
    "import_staff",
    "import_units",
    "invent_boundaries",
    "invent_duty_lines",
    "leave_post",
    "line_from",
    "merge_grids",
    "note_absence",
    "open_unit",
    "polygon_from",
    "publish_plan",
    "redraw_grid",
    "remove_duty",
    "rename_grids",
    "renew_password",
    "retire_grid",
    "set_up_district",
    "set_up_unit",
    "settle_plan",
    "split_grid",
    "switch_off",
    "switch_on",
    "take_back",
    "take_effect",
    "take_on",
    "undo_step",
    "upload_grids",
]
