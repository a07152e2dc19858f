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
from linli.directory.actions.roster_files import import_rosters
from linli.directory.actions.rosters import DutyFacts, add_duties, copy_week, remove_duty
from linli.directory.actions.staff import UnknownPostError, hold_posts, import_staff, leave_post
from linli.directory.actions.units import import_units

__all__ = [
    "DistrictError",
    "DutyFacts",
    "Invented",
    "PostFacts",
    "SetUp",
    "UnitFacts",
    "UnknownPostError",
    "add_duties",
    "add_post",
    "change_post",
    "change_unit",
    "close_post",
    "close_unit",
    "copy_week",
    "end_absence",
    "end_holding",
    "give_post",
    "hold_posts",
    "import_areas",
    "import_boundaries",
    "import_rosters",
    "import_staff",
    "import_units",
    "invent_boundaries",
    "invent_duty_lines",
    "leave_post",
    "note_absence",
    "open_unit",
    "remove_duty",
    "renew_password",
    "set_up_district",
    "set_up_unit",
    "switch_off",
    "switch_on",
    "take_on",
]
