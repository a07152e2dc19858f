"""Types of units under the names that people know: what may be typed where a matter names a unit."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.cases import words
from linli.catalogue.matter_rows import Known
from linli.ui.widgets import Several

DATALIST = "unit-types"
LANGUAGES = ("zh-hans", "en")


class UnitTypes:
    """Names of unit types in one language; those that two share say their level as well.

    ``used`` are the types that a matter has already: where a body has two names, what it was called stays.
    """

    def __init__(self, known: Known, lang: str, used: Iterable[str] = ()) -> None:
        self.lang, self.used = lang, tuple(used)
        self._levels = {kind.type: kind.level for kind in known.template.units}
        second = set(known.template.same_as)
        self.codes = sorted(known.all_types)
        self._shared = {
            each: Counter(self._plain(code, each) for code in self.codes if code not in second) for each in LANGUAGES
        }
        self.names: Mapping[str, str] = {code: self._name(code, lang) for code in self.codes}
        self.choices: Sequence[str] = sorted({name for code, name in self.names.items() if code not in second})
        written = [(self._name(code, each), code) for each in LANGUAGES for code in self.codes if code not in second]
        self._codes = {name.casefold(): code for name, code in written}

    def name(self, code: str) -> str:
        """What the type is called."""
        return self.names.get(code, code)

    def code(self, text: str) -> str:
        """The type behind a name in either language, or a code.

        Raises:
            ValidationError: there is none; a near one is named.
        """
        kept = next((code for code in self.used if self.name(code) == text), None)
        found = kept or self._codes.get(text.casefold()) or (text if text in self.names else None)
        if found is None:
            near = get_close_matches(text, self.choices, n=1, cutoff=0.5)
            hint = _("Did you mean %(name)s?") % {"name": near[0]} if near else _("Choose one from the list.")
            raise ValidationError(_("No unit is called %(name)s.") % {"name": text[:40]} + " " + hint)
        return found

    def _name(self, code: str, lang: str) -> str:
        plain = self._plain(code, lang)
        if self._shared[lang][plain] < 2 or code not in self._levels:
            return plain
        level = words.label("area_kind", self._levels[code], lang)
        return f"{plain}（{level}）" if lang == "zh-hans" else f"{plain} ({level})"

    def _plain(self, code: str, lang: str) -> str:
        return words.label("unit_type", code, lang) if words.has_label("unit_type", code) else code


class UnitTypeField(forms.CharField):
    """One type of unit, by name."""

    def __init__(self, types: UnitTypes, **options: Any) -> None:
        super().__init__(max_length=100, widget=forms.TextInput({"list": DATALIST, "autocomplete": "off"}), **options)
        self.types = types

    def clean(self, value: Any) -> str:
        """The code of the type."""
        return self.types.code(super().clean(value))


class UnitTypesField(forms.Field):
    """Several types of units, by name."""

    def __init__(self, types: UnitTypes, label: Any, **options: Any) -> None:
        super().__init__(widget=Several(label, DATALIST), label=label, **options)
        self.types = types

    def clean(self, value: Any) -> list[str]:
        """The codes of the types, in the order of the lines."""
        return [self.types.code(text) for text in super().clean(value) or ()]
