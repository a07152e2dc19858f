"""Forms of the imports: the upload, and which column of an export is which part of a report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.directory.datum import Datum
from linli.intake import mapping
from linli.intake.mapping import ColumnMap
from linli.intake.queries_imports import MappingInfo
from linli.site.administration.import_words import DATUMS, PARTS

SOURCE_LIMIT, NAME_LIMIT, MAPPING_BYTES = 40, 60, 64 * 1024
JOINED = ("detail", "area", "place", "contact", "source_number")
"""Parts that several columns may make up together."""


class UploadForm(forms.Form):
    """A file of one kind."""

    datum = forms.ChoiceField(
        label=gettext_lazy("What the coordinates mean"),
        help_text=gettext_lazy("Maps in China shift positions by some hundred metres; the wrong choice shows there."),
    )
    saved = forms.ChoiceField(required=False, label=gettext_lazy("Mapping of the columns"))
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)

    def __init__(
        self, kind: str, limit_mb: int, kept: Sequence[MappingInfo], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files, auto_id="upload-%s")
        self.fields["file"].help_text = _("At most %(limit)d MB.") % {"limit": limit_mb}
        self.fields["file"].error_messages["required"] = _("Please choose a file.")
        if kind == "boundaries":
            _choices(self, "datum", [("", _("Please choose")), *DATUMS])
        else:
            del self.fields["datum"]
        if kind == "reports":
            shipped = [(name, name) for name in mapping.samples()]
            own = [(info.id, info.name) for info in kept]
            _choices(self, "saved", [("", _("Propose one from the first row")), *own, *shipped])
        else:
            del self.fields["saved"]


class MappingForm(forms.Form):
    """The columns of an export as parts of a report. What the page does not show of the mapping is kept."""

    def __init__(
        self, columns: Sequence[str], known: ColumnMap | None, source: str, areas: Sequence[Any],
        channels: Sequence[Any], data: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, auto_id="map-%s")
        self._known = known or ColumnMap({})
        offered = [("", _("none")), *((name, name) for name in columns)]
        for part in mapping.FIELDS:
            given = self._known.columns.get(part, ())
            slots = max(2, len(given)) if part in JOINED else 1
            for number in range(slots):
                self.fields[f"{part}-{number}"] = forms.ChoiceField(
                    choices=offered, required=False, initial=given[number] if number < len(given) else "",
                    label=PARTS[part] if not number else _("%(part)s, more") % {"part": PARTS[part]},
                )  # fmt: skip
        defaults = self._known.defaults
        self.fields["channel"] = forms.ChoiceField(
            choices=[("", _("none")), *channels], required=False, initial=defaults.get("channel", ""),
            label=_("Channel where the file names none"),
        )  # fmt: skip
        self.fields["area"] = forms.ChoiceField(
            choices=[("", _("none")), *areas], required=False, initial=defaults.get("area", ""),
            label=_("Place where the file names none"),
        )  # fmt: skip
        self.fields["datum"] = forms.ChoiceField(
            choices=DATUMS, initial=self._known.datum.value, label=_("What the coordinates mean")
        )
        self.fields["source"] = forms.CharField(
            max_length=SOURCE_LIMIT, initial=self._known.source or source[:SOURCE_LIMIT], label=_("Name of the source"),
            help_text=_("With the number it tells a row that is in already. Give each export of one system the same."),
        )  # fmt: skip
        self.fields["name"] = forms.CharField(
            max_length=NAME_LIMIT, required=False, label=_("Keep this mapping as"),
            help_text=_("Under this name it can be chosen at the next upload."),
        )  # fmt: skip
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")

    def parts(self, samples: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, list[BoundField], list[str]]]:
        """Each part of a report: its name, its fields, and what the columns chosen hold."""
        for part in mapping.FIELDS:
            fields = [self[name] for name in self.fields if name.rpartition("-")[0] == part]
            chosen = [str(field.value() or "") for field in fields]
            values = [text for name in chosen for text in samples.get(name, ())]
            yield str(PARTS[part]), fields, values

    def others(self) -> list[BoundField]:
        """The fields that are no columns."""
        return [self[name] for name in ("channel", "area", "datum", "source", "name")]

    def clean(self) -> dict[str, Any]:
        """There must be words, no column twice in a part, and both coordinates or none."""
        given = super().clean() or {}
        chosen = self._chosen(given)
        if "detail" not in chosen and "title" not in chosen:
            self.add_error("detail-0", ValidationError(_("Choose the column with what was said, or one with a title.")))
        if ("lon" in chosen) != ("lat" in chosen):
            lost = "lat-0" if "lon" in chosen else "lon-0"
            self.add_error(lost, ValidationError(_("Choose both coordinates, or none.")))
        return given

    def mapping(self) -> ColumnMap:
        """The mapping as it is meant now."""
        given, known = self.cleaned_data, self._known
        defaults = {part: given[part] for part in ("channel", "area") if given[part]}
        if "matter" in known.defaults:
            defaults["matter"] = known.defaults["matter"]
        return ColumnMap(
            columns=self._chosen(given), values=known.values, defaults=defaults, formats=known.formats, zone=known.zone,
            datum=Datum(given["datum"]), source=given["source"],
        )  # fmt: skip

    def _chosen(self, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for part in mapping.FIELDS:
            names = [given.get(name, "") for name in self.fields if name.rpartition("-")[0] == part]
            if kept := tuple(dict.fromkeys(name for name in names if name)):
                found[part] = kept
        return found


class MappingFileForm(forms.Form):
    """A mapping file, as the command line takes it, to be kept under a name."""

    name = forms.CharField(max_length=NAME_LIMIT, label=gettext_lazy("Name"))
    file = forms.FileField(label=gettext_lazy("Mapping file"), help_text=gettext_lazy("YAML, as for linli import."))

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="mapping-%s")
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")

    def clean_file(self) -> Any:
        """A mapping file is small."""
        file = self.cleaned_data["file"]
        if file.size > MAPPING_BYTES:
            raise ValidationError(_("A mapping file has at most 64 KB."))
        return file


def _choices(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    field.error_messages["required"] = _("Please choose.")
