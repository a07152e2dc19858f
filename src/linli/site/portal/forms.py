"""The report form and the form to get back to one's case."""

import secrets
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import words
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.territory import AreaKind
from linli.intake.report import CONTACT_LIMIT, DETAIL_LIMIT, PHOTO_LIMIT, PLACE_LIMIT, TITLE_LIMIT, Report
from linli.intake.sameness import marked
from linli.site.acting import ACCEPTED_PHOTOS, matters_by_domain
from linli.site.asked import QuestionForm, form_for
from linli.site.naming import Names
from linli.site.portal.places import Resolved, Understood, resolve, understood
from linli.ui.widgets import ManyFiles, Rows

NO_AREA = "none"
NUMBER_LIMIT = 40
FIELD_OF = {
    "area_unknown": "where", "area_outside_district": "where", "matter_unknown": "matter", "too_many_photos": "photos",
    "photo_too_large": "photos", "photo_unreadable": "photos", "point_incomplete": "lat", "point_swapped": "lon",
    "point_outside_district": "lon", "unit_unknown": "about",
    "answers_without_matter": "matter",
}  # fmt: skip
_FIELD_NAMES = {
    "lon": "lon",
    "lat": "lat",
    "detail": "detail",
    "title": "title",
    "place": "place",
    "contact": "contact",
}


class Photos(forms.FileField):
    """Several pictures as bytes; they are decoded and cleaned when the report is taken in."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> tuple[bytes, ...]:
        uploads = [upload for upload in (data if isinstance(data, list) else [data]) if upload]
        if len(uploads) > PHOTO_LIMIT:
            raise forms.ValidationError(_("Choose at most %(limit)s photos.") % {"limit": PHOTO_LIMIT})
        return tuple(super(Photos, self).clean(upload, initial).read() for upload in uploads)


class ManyFilesWidget(ManyFiles):
    """Hands over every file that was chosen."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        del data
        return files.getlist(name)


