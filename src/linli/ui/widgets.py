"""Form widgets of the kit: choices as full-width rows that can be hit with a thumb."""

from typing import Any

from django import forms

TICK = {"class": "form-check-input"}


class Rows(forms.RadioSelect):
    """One of a few, each a row of its own."""

    template_name = "ui/choices.html"
    option_inherits_attrs = True

    def __init__(self, attrs: dict[str, str] | None = None, choices: Any = ()) -> None:
        super().__init__({**TICK, **(attrs or {})}, choices)


class TickRows(forms.CheckboxSelectMultiple):
    """Several of a list; groups fold."""

    template_name = "ui/choices.html"
    option_inherits_attrs = True

    def __init__(self, attrs: dict[str, str] | None = None, choices: Any = ()) -> None:
        super().__init__({**TICK, **(attrs or {})}, choices)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Amount(forms.MultiWidget):
    """A number beside the unit that it is counted in."""

    template_name = "ui/limit.html"

    def __init__(self, units: Any, amount: Any, unit: Any) -> None:
        number = forms.TextInput(
            {"inputmode": "decimal", "aria-label": amount, "size": 6, "autocomplete": "off", "class": "form-control"}
        )
        super().__init__({"amount": number, "unit": forms.Select({"aria-label": unit, "class": "form-select"}, units)})

    def decompress(self, value: Any) -> list[str]:
        """The two parts of what is given as a pair."""
        return list(value) if value else ["", ""]


class Several(forms.Widget):
    """Several texts, each in a line of its own with proposals from a ``datalist``, and empty lines for more."""

    template_name = "ui/several.html"
    use_fieldset = True
    spare, least = 2, 3

    def __init__(self, label: Any, datalist: str) -> None:
        super().__init__()
        self.label, self.datalist = label, datalist

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The lines that are filled, and some empty ones."""
        context = super().get_context(name, None, attrs)
        lines = [text for text in value or () if text]
        lines += [""] * max(self.spare, self.least - len(lines))
        context["widget"] |= {"lines": lines, "label": self.label, "list": self.datalist}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The lines that were filled in."""
        del files
        return [text.strip() for text in data.getlist(name) if text.strip()]

    def id_for_label(self, id_: str | None) -> str:
        """A group has no single element to label."""
        del id_
        return ""
