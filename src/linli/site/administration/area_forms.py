"""The forms of a plan of grids: each does one thing, by map or by keyboard alike."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from linli.core.recutting import FARTHEST_AHEAD
from linli.directory import actions
from linli.directory.actions import Editing, line_from, polygon_from
from linli.directory.datum import Datum
from linli.directory.plan_checks import MAX_NAME, PlannedGrid
from linli.site.administration import area_words
from linli.ui.widgets import TickRows

MOST_BYTES = 5_000_000
LONGEST_PLACES = 1_000_000
NEW_GRID = "new"
Choices = Sequence[tuple[str, Any]]


class Deed(forms.Form):
    """One thing to do to a plan. ``name`` is what the button sends; ``carry_out`` raises a RecutError or PlanMoved."""

    name = ""
    title: Any = ""
    button: Any = ""

    def __init__(self, grids: Sequence[PlannedGrid], data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, auto_id=f"{self.name}-%s", **options)
        self.grids = [grid for grid in grids if not grid.retired]
        self.set_up([(grid.code, f"{grid.name} ({grid.code[-3:]})") for grid in self.grids])
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")

    def set_up(self, grids: Choices) -> None:
        """Fills in what there is to choose."""

    def carry_out(self, editing: Editing) -> None:
        """Does it."""
        raise NotImplementedError

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class Places(forms.CharField):
    """Places as text: one a line, longitude and latitude; or a GeoJSON geometry, as the map writes it."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST_PLACES,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "data-places": kind}),
            **options,
        )
        self.kind = kind

    def geometry(self, text: str) -> BaseGeometry:
        """The line or polygon that was given, in WGS 84.

        Raises:
            RecutError: it is none, or lies elsewhere.
        """
        read: Callable[..., BaseGeometry] = line_from if self.kind == "LineString" else polygon_from
        return read(_geojson(text, self.kind))


