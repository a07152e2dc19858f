"""A form for any action of any procedure: made from its fields, filled with suggestions, read back as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from linli.cases import queries as cases
from linli.cases import words
from linli.cases.filling import TEXT_LIMIT
from linli.core.access import unit_may_read
from linli.core.calendar import LimitUnit
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.numbers import normalised
from linli.core.policy import Matter, Policy, Urgency
from linli.core.procedure import Action, FieldType, FormField
from linli.core.routing import Question, Route, route
from linli.core.territory import AreaKind, Function, Unit
from linli.directory import queries as directory
from linli.site.naming import Names
from linli.site.ordering import fields_in_order
from linli.ui.widgets import Day, Rows, TickRows

ACCEPTED_PHOTOS = "image/jpeg,image/png,image/webp"
"""What the vault reads; a phone that keeps another format then hands over a JPEG by itself."""

RATED = ("rating", "score")
FEW = 6
"""Up to so many choices stand open as rows; more go into a select."""

FIELD_OF = {
    "matter_unknown": "matter", "area_unknown": "area", "area_outside_district": "area",
    "complaint_target_missing": "complaint_targets", "complaint_target_contradiction": "complaint_targets",
    "unit_does_not_handle": "lead", "unit_complained_about": "lead", "co_handlers_repeat": "co_handlers",
    "no_verifier_left": "lead", "unit_has_it_already": "unit", "pause_end_not_ahead": "until",
    "pause_too_long": "until", "extension_too_long": "amount", "merge_target_unknown": "into",
    "merge_target_ended": "into", "merge_other_district": "into", "cannot_be_merged": "into",
    "merge_would_reach_unit_complained_about": "into", "photo_too_large": "evidence", "photo_unreadable": "evidence",
}  # fmt: skip
"""Beside which field a refusal is shown; one that names a field stands there, any other above the form."""


@dataclass(frozen=True)
class Setting:
    """Where a form is filled in: the case, the rules, names, and what was suggested for the case."""

    state: CaseState
    policy: Policy
    names: Names
    now: datetime
    suggested_matter: str = ""


class ActionForm(forms.Form):
    """The form of one action. ``expected`` is the version of the case that the person saw."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, action: Action, setting: Setting, data: Any = None, files: Any = None) -> None:
        initial = {"expected": setting.state.version, **prefilled(action, setting)}
        super().__init__(data, files, initial=initial, auto_id=f"{action.name}-%s")
        self.action, self.setting = action, setting
        for asked in fields_in_order(action):
            self.fields[asked.name] = made_field(action, asked, setting, initial.get(asked.name))
        self.refused: Refusal | None = None
        self.photos_again = False

    def clean(self) -> dict[str, Any]:
        """What was filled in; a form that comes back asks for its photos again, which no page can fill in."""
        values = super().clean() or {}
        if self.errors:
            self._ask_for_photos(values)
        return values

    def values(self) -> dict[str, Any]:
        """What was filled in, as ``cases.actions.act`` takes it."""
        found: dict[str, Any] = {}
        for asked in self.action.form:
            value = self.cleaned_data.get(asked.name)
            if value in (None, "", [], ()):
                continue
            found[asked.name] = _plain(asked, value)
        return found

    def typed(self) -> list[tuple[str, str]]:
        """Labels and words of the texts that were typed, for copying where the form is no longer open."""
        texts = (asked.name for asked in self.action.form if asked.type is FieldType.TEXT)
        return [(str(self[name].label), str(self[name].value())) for name in texts if self[name].value()]

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal beside the field that it is about, or above the form."""
        self.refused = refusal
        taken = dict(self.cleaned_data) if hasattr(self, "cleaned_data") else {}
        self._say(refusal)
        self._ask_for_photos(taken)

    def _ask_for_photos(self, values: Mapping[str, Any]) -> None:
        for asked in self.action.form:
            if asked.type is FieldType.PHOTO and values.get(asked.name) and asked.name not in self.errors:
                self.photos_again = True
                self.add_error(asked.name, _("Please choose your photos again: browsers do not keep them."))

    def _say(self, refusal: Refusal) -> None:
        if refusal.code == "form_invalid":
            for name in _texts(refusal.facts.get("missing")):
                self.add_error(name if name in self.fields else None, _("Please fill this in."))
            for name in _texts(refusal.facts.get("invalid")):
                self.add_error(name if name in self.fields else None, _("This does not fit. Please choose again."))
            return
        about = str(refusal.facts.get("field", "")) or FIELD_OF.get(refusal.code, "")
        if about == "lead" and "lead" not in self.fields:
            about = "unit"
        said = words.refusal(refusal, self.setting.names.lang, self.setting.names, self.setting.policy)
        self.add_error(about if about in self.fields else None, said)


def proposed(setting: Setting) -> Route | None:
    """Who would lead and help by the rules, for the matter that the case has; None where the rules find nobody."""
    state, policy = setting.state, setting.policy
    matter = policy.matters.get(state.matter or "")
    if matter is None:
        return None
    local = setting.now.astimezone(policy.calendar.tz)
    facts = {"urgency": state.urgency, "channel": state.channel, "kind": state.kind}
    facts |= {"hour": str(local.hour), "month": str(local.month)}
    try:
        return route(Question(matter, state.place.area, frozenset(state.recused), facts), policy)
    except Refusal:
        return None


def prefilled(action: Action, setting: Setting) -> dict[str, Any]:
    """What the form starts with: the case's own facts, the suggested matter with its urgency, the proposed route."""
    state = setting.state
    found: dict[str, Any] = {}
    if action.field("matter"):
        code = state.matter or setting.suggested_matter
        matter = setting.policy.matters.get(code)
        if matter is not None and matter.retired and not state.matter:
            matter = None
        urgencies = [Urgency(state.urgency), *([matter.urgency] if matter and not state.matter else [])]
        found["matter"] = code if matter else None
        found["urgency"] = max(urgencies, key=lambda urgency: urgency.rank).value
        place = setting.policy.territory.in_force(state.place.area)
        found["area"] = place.code if place else state.place.area
        found["complaint_targets"] = list(state.complaint_targets)
        found["complaint_about"] = "unit_named" if state.complaint_targets else None
    if action.field("lead"):
        way = proposed(setting)
        found["lead"] = way.lead if way else None
        found["co_handlers"] = list(way.co_handlers) if way else []
    if action.field("handed_over_at"):
        found["handed_over_at"] = setting.now.astimezone(setting.policy.calendar.tz).date()
    return found


