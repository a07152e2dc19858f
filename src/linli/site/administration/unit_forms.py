"""Forms of units and posts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import words
from linli.core.administering import may_administer
from linli.core.territory import Area, AreaKind, Function
from linli.directory import queries as directory
from linli.directory.actions import PostFacts, UnitFacts
from linli.directory.queries import KeptPost, KeptUnit
from linli.directory.template import standard
from linli.site.administration import saying
from linli.site.desk.asking import Asking
from linli.ui.widgets import TickRows

NAME, NAME_EN, TITLE, TITLE_EN = 120, 160, 60, 80


class KeepForm(forms.Form):
    """A form that says what is missing in words, and takes choices that are known only with the request."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **{"auto_id": "keep-%s", **options})
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")

    def choices(self, name: str, choices: Sequence[Any]) -> None:
        """Offers these."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField | forms.MultipleChoiceField)
        field.choices = choices


class NewUnitForm(KeepForm):
    """The first step of a new unit: of which type, and for which area."""

    type = forms.ChoiceField(label=gettext_lazy("Type of unit"))

    def __init__(self, asking: Asking, data: Any = None) -> None:
        super().__init__(data)
        lang = asking.names.lang
        types = sorted(
            {(kind.type, saying.unit_type(kind.type, lang)) for kind in standard().units}, key=lambda t: t[1]
        )
        self.choices("type", [("", _("Please choose")), *types])

    @property
    def widest(self) -> AreaKind:
        """Units of the type serve no wider area than this."""
        levels = [kind.level for kind in standard().units if kind.type == self.cleaned_data["type"]]
        return min(levels, key=lambda level: level.depth)


class UnitForm(KeepForm):
    """What can be written of a unit."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=NAME)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=NAME_EN, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Duty phone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("The unit's duty line, which residents see. Never a person's mobile."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    hours = forms.CharField(
        label=gettext_lazy("Duty hours"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "As 24 h, or as 08:30-12:00, 14:00-17:30, with workdays or rest days before the hours where they differ. "
            "The roster is checked against them."
        ),
    )
    functions = forms.MultipleChoiceField(label=gettext_lazy("Functions"), widget=TickRows)
    parent = forms.ChoiceField(label=gettext_lazy("Reports to"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, asking: Asking, area: str, known: KeptUnit | None, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.choices("functions", function_choices(asking))
        self.choices("parent", [("", _("nobody")), *_superiors(asking, area, known)])
        if known is None:
            del self.fields["functions"]

    def facts(self) -> UnitFacts:
        """What was filled in."""
        given = self.cleaned_data
        return UnitFacts(
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            phone=given["phone"],
            hours=given["hours"],
            functions=frozenset(map(Function, given.get("functions", ()))),
            parent=given["parent"] or None,
        )


class PostForm(KeepForm):
    """What can be written of a post."""

    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=TITLE)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=TITLE_EN, required=False)
    functions = forms.MultipleChoiceField(label=gettext_lazy("Functions"), widget=TickRows)
    deputy = forms.ChoiceField(
        label=gettext_lazy("Deputy"),
        required=False,
        help_text=gettext_lazy("Stands in while nobody holds the post, or while whoever does is away."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, asking: Asking, unit: str, known: KeptPost | None, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        posts = [post for post in directory.kept_posts(asking.district, [unit]) if known is None or post.id != known.id]
        self.choices("functions", function_choices(asking))
        self.choices("deputy", [("", _("nobody")), *((post.id, title(post, asking.names.lang)) for post in posts)])

    def facts(self) -> PostFacts:
        """What was filled in."""
        given = self.cleaned_data
        return PostFacts(
            given["title_zh"],
            given["title_en"],
            frozenset(map(Function, given["functions"])),
            given["deputy"] or None,
        )


def title(post: KeptPost, lang: str) -> str:
    """A post's title."""
    return post.title_zh if lang == "zh-hans" else post.title_en


def name(unit: KeptUnit, lang: str) -> str:
    """A unit's name, closed ones too."""
    return unit.name_zh if lang == "zh-hans" else unit.name_en


def function_choices(asking: Asking) -> list[tuple[str, str]]:
    """Every function in words."""
    return [(each.value, words.label("function", each.value, asking.names.lang)) for each in Function]


def areas(asking: Asking) -> list[tuple[str, str]]:
    """Areas that the person administers, grids too."""
    known: list[Area] = sorted(asking.policy.territory.areas.values(), key=lambda area: area.code)
    return [
        (area.code, asking.names.path(area.code))
        for area in known
        if not area.placeholder and area.kind.depth <= AreaKind.GRID.depth and may_administer(asking.actor, area.code)
    ]


def town(asking: Asking, area: str) -> str:
    """The town that an area lies in, to group by; the district for what is wider."""
    territory = asking.policy.territory
    found = territory.ancestor(area, AreaKind.TOWN) if territory.knows(area) else None
    return asking.names.area(found.code if found else asking.district)


def _superiors(asking: Asking, area: str, known: KeptUnit | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units of the area and of those above it, by area, the nearest first."""
    units = asking.policy.territory.units
    now = units.get(known.parent or "") if known is not None else None
    path = [each.code for each in asking.policy.territory.path(area)]
    groups = {code: [unit for unit in units.values() if unit.area == code] for code in path}
    if now is not None and now.area not in groups:
        groups[now.area] = [now]
    return [
        (asking.names.area(code), sorted(((unit.id, asking.names.unit(unit.id)) for unit in found), key=lambda u: u[1]))
        for code, listed in groups.items()
        if (found := [unit for unit in listed if known is None or unit.id != known.id])
    ]
