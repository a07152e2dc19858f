"""The form of one matter in the draft: every column with its own control, every judgement beside its field."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import words
from linli.catalogue.matter_rows import (
    CASE_KINDS,
    CODE,
    LEVELS,
    PLATFORMS,
    SENSITIVITIES,
    Known,
    LimitSource,
    MatterRow,
    about_persons,
    matter_of,
    problems,
)
from linli.catalogue.queries_drafts import Standing
from linli.core import names
from linli.core.calendar import LONGEST, WHOLE, Limit, LimitUnit
from linli.core.policy import Guard, Matter, Urgency
from linli.directory.tables import Row, RowError
from linli.site.administration import saying
from linli.site.administration.unit_types import UnitTypeField, UnitTypes, UnitTypesField
from linli.ui.widgets import Amount, Rows, TickRows

Choices = list[tuple[str, str]]
LONGEST_NOTES = 1000


class LimitField(forms.MultiValueField):
    """An amount of time: a number and what it is counted in."""

    def __init__(self, **options: Any) -> None:
        units = [
            (LimitUnit.WORKING_DAYS.value, _("working days")),
            (LimitUnit.WORKING_HOURS.value, _("working hours")),
            (LimitUnit.DAYS.value, _("calendar days")),
            (LimitUnit.HOURS.value, _("clock hours")),
        ]
        super().__init__(
            fields=(forms.CharField(max_length=12), forms.ChoiceField(choices=units)),
            widget=Amount(units, _("How many"), _("Counted in")),
            require_all_fields=True,
            **options,
        )

    def compress(self, data_list: Any) -> str:
        """The limit as a matters file writes it.

        Raises:
            ValidationError: no limit can have this amount.
        """
        amount, unit = (str(part).strip() for part in data_list)
        try:
            return str(Limit.parse(f"{amount}{unit}"))
        except ValueError as error:
            raise ValidationError(_amount_words(LimitUnit(unit))) from error


class MatterForm(forms.Form):
    """One matter. The fields are the columns of a matters file; ``stamp`` says over which row it was filled in."""

    stamp = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=12,
        validators=[
            RegexValidator(
                rf"\A{CODE.pattern}\Z", gettext_lazy("Two capital letters, a dash and three digits, like SL-001.")
            )
        ],
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200)
    platform = forms.ChoiceField(label=gettext_lazy("Platform"))
    domain = forms.ChoiceField(label=gettext_lazy("Domain"))
    case_kinds = forms.MultipleChoiceField(label=gettext_lazy("Kinds of case"), widget=TickRows)
    normal_level = forms.ChoiceField(
        label=gettext_lazy("Usual level"),
        help_text=gettext_lazy("The search for the lead begins here and goes upwards."),
    )
    urgency_default = forms.ChoiceField(label=gettext_lazy("Urgency"))
    limit_source = forms.ChoiceField(label=gettext_lazy("The limits come from"))
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Law and paragraph. A limit of the law cannot do without."),
    )
    sensitivity = forms.ChoiceField(label=gettext_lazy("Personal data"), widget=Rows)
    guard = forms.MultipleChoiceField(label=gettext_lazy("Demands"), required=False, widget=TickRows)
    label = forms.ChoiceField(
        label=gettext_lazy("Label of the suggestions"),
        required=False,
        help_text=gettext_lazy("Under which label the suggestions for new reports look for this matter."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    ORDER = (
        "stamp", "code", "name_zh", "name_en", "platform", "domain", "case_kinds", "normal_level", "lead_unit_type",
        "co_unit_types", "urgency_default", "accept_limit", "handle_limit", "limit_source", "legal_basis",
        "sensitivity", "guard", "label", "notes",
    )  # fmt: skip

    def __init__(self, setting: "Setting", data: Any = None) -> None:
        standing = setting.standing
        super().__init__(data, initial=setting.initial(), auto_id="matter-%s")
        self.setting = setting
        self.fields["lead_unit_type"] = UnitTypeField(setting.types, label=_("Lead"), help_text=_LEAD_HINT)
        self.fields["co_unit_types"] = UnitTypesField(setting.types, _("Co-handlers"), required=False)
        self.fields["accept_limit"] = LimitField(label=_("To acknowledge"))
        self.fields["handle_limit"] = LimitField(label=_("To handle"))
        for name, choices in setting.choices().items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if standing is not None:
            del self.fields["code"]
        self.order_fields(self.ORDER)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["incomplete"] = _("Please fill this in.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")

    def clean_code(self) -> str:
        """A code is given once."""
        code: str = self.cleaned_data["code"]
        if code in self.setting.taken:
            free = self.setting.next_codes.get(code[:2], "")
            raise ValidationError(_("%(code)s is taken. The next free one is %(free)s.") % {"code": code, "free": free})
        return code

    def clean_name_zh(self) -> str:
        """Lists of names are exported to spreadsheets."""
        return _plain_name(self.cleaned_data["name_zh"])

    def clean_name_en(self) -> str:
        """Lists of names are exported to spreadsheets."""
        return _plain_name(self.cleaned_data["name_en"])

    def clean(self) -> dict[str, Any]:
        """Judges the matter as a whole, as an import does."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            self.made = matter_of(Row(0, self._cells(given)), self.setting.known)
        except RowError as error:
            self.add_error(None, error.reason)
            return given
        for code, _reason in problems(self.made.matter, self.setting.known):
            self.add_error(self._place_of(code), said(code, self.made.matter, self.setting))
        return given

    def stand_over(self, stamp: str) -> None:
        """From now on the form stands over another row: sent again, it takes the place of that one."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        data["stamp"] = stamp
        self.data = data

    made: MatterRow
    """What was filled in, once it is valid."""

    def _cells(self, given: Mapping[str, Any]) -> dict[str, str]:
        standing = self.setting.standing
        cells = {name: ";".join(value) if isinstance(value, list) else value for name, value in given.items()}
        return cells | {
            "code": standing.matter.code if standing else given["code"],
            "wave": str(standing.wave if standing else 1),
        }

    def _place_of(self, problem: str) -> str:
        if problem == "rights_limit":
            return "name_zh" if about_persons(self.made.matter.name_zh) else "name_en"
        if problem == "statute_changed":
            published, now = self.setting.known.published[self.made.matter.code], self.made.matter
            changed = [
                name for name in ("handle_limit", "accept_limit") if getattr(published, name) != getattr(now, name)
            ]
            return changed[0] if changed else "limit_source"
        return PLACES[problem]


class Setting:
    """What the form is filled in over: the matter as it stands (None: a new one), and what it is judged against."""

    def __init__(
        self, known: Known, taken: Mapping[str, Standing], next_codes: Mapping[str, str], lang: str, code: str = ""
    ) -> None:
        self.known, self.taken, self.next_codes, self.lang = known, taken, next_codes, lang
        self.standing = taken.get(code)
        matter = self.standing.matter if self.standing else None
        self.types = UnitTypes(known, lang, (matter.lead_unit_type, *matter.co_unit_types) if matter else ())
        self.platform = PLATFORMS[0]

    def initial(self) -> dict[str, Any]:
        """What the form starts with."""
        if self.standing is None:
            return {
                "platform": self.platform, "code": self.next_codes.get(self.platform, ""), "accept_limit": ("1", "wd"),
                "handle_limit": ("5", "wd"), "sensitivity": "none", "limit_source": LimitSource.PROJECT_DEFAULT.value,
                "urgency_default": Urgency.STANDARD.value,
            }  # fmt: skip
        matter = self.standing.matter
        return {name: getattr(matter, name) for name in _SAME_NAME} | {
            "stamp": self.standing.stamp,
            "case_kinds": list(matter.case_kinds),
            "normal_level": matter.normal_level.value,
            "lead_unit_type": self.types.name(matter.lead_unit_type),
            "co_unit_types": [self.types.name(code) for code in matter.co_unit_types],
            "urgency_default": matter.urgency.value,
            "accept_limit": _parts(matter.accept_limit),
            "handle_limit": _parts(matter.handle_limit),
            "guard": sorted(guard.value for guard in matter.guards),
        }

    def choices(self) -> dict[str, Choices]:
        """The choices of each field that has some."""
        known = [standing.matter for standing in self.taken.values()]
        labels = sorted({matter.label for matter in known if matter.label})
        return {
            "platform": self._named("platform", PLATFORMS),
            "domain": [("", _("Please choose")), *self._sorted("domain", {matter.domain for matter in known})],
            "case_kinds": self._named("case_kind", CASE_KINDS),
            "normal_level": [
                *([] if self.standing else [("", _("Please choose"))]),
                *self._named("area_kind", [level.value for level in LEVELS]),
            ],
            "urgency_default": self._named("urgency", [urgency.value for urgency in Urgency]),
            "limit_source": self._named("limit_source", [source.value for source in LimitSource]),
            "sensitivity": self._named("sensitivity", SENSITIVITIES),
            "guard": self._named("matter_guard", [guard.value for guard in Guard]),
            "label": [("", _("none")), *((label, label) for label in labels)],
        }

    def _named(self, kind: str, codes: Sequence[str]) -> Choices:
        return [(code, words.label(kind, code, self.lang)) for code in codes]

    def _sorted(self, kind: str, codes: set[str]) -> Choices:
        return sorted(self._named(kind, sorted(codes)), key=lambda choice: choice[1])


def said(problem: str, matter: Matter, setting: Setting) -> str:
    """A problem of a matter in words."""
    published = setting.known.published.get(matter.code)
    return str(_SAID[problem]) % {
        "lead": setting.types.name(matter.lead_unit_type),
        "law": published.legal_basis if published else "",
        "accept": published.accept_limit.words(setting.lang) if published else "",
        "handle": published.handle_limit.words(setting.lang) if published else "",
    }


def _parts(limit: Limit) -> tuple[str, str]:
    return str(limit).removesuffix(limit.unit.value), limit.unit.value


def _plain_name(text: str) -> str:
    wrong = names.fault(text) if text else ""
    if wrong:
        raise ValidationError(saying.NAME_FAULTS[wrong])
    return text


def _amount_words(unit: LimitUnit) -> str:
    most = Limit.parse(f"{LONGEST[unit]}{unit.value}")
    if unit in WHOLE:
        return _("Give a whole number from 1 to %(most)d.") % {"most": most.amount}
    return _("Give a number above 0 and up to %(most)d, with at most two decimals.") % {"most": most.amount}


_LEAD_HINT = gettext_lazy("Exactly one. Type a part of the name and choose from the list.")
_SAME_NAME = (
    "name_zh", "name_en", "platform", "domain", "limit_source", "legal_basis", "sensitivity", "label", "notes",
)  # fmt: skip
PLACES = {
    "lead_is_co_handler": "co_unit_types",
    "co_handler_twice": "co_unit_types",
    "lead_is_open": "lead_unit_type",
    "lead_below_level": "normal_level",
    "guard_sensitivity": "sensitivity",
    "guard_consent": "guard",
    "emergency_hours": "accept_limit",
    "accept_after_handle": "accept_limit",
    "company_unaccountable": "lead_unit_type",
    "company_sensitive": "lead_unit_type",
    "no_legal_basis": "legal_basis",
}
"""Beside which field a problem stands; the others are about one of several."""
_SAID = {
    "lead_is_co_handler": gettext_lazy("%(lead)s is the lead already. Take it out here."),
    "co_handler_twice": gettext_lazy("A unit stands here twice. Keep it once."),
    "lead_is_open": gettext_lazy("Nobody answers as %(lead)s by default. Name a unit that does."),
    "lead_below_level": gettext_lazy(
        "%(lead)s works below this level, and the search goes upwards. Choose a lower level."
    ),
    "guard_sensitivity": gettext_lazy(
        "What is only passed on, or concerns a victim's safety, must be sensitive. Choose so here."
    ),
    "guard_consent": gettext_lazy(
        "Mediation needs the consent of both sides. Tick that demand (People's Mediation Law §17)."
    ),
    "emergency_hours": gettext_lazy("An emergency is acknowledged day and night. Count in clock hours, like 0.5."),
    "accept_after_handle": gettext_lazy("This is longer than the time to handle the case."),
    "company_unaccountable": gettext_lazy(
        "%(lead)s is a company without a public unit that answers for it. Name another lead."
    ),
    "company_sensitive": gettext_lazy(
        "%(lead)s is a company. A sensitive or protected matter is led by a public unit."
    ),
    "no_legal_basis": gettext_lazy("The limits come from the law: name the law and the paragraph."),
    "statute_changed": gettext_lazy(
        "The law (%(law)s) says: %(accept)s to acknowledge, %(handle)s to handle. Put that back, or name under “Legal "
        "basis” the law that changed it."
    ),
    "rights_limit": gettext_lazy(
        "A matter is about places, facilities and services, never about watching persons. Write another name."
    ),
}
