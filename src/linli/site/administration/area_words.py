"""Plans of grids in words: what was done, what changes, what was found, why something can't be done."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from linli.site.administration.saying import NAME_FAULTS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES: dict[str, "StrOrPromise"] = {
    "draft": _("draft"),
    "scheduled": _("published, not yet in force"),
    "in_force": _("in force"),
    "withdrawn": _("discarded"),
}
DEEDS: dict[str, "StrOrPromise"] = {
    "began": _("Plan begun with the grids in force"),
    "split": _("Grid split"),
    "merged": _("Grids merged"),
    "renamed": _("Grids renamed"),
    "redrawn": _("Outline redrawn"),
    "added": _("Grid added"),
    "retired": _("Grid retired"),
    "uploaded": _("Outlines taken from a file"),
    "undone": _("Last step taken back"),
}
DONE: dict[str, "StrOrPromise"] = {
    "split": _("The grid is split."),
    "merge": _("The grids are merged."),
    "redraw": _("The outline is taken."),
    "rename": _("The names are kept."),
    "retire": _("The grid is retired in the plan."),
    "upload": _("The outlines of the file are taken."),
    "undo": _("The last step is taken back."),
    "discard": _("The plan was discarded. What is in force stays as it is."),
}
"""Deed -> what is said once it is done."""
KINDS: dict[str, "StrOrPromise"] = {
    "new": _("new"),
    "retired": _("retired"),
    "redrawn": _("new outline"),
    "renamed": _("new name"),
    "redrawn_and_renamed": _("new outline and name"),
}
FINDINGS: dict[str, "StrOrPromise"] = {
    "overlap": _("Two grids overlap. Redraw one of them, or take the last step back."),
    "hole": _("This part of the community lies in no grid. Redraw a neighbouring grid over it, or add a grid."),
    "outside": _("The grid reaches beyond its community. Redraw it inside."),
    "invalid_outline": _("The outline is no surface: its line crosses itself or encloses nothing. Redraw it."),
    "no_outline": _("The grid has no outline yet. Pins in it can't be recognised."),
    "community_without_outline": _("The community has no outline, so holes and overhanging parts can't be found."),
    "sliver": _("The grid has a very small separate piece, which is hardly meant."),
    "name_missing": _("The grid needs a name of at most 120 characters."),
    "name_twice": _("Two grids of the community have the same name."),
    "code_twice": _("A grid's code stands twice."),
    "code_wrong": _("A grid's code is the 12 digits of its community and three more (GB/T 30428)."),
    "code_taken": _("The code was given before. Codes are never given twice."),
    "none_left": _("No grid would be left in the community."),
    "unit_without_area": _("Units still serve this grid. Give them another area first."),
    "nothing_changed": _("The plan changes nothing yet."),
}
REFUSALS: dict[str, "StrOrPromise"] = {
    "line_does_not_cut": _("The line does not cut the grid in two. Draw it from border to border."),
    "too_many_pieces": _("The line would cut the grid into too many pieces. Draw a simpler one."),
    "no_line": _("Draw a line on the map, or give at least two places, one a line: longitude, latitude."),
    "no_polygon": _("Draw an outline on the map, or give at least three places, one a line: longitude, latitude."),
    "no_outline": _("The grid has no outline yet. Draw it first."),
    "not_neighbours": _("These grids have no common border. Choose grids that lie side by side."),
    "nothing_to_merge": _("Choose at least one other grid that is to go into this one."),
    "swallows": _("The outline would cover another grid entirely. Merge them instead."),
    "invalid_outline": _("Nothing of this outline lies in the community, or it encloses no surface. Draw it again."),
    "nothing_changed": _("That changes nothing."),
    "nothing_to_undo": _("Nothing is left to take back."),
    "no_grid": _("This grid is not in the plan any more. Choose another one."),
    "not_yours": _("You do not administer this community."),
    "not_a_draft": _("The plan is no longer a draft. Take it back first if it is not in force yet."),
    "too_far_ahead": _("A plan takes effect within two years. Choose an earlier day."),
    "not_scheduled": _("The plan is not waiting for its date any more."),
    "no_community": _("Plans are made for the grids of one community."),
    "no_plan": _("There is no such plan."),
    "bad_json": _("The file is no GeoJSON in UTF-8. Export it again as GeoJSON."),
    "no_features": _("The file holds no features. It must be a GeoJSON FeatureCollection with polygons."),
    **NAME_FAULTS,
    "too_large": _("The file or outline is too large: at most 200 grids, 20,000 corners each, 5 MB."),
    "unknown_grid": _(
        "The file names a grid that is not in the plan. Correct its code, or leave the code out for a new one."
    ),
    "crosses_itself": _("An outline in the file crosses itself. Mend it where it was drawn, and export it again."),
    "grid_twice": _("The file names a grid twice. Keep one."),
    "swapped_coordinates": _(
        "Longitude and latitude look exchanged. Longitude comes first, for example 105.92, 29.35."
    ),
    "out_of_range": _("The places lie outside China. Degrees are wanted: longitude, latitude."),
}
CONFLICT = _(
    "Somebody else changed this plan since you opened it. It is shown as it is now; what you had filled in stands "
    "below, not done yet."
)
BASE_CHANGED = _(
    "The grids in force are no longer those this plan was begun upon: an import or another plan changed them. Discard "
    "this plan and begin a new one."
)
FAULTS: dict[str, "StrOrPromise"] = {
    "base_changed": BASE_CHANGED,
    "findings": _("On its date the plan could not take effect, because an error was found. Take it back and mend it."),
}