def nearby_units(setting: Setting, function: Function | None = Function.HANDLE) -> dict[AreaKind, list[Unit]]:
    """Units that serve the case's place, nearest level first, without those complained about."""
    territory, state = setting.policy.territory, setting.state
    path = {area.code: area.kind for area in territory.path(state.place.area)}
    found: dict[AreaKind, list[Unit]] = {kind: [] for kind in path.values()}
    for unit in territory.units.values():
        if unit.area in path and unit.id not in state.recused and (function is None or function in unit.functions):
            found[path[unit.area]].append(unit)
    return {kind: units for kind, units in found.items() if units}


def reading_units(setting: Setting) -> dict[AreaKind, list[Unit]]:
    """Units that see the case, by the level that they serve, widest first."""
    territory = setting.policy.territory
    found: dict[AreaKind, list[Unit]] = {}
    for unit in territory.units.values():
        if unit_may_read(unit, setting.state):
            found.setdefault(territory.areas[unit.area].kind, []).append(unit)
    return dict(sorted(found.items(), key=lambda level: level[0].depth))


# --- one field


def made_field(action: Action, asked: FormField, setting: Setting, initial: Any) -> forms.Field:
    """The form field for one field of an action, with its label, hint and choices on this case."""
    lang = setting.names.lang
    common = {
        "label": words.field_label(action, asked, lang),
        "help_text": words.field_hint(action, asked, lang),
        "required": asked.required,
    }
    made = _MAKERS[asked.type](action, asked, setting, initial, common)
    made.error_messages["required"] = _("Please fill this in.")
    made.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")  # never echoes a code
    return made


