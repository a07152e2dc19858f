"""The form by which days of the working calendar are corrected."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.catalogue.calendars import Correction, DayKind

MOST_DAYS = 60
KINDS = (
    (DayKind.HOLIDAY.value, gettext_lazy("rest day")),
    (DayKind.MAKEUP_WORKDAY.value, gettext_lazy("working day (made up)")),
    (DayKind.ORDINARY.value, gettext_lazy("as the week has it")),
)


class CorrectionForm(forms.Form):
    """From which day to which day, what they are, under which name, and why."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        required=False, label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: that one day."),
    )  # fmt: skip
    kind = forms.ChoiceField(choices=KINDS, label=gettext_lazy("These days are"))
    name_zh = forms.CharField(required=False, max_length=40, label=gettext_lazy("Name in Chinese"))
    name_en = forms.CharField(required=False, max_length=60, label=gettext_lazy("Name in English"))
    complete = forms.IntegerField(
        required=False, min_value=2025, label=gettext_lazy("Year whose notice is now complete"),
        help_text=gettext_lazy("Enter it with the last day of the yearly notice; the year then counts as known."),
    )  # fmt: skip
    why = forms.CharField(max_length=200, label=gettext_lazy("Reason, for example the number of the notice"))

    def __init__(self, today: date, data: Any = None) -> None:
        super().__init__(data)
        self.today = today
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")

    def clean(self) -> dict[str, Any]:
        """Days in order, not too many, near enough, and named where they are special."""
        data = dict(super().clean() or {})
        first, last = data.get("first"), data.get("last") or data.get("first")
        if first is None or last is None:
            return data
        if last < first:
            self.add_error("last", _("The last day lies before the first."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", _("At most %(days)s days at once.") % {"days": MOST_DAYS})
        self._judge_day(first)
        self._judge_names(data)
        if data.get("complete") not in (None, last.year):
            self.add_error("complete", _("This is the year of the days above, or empty."))
        return data

    def _judge_day(self, first: date) -> None:
        if not self.today - timedelta(days=366) <= first <= date(self.today.year + 1, 12, 31):
            self.add_error("first", _("Choose a day between a year ago and the end of next year."))

    def _judge_names(self, data: dict[str, Any]) -> None:
        for name in ("name_zh", "name_en") if data.get("kind") != DayKind.ORDINARY.value else ():
            if not data.get(name):
                self.add_error(name, _("Please fill this in."))

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """The corrected days, of a valid form."""
        data = self.cleaned_data
        first, last = data["first"], data["last"] or data["first"]
        kind = DayKind(data["kind"])
        name = "" if kind is DayKind.ORDINARY else f"{data['name_zh'].strip()} / {data['name_en'].strip()}"
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return tuple(Correction(day, kind, name) for day in days)

    @property
    def years(self) -> tuple[int, ...]:
        """The year whose notice is complete now, if one was named."""
        return (self.cleaned_data["complete"],) if self.cleaned_data.get("complete") else ()