def _geojson(text: str, kind: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        places = [[float(part) for part in line.replace(",", " ").replace("，", " ").split()] for line in _lines(text)]
    except (ValueError, RecursionError):
        return None
    if any(len(place) != 2 for place in places) or len(places) < (2 if kind == "LineString" else 3):
        return None
    closed = places if places[0] == places[-1] else [*places, places[0]]
    return {"type": kind, "coordinates": places if kind == "LineString" else [closed]}


def _lines(text: str) -> list[str]:
    return [line for line in text.replace(";", "\n").replace("；", "\n").splitlines() if line.strip()]


class SplitForm(Deed):
    """Cuts a grid in two."""

    name = "split"
    title = gettext_lazy("Split a grid")
    button = gettext_lazy("Split")
    grid = forms.ChoiceField(label=gettext_lazy("Which grid"))
    way = forms.ChoiceField(
        label=gettext_lazy("Along which line"),
        choices=[
            ("line", gettext_lazy("a line of my own, drawn on the map or given below")),
            ("ns", gettext_lazy("straight from north to south, into halves")),
            ("we", gettext_lazy("straight from west to east, into halves")),
        ],
    )
    line = Places(
        "LineString",
        required=False,
        label=gettext_lazy("The line"),
        help_text=gettext_lazy(
            "From border to border. The map fills this in; or one place a line: longitude, latitude."
        ),
    )

    def set_up(self, grids: Choices) -> None:
        """Only grids with an outline can be cut."""
        drawn = {grid.code for grid in self.grids if grid.shape is not None}
        self._choose("grid", [choice for choice in grids if choice[0] in drawn])

    def carry_out(self, editing: Editing) -> None:
        """By the line, or straight through."""
        chosen, field = self.cleaned_data, self.fields["line"]
        assert isinstance(field, Places)
        if chosen["way"] == "line":
            actions.split_grid(editing, chosen["grid"], field.geometry(chosen["line"]))
        else:
            actions.halve_grid(editing, chosen["grid"], north_south=chosen["way"] == "ns")


class MergeForm(Deed):
    """Joins neighbours."""

    name = "merge"
    title = gettext_lazy("Merge grids")
    button = gettext_lazy("Merge")
    keep = forms.ChoiceField(label=gettext_lazy("This grid stays, with its name and code"))
    others = forms.MultipleChoiceField(label=gettext_lazy("These go into it"), widget=TickRows, required=False)

    def set_up(self, grids: Choices) -> None:
        """Every grid may stay or go."""
        self._choose("keep", grids)
        self._choose("others", grids)

    def carry_out(self, editing: Editing) -> None:
        """The others are retired."""
        actions.merge_grids(editing, self.cleaned_data["keep"], self.cleaned_data["others"])


class RenameForm(Deed):
    """Names of all grids at once."""

    name = "rename"
    title = gettext_lazy("Rename grids")
    button = gettext_lazy("Keep the names")

    def set_up(self, grids: Choices) -> None:
        """One field a grid; one that came in the meantime keeps the name it has."""
        del grids
        if self.is_bound:
            self.data = {grid.code: grid.name for grid in self.grids} | {name: self.data[name] for name in self.data}
        for grid in self.grids:
            self.fields[grid.code] = forms.CharField(
                max_length=MAX_NAME, initial=grid.name, label=_("Name of grid %(code)s") % {"code": grid.code[-3:]}
            )

    def carry_out(self, editing: Editing) -> None:
        """Those that differ."""
        actions.rename_grids(editing, {code: self.cleaned_data[code] for code in self.fields})


class RedrawForm(Deed):
    """A new outline for a grid, or a new grid."""

    name = "redraw"
    title = gettext_lazy("Draw an outline")
    button = gettext_lazy("Take this outline")
    grid = forms.ChoiceField(label=gettext_lazy("For which grid"))
    new_name = forms.CharField(required=False, max_length=MAX_NAME, label=gettext_lazy("Name, if it is a new grid"))
    outline = Places(
        "Polygon",
        label=gettext_lazy("The outline"),
        help_text=gettext_lazy(
            "Neighbours follow: no gap and no overlap is left. The map fills this in; or one corner a line: longitude, "
            "latitude."
        ),
    )

    def set_up(self, grids: Choices) -> None:
        """Every grid, or a new one."""
        self._choose("grid", [*grids, (NEW_GRID, _("a new grid"))])

    def carry_out(self, editing: Editing) -> None:
        """Redraws or adds."""
        chosen, field = self.cleaned_data, self.fields["outline"]
        assert isinstance(field, Places)
        drawn = field.geometry(chosen["outline"])
        if chosen["grid"] == NEW_GRID:
            actions.add_grid(editing, chosen["new_name"], drawn)
        else:
            actions.redraw_grid(editing, chosen["grid"], drawn)


class RetireForm(Deed):
    """Retires a grid without saying where its surface goes."""

    name = "retire"
    title = gettext_lazy("Retire a grid")
    button = gettext_lazy("Retire")
    grid = forms.ChoiceField(
        label=gettext_lazy("Which grid"),
        help_text=gettext_lazy("Its surface then lies in no grid. To give it to a neighbour, merge them instead."),
    )

    def set_up(self, grids: Choices) -> None:
        """Every grid."""
        self._choose("grid", grids)

    def carry_out(self, editing: Editing) -> None:
        """The check then names the hole."""
        actions.retire_grid(editing, self.cleaned_data["grid"])


class UploadForm(Deed):
    """Outlines from a file."""

    name = "upload"
    title = gettext_lazy("Take outlines from a file")
    button = gettext_lazy("Take the file")
    file = forms.FileField(
        label=gettext_lazy("GeoJSON file"),
        help_text=gettext_lazy(
            "Polygons with the property code of a grid, or without one for a new grid; name is optional. Nothing is "
            "moved to fit: the check says what does not."
        ),
    )
    datum = forms.ChoiceField(
        label=gettext_lazy("Coordinates"),
        choices=[
            (Datum.WGS84.value, "WGS 84 / CGCS2000"),
            (Datum.GCJ02.value, "GCJ-02"),
            (Datum.BD09.value, "BD-09"),
        ],
    )

    def clean_file(self) -> bytes:
        """Its content, if it is not too large."""
        uploaded = self.cleaned_data["file"]
        if uploaded.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Take only the grids of this community."))
        content: bytes = uploaded.read()
        return content

    def carry_out(self, editing: Editing) -> None:
        """As they stand there."""
        actions.upload_grids(editing, self.cleaned_data["file"], Datum(self.cleaned_data["datum"]))


class UndoForm(Deed):
    """Takes the last step back."""

    name = "undo"
    button = gettext_lazy("Take the last step back")

    def carry_out(self, editing: Editing) -> None:
        """One step."""
        actions.undo_step(editing)


class DiscardForm(Deed):
    """Puts the plan away."""

    name = "discard"
    button = gettext_lazy("Discard the plan")

    def carry_out(self, editing: Editing) -> None:
        """What is in force stays."""
        actions.discard_plan(editing)


DEEDS: Mapping[str, type[Deed]] = {
    deed.name: deed
    for deed in (SplitForm, MergeForm, RedrawForm, RenameForm, RetireForm, UploadForm, UndoForm, DiscardForm)
}
"""Every deed by its name, in the order of the page."""


class PublishForm(forms.Form):
    """From when the plan is in force."""

    when = forms.ChoiceField(
        label=gettext_lazy("From when it is in force"),
        choices=[("now", gettext_lazy("at once")), ("on", gettext_lazy("from a date on"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    on = forms.DateTimeField(
        required=False,
        label=gettext_lazy("Date and time, where it is not at once"),
        help_text=gettext_lazy("Within two years."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("Give a date and a time, for example 2026-12-01 00:00.")},
    )

    def __init__(self, now: datetime, data: Any = None) -> None:
        super().__init__(data, auto_id="publish-%s")
        self.now = now

    def clean(self) -> dict[str, Any]:
        """A date ahead, where one is wanted."""
        given = super().clean() or {}
        if given.get("when") == "on" and not self.errors.get("on"):
            on = given.get("on")
            if on is None:
                self.add_error("on", _("Say from when, or choose “at once”."))
            elif on - self.now > FARTHEST_AHEAD:
                self.add_error("on", area_words.REFUSALS["too_far_ahead"])
            elif on <= self.now:
                self.add_error("on", _("This moment has passed. Choose one ahead, or “at once”."))
        return given

    @property
    def effective_at(self) -> datetime | None:
        """The instant, None for at once."""
        on: datetime | None = self.cleaned_data["on"] if self.cleaned_data["when"] == "on" else None
        return on


class AsOfForm(forms.Form):
    """A day whose end is looked back at."""

    at = forms.DateField(
        required=False,
        label=gettext_lazy("Grids as they were at the end of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Give a date, for example 2026-12-01.")},
    )

    @property
    def instant(self) -> datetime | None:
        """The last moment of the day in the place's own time."""
        day = self.cleaned_data.get("at") if self.is_valid() else None
        if day is None:
            return None
        return timezone.make_aware(datetime(day.year, day.month, day.day, 23, 59, 59, 999999))  # noqa: DTZ001
