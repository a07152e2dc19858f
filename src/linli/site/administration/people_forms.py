"""Forms of people: a new one, a post given, a post ended, an absence."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.directory import queries as directory
from linli.site.administration import keeping, unit_forms
from linli.site.desk.asking import Asking

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Days and weeks beyond these are mistyped."""
_DATE = {"type": "date"}


def _day(label: Any, *, required: bool = False, hint: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    field = forms.DateField(label=label, required=required, help_text=hint, widget=widget)
    field.error_messages["invalid"] = gettext_lazy("Write the day as 2026-11-23.")
    field.validators.append(_near)
    return field


def _near(day: date) -> None:
    """A year that was mistyped, before the calendar ends."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("This day is too far away. Check the year."))


class _Days(unit_forms.KeepForm):
    """A form with days: from the beginning of one to the end of another, on the district's clock."""

    def __init__(self, asking: Asking, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.asking = asking

    def begins(self, name: str) -> datetime:
        """The beginning of a day; now where none is given."""
        day = self.cleaned_data.get(name)
        return self.asking.policy.calendar.midnight(day) if day else self.asking.now

    def ends(self, name: str) -> datetime | None:
        """The end of a day; None where none is given."""
        day = self.cleaned_data.get(name)
        return self.asking.policy.calendar.midnight(day + timedelta(days=1)) if day else None


class GiveForm(_Days):
    """A post for somebody who has an account."""

    post = forms.ChoiceField(label=gettext_lazy("Post"))
    since = _day(gettext_lazy("First day"), hint=gettext_lazy("Empty: at once."))
    until = _day(gettext_lazy("Last day"), hint=gettext_lazy("Empty: until it is ended."))

    def __init__(self, asking: Asking, unit: str, data: Any = None, **options: Any) -> None:
        super().__init__(asking, data, **options)
        self.choices("post", [("", _("Please choose")), *posts(asking, unit)])


class NewPersonForm(GiveForm):
    """A new person: who they are, and the post they begin with."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=80,
        help_text=gettext_lazy("To log in with: letters, digits or . _ @ -"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("username", "name", "post", "since", "until")


class EndForm(_Days):
    """The end of a holding."""

    until = _day(gettext_lazy("Last day"), hint=gettext_lazy("Empty: at once."))


class AwayForm(_Days):
    """From when until when somebody is away. No reason is asked for."""

    since = _day(gettext_lazy("First day away"), required=True)
    until = _day(gettext_lazy("Last day away"), required=True)


def posts(asking: Asking, unit: str) -> list[tuple[str, str]]:
    """Posts of a unit that the person administers; none of another."""
    known = directory.kept_posts(asking.district, [unit]) if keeping.unit_of(asking, unit) else []
    return [(post.id, unit_forms.title(post, asking.names.lang)) for post in known]


def unit_asked(request: HttpRequest) -> str:
    """The unit that was chosen: the address names it, or the post that was sent is one of its."""
    named = request.GET.get("unit", "") or request.POST.get("post", "").rpartition(".")[0]
    return named.replace("\x00", "")