class ReportForm(forms.Form):
    """What a resident tells. A few words or a photo are enough. ``key`` makes sending it twice harmless.

    ``filled`` is what was typed before: shown again, not judged. ``same`` is the mark of an open case that the
    resident takes for the same trouble (``intake.sameness``).
    """

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    same = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    detail = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("What, since when, and what you would like. A few words are enough."),
        max_length=DETAIL_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please describe what happened; a few words are enough.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Short title"),
        max_length=TITLE_LIMIT,
        required=False,
        help_text=gettext_lazy("Without one the first words of your description are used."),
    )
    photos = Photos(
        label=gettext_lazy("Photos"),
        required=False,
        widget=ManyFilesWidget(attrs={"accept": ACCEPTED_PHOTOS, "data-photos": PHOTO_LIMIT}),
        help_text=gettext_lazy("Up to 6, JPEG, PNG or WebP. Where and when a photo was taken is removed from it."),
    )
    where = forms.CharField(
        label=gettext_lazy("Town or community"),
        max_length=PLACE_LIMIT,
        required=False,
        help_text=gettext_lazy("Start typing the name, then choose. Leave it empty if you do not know it."),
        widget=forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}),
    )
    area = forms.ChoiceField(label=gettext_lazy("Which one do you mean?"), required=False, widget=Rows)
    place = forms.CharField(
        label=gettext_lazy("Where exactly?"),
        max_length=PLACE_LIMIT,
        required=False,
        help_text=gettext_lazy("Street and number, a building, or something to find it by."),
    )
    lon = forms.FloatField(label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False, min_value=-180, max_value=180)
    matter = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        required=False,
        help_text=gettext_lazy("Leave it open if you are not sure; the desk decides."),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("Is this a complaint about a unit?"),
        required=False,
        help_text=gettext_lazy("The unit you name, and those below it, will neither see nor handle your report."),
    )
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you?"),
        max_length=CONTACT_LIMIT,
        required=False,
        help_text=gettext_lazy(
            "Used only to ask back and to answer you. It is kept encrypted; only named officers may open it, for a "
            "stated reason, and you can see who did. You may leave it empty."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )

    def __init__(
        self, policy: Policy, names: Names, district: str, *args: Any, filled: QueryDict | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.filled = filled
        if filled is not None:
            self.initial.update({name: filled.get(name) for name in (*self.fields, "asked") if filled.get(name)})
        self.policy, self.names, self.district = policy, names, district
        self.photos_again = False
        self.initial.setdefault("key", new_key())
        if self.files.getlist("photos") if self.files else ():
            self.fields["detail"].required = False
        self.fields["matter"].choices = [("", _("Not sure")), *matters_by_domain(policy.offered.values(), names)]  # type: ignore[attr-defined]
        self.fields["about"].choices = [("", _("No")), *self._units()]  # type: ignore[attr-defined]
        self.questions = self._questions()
        asked = self.data.get("area") if self.is_bound else ""
        self.resolved = resolve(self._where, policy, names, district)
        self._offer([*self.resolved.candidates, *([asked] if asked and asked != NO_AREA else [])])

    @property
    def questions_about(self) -> str:
        """The name of the matter that asks."""
        return self.names.matter(self.questions.matter) if self.questions else ""

    @property
    def shows_questions(self) -> bool:
        """Whether the page that was sent had the questions of this matter on it."""
        return self.questions is not None and self.data.get("asked") == self.questions.matter

    def _questions(self) -> QuestionForm | None:
        """Those of the matter that was chosen, else of the one that the page asked about."""
        given = self.data if self.is_bound else self.initial
        matter = str(given.get("matter") or given.get("asked") or "")
        shown = self.is_bound and self.data.get("asked") == matter
        return form_for(self.policy, self.names.lang, matter, self.data if shown else None, self.filled)

    @property
    def folds(self) -> bool:
        """Whether nothing in the folded part was filled in or must be put right."""
        folded = ("title", "matter", "contact", "about")
        return not any(self.errors.get(name) or self.data.get(name) for name in folded) if self.is_bound else True

    @property
    def never_kept(self) -> str:
        """Codes of matters about which nothing may stay in the browser, for ``drafts.ts``."""
        return " ".join(matter.code for matter in self.policy.matters.values() if matter.is_sensitive)

    @property
    def understood(self) -> Understood | None:
        """What the words for the place were taken for, the person's own choice first; None where there are none."""
        chosen = str(self.data.get("area") or "") if self.is_bound else ""
        found = Resolved(chosen) if chosen in self.policy.territory.areas else self.resolved
        return understood(self._where, found, self.names)

    @property
    def _where(self) -> str:
        given = self.data if self.is_bound else self.initial
        return str(given.get("where") or "")[:PLACE_LIMIT]

    @property
    def asks_which(self) -> bool:
        """Whether the name that was typed fits several places, so that the person must choose."""
        return bool(self.resolved.candidates)

    def clean(self) -> dict[str, Any]:
        """Settles place and unit; what can't be settled is asked beside its field."""
        values = super().clean() or {}
        chosen = values.get("area") or ""
        values["area_code"] = None if chosen == NO_AREA else (chosen or self.resolved.area)
        about = values.get("about") or ""
        values["targets"] = ()
        if about:
            values["targets"] = self._target(about, values["area_code"])
            if not values["targets"]:
                self.add_error("about", _("Say first in which town or community this unit is."))
        if self.questions is not None and self.shows_questions and not self.questions.is_valid():
            self.add_error(None, _("Please look at the questions again."))
        if self.errors and values.get("photos"):
            self._ask_for_photos()
        return values

    def report(self) -> Report:
        """The report, as intake takes it."""
        values = self.cleaned_data
        answers = self.questions.told() if self.questions and self.shows_questions else {}
        told = [values["where"]] if values["where"] and values["area_code"] is None else []
        return Report(
            district=self.district,
            channel="portal",
            detail=values["detail"] or _("See the photo."),
            title=values["title"],
            area=values["area_code"],
            place=" ".join([*told, values["place"]]).strip()[:PLACE_LIMIT],
            lon=values["lon"],
            lat=values["lat"],
            matter=values["matter"] or None,
            contact=values["contact"],
            photos=values["photos"] or (),
            complaint_targets=values["targets"],
            answers=answers,
            answers_for=self.questions.matter if self.questions and answers else None,
            same_as=marked(values["same"], self.district, values["key"]) if values["same"] else None,
        )

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal beside its field."""
        about = FIELD_OF.get(refusal.code) or _FIELD_NAMES.get(str(refusal.facts.get("field", "")))
        self.add_error(about, words.refusal(refusal, self.names.lang, self.names, self.policy))
        if self.cleaned_data.get("photos") and about != "photos":
            self._ask_for_photos()

    def _ask_for_photos(self) -> None:
        self.photos_again = True
        self.add_error("photos", _("Please choose your photos again: browsers do not keep them."))

    def _offer(self, areas: list[str]) -> None:
        known = [code for code in dict.fromkeys(areas) if code in self.policy.territory.areas]
        choices = [(code, self.names.path(code)) for code in known]
        self.fields["area"].required = self.asks_which
        self.fields["area"].error_messages["required"] = _("Several places are called that. Please choose one.")
        self.fields["area"].choices = [*choices, (NO_AREA, _("None of these"))]  # type: ignore[attr-defined]

    def _units(self) -> list[tuple[str, list[tuple[str, str]]]]:
        territory, lang = self.policy.territory, self.names.lang
        district = sorted((self.names.unit(u.id), u.id) for u in territory.units.values() if u.area == self.district)
        groups = [
            (capfirst(words.label("area_kind", AreaKind.DISTRICT, lang)), [(unit, name) for name, unit in district])
        ]
        for kind, where in ((AreaKind.TOWN, _("Of the town above")), (AreaKind.COMMUNITY, _("Of the community above"))):
            types = {u.type for u in territory.units.values() if territory.areas[u.area].kind is kind}
            named = sorted((words.label("unit_type", t, lang), t) for t in types if words.has_label("unit_type", t))
            groups.append((where, [(f"{kind.value}:{t}", name) for name, t in named]))
        return groups

    def _target(self, about: str, area: str | None) -> tuple[str, ...]:
        kind, colon, unit_type = about.partition(":")
        if not colon:
            return (about,)
        place = self.policy.territory.ancestor(area, AreaKind(kind)) if area else None
        found = self.policy.territory.serving(unit_type, place.code) if place else ()
        return tuple(unit.id for unit in found[:1])


class FollowForm(forms.Form):
    """Number and secret code of a case."""

    number = forms.CharField(
        label=gettext_lazy("Number of your case"),
        max_length=NUMBER_LIMIT,
        help_text=gettext_lazy("For example 118-0001234-5"),
        error_messages={"required": gettext_lazy("Please fill this in.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Secret code"),
        max_length=40,
        help_text=gettext_lazy("12 letters and digits, as on your receipt; capitals and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Please fill this in.")},
    )


def new_key() -> str:
    """A fresh key for one filling-in of the form."""
    return secrets.token_hex(16)