def _code(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, initial
    if asked.choices:
        labels = [(code, words.label(f"choice.{asked.name}", code, setting.names.lang)) for code in asked.choices]
        return _few(labels, asked, common)
    if asked.name == "matter":
        return forms.ChoiceField(choices=_blank(matters_by_domain(_choosable(setting), setting.names)), **common)
    return forms.CharField(max_length=100, **common)


def _number(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, initial
    lang, promise = setting.names.lang, setting.state.promise
    if asked.name in RATED:
        choices = [(str(n), words.label(f"choice.{asked.name}", str(n), lang)) for n in range(1, 6)]
        return _few(choices, asked, common)
    if asked.name == "amount" and promise is not None:
        most = promise.limit.words(lang)
        common["help_text"] = _("At most the original limit: %(limit)s. Give the number only.") % {"limit": most}
    whole = promise is None or promise.limit.unit in (LimitUnit.WORKING_DAYS, LimitUnit.DAYS)
    return forms.IntegerField(min_value=1, max_value=366 if whole else 2000, **common)


def _area(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, asked
    groups = areas_by_town(setting.policy, setting.names, setting.state.district)
    known = {code for _town, options in groups for code, _name in options}
    if initial and initial not in known:
        groups.insert(0, (_("As it is now"), [(initial, setting.names.path(initial))]))
    return forms.ChoiceField(choices=_blank(groups), **common)


def _unit(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, asked
    return forms.ChoiceField(choices=_blank(unit_groups(setting, nearby_units(setting), [initial])), **common)


def _units(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action
    if asked.name == "mention":
        groups = unit_groups(setting, reading_units(setting), ())
        return forms.MultipleChoiceField(choices=groups, widget=TickRows, **common)
    everybody = asked.name == "complaint_targets"
    units = nearby_units(setting, None if everybody else Function.HANDLE)
    if everybody:  # a unit complained about stays on the list of those complained about
        territory = setting.policy.territory
        shown = {unit.id for level in units.values() for unit in level}
        for target in setting.state.recused:
            unit = territory.units.get(target)
            if unit is not None and target not in shown:
                units.setdefault(territory.areas[unit.area].kind, []).append(unit)
    groups = unit_groups(setting, units, initial or ())
    return forms.MultipleChoiceField(choices=groups, widget=TickRows, **common)


def _date(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, initial
    today = setting.now.astimezone(setting.policy.calendar.tz).date().isoformat()
    ahead = {"min": today} if asked.name == "until" else {"max": today}
    return forms.DateField(widget=Day(attrs=ahead), **common)


def _text(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, asked, setting, initial
    return forms.CharField(max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4}), **common)


def _photo(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, asked, setting, initial

    class Photo(forms.FileField):
        def clean(self, data: Any, initial: Any = None) -> Any:
            upload = super().clean(data, initial)
            return upload.read() if upload else None

    widget = forms.FileInput(attrs={"accept": ACCEPTED_PHOTOS, "data-photos": 1})
    return Photo(widget=widget, **common)


def _case(action: Action, asked: FormField, setting: Setting, initial: Any, common: dict[str, Any]) -> forms.Field:
    del action, asked, initial

    class CaseNumber(forms.CharField):
        def clean(self, value: Any) -> Any:
            typed = super().clean(value)
            number = normalised(typed, directory.district(setting.state.district).short_code) if typed else None
            found = cases.by_number(setting.state.district, number) if number else None
            if typed and found is None:
                refusal = Refusal("merge_target_unknown", {"into": typed})
                raise forms.ValidationError(words.refusal(refusal, setting.names.lang))
            return found.state.id if found else ""

    return CaseNumber(max_length=40, **common)


_MAKERS = {
    FieldType.CODE: _code, FieldType.NUMBER: _number, FieldType.AREA: _area, FieldType.UNIT: _unit,
    FieldType.UNITS: _units, FieldType.DATE: _date, FieldType.TEXT: _text, FieldType.PHOTO: _photo,
    FieldType.CASE: _case, FieldType.CONTACT: _text, FieldType.POINT: _text,
}  # fmt: skip


# --- lists to choose from


def _choosable(setting: Setting) -> list[Matter]:
    """Matters that this case may be given: those offered, and the one that it has."""
    return [m for m in setting.policy.matters.values() if not m.retired or m.code == setting.state.matter]


def matters_by_domain(matters: Iterable[Matter], names: Names) -> list[tuple[str, list[tuple[str, str]]]]:
    """Matters for a grouped select: domain, then (code, name)."""
    groups: dict[str, list[Matter]] = {}
    for matter in matters:
        groups.setdefault(matter.domain, []).append(matter)
    return [
        (_domain(domain, names.lang), [(m.code, names.matter_of(m)) for m in sorted(found, key=lambda m: m.code)])
        for domain, found in groups.items()
    ]


def areas_by_town(policy: Policy, names: Names, district: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Towns and communities of a district for a grouped select; a town may be chosen as a whole."""
    towns: dict[str, list[tuple[str, str]]] = {}
    whole = _("somewhere in %(town)s")
    areas = sorted(policy.territory.areas.values(), key=lambda area: (len(area.code), area.code))
    for area in areas:
        if area.placeholder or not area.code.startswith(district):
            continue
        if area.kind is AreaKind.TOWN:
            towns[area.code] = [(area.code, whole % {"town": names.area(area.code)})]
        elif area.kind is AreaKind.COMMUNITY and area.parent in towns:
            towns[area.parent].append((area.code, names.area(area.code)))
    return [(names.area(town), options) for town, options in towns.items()]


def unit_groups(
    setting: Setting, units: Mapping[AreaKind, list[Unit]], chosen: Iterable[str | None]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units for a grouped select: what is proposed first, then by level."""
    names = setting.names
    first = [unit for unit in chosen if unit and unit in setting.policy.territory.units]
    groups = [(_("Proposed"), [(unit, names.unit(unit)) for unit in first])] if first else []
    for kind, found in units.items():
        options = sorted((names.unit(unit.id), unit.id) for unit in found if unit.id not in first)
        if options:
            groups.append(
                (capfirst(words.label("area_kind", kind, names.lang)), [(unit, name) for name, unit in options])
            )
    return groups


def _few(labels: list[tuple[str, str]], asked: FormField, common: dict[str, Any]) -> forms.Field:
    if len(labels) <= FEW:
        choices = labels if asked.required else [("", _("Not said")), *labels]
        return forms.ChoiceField(choices=choices, widget=Rows, **common)
    return forms.ChoiceField(choices=_blank(labels), **common)


def _blank(choices: list[Any]) -> list[Any]:
    return [("", _("Please choose")), *choices]


def _domain(domain: str, lang: str) -> str:
    return words.label("domain", domain, lang) if words.has_label("domain", domain) else domain


def _plain(asked: FormField, value: Any) -> Any:
    if asked.type is FieldType.DATE:
        return value.isoformat()
    if asked.type is FieldType.NUMBER:
        return int(value)
    return tuple(value) if isinstance(value, list) else value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()
