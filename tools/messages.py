"""Brings the translation files up to date with what Python and templates mark, or checks that they are complete.

    python tools/messages.py            update src/linli/locale/*/LC_MESSAGES/django.po
    python tools/messages.py --check    only say what is missing or wrong

Texts in the source are English, so the English file fills itself; the Chinese one is a translator's work. Needs no
gettext programs: Babel reads Python, Django's own ``templatize`` turns templates into something Babel reads.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).resolve().parents[1]
PACKAGE = HOME / "src" / "linli"
LOCALES = ("zh_Hans", "en")
SOURCE_LOCALE = "en"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
BRACES = re.compile(r"\{(\w*)\}")


def marked(package: Path) -> Catalog:
    """Every text that the package marks for translation, with the file it stands in."""
    catalog = Catalog(fuzzy=False)
    for path in sorted(package.rglob("*.py")):
        if "migrations" not in path.parts:
            _add(catalog, path, package, path.read_bytes())
    for path in sorted(package.rglob("*.html")) + sorted(package.rglob("*.txt")):
        if "templates" in path.parts:
            _add(catalog, path, package, _as_python(path))
    return catalog


def _as_python(path: Path) -> bytes:
    """A template as lines that Babel's Python reader understands: the calls stay, all else is blanked out."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    text: str = templatize(path.read_text("utf-8"), origin=str(path))
    # Blanked-out text keeps its indentation, which Python's tokenizer would take for blocks.
    return "\n".join(line.strip() for line in text.splitlines()).encode()


def _add(catalog: Catalog, path: Path, package: Path, source: bytes) -> None:
    for _, message, _, context in extract(
        "python", io.BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        catalog.add(message, locations=[(path.relative_to(package).as_posix(), 0)], context=context)


def file_of(package: Path, locale: str) -> Path:
    """Where a locale's texts stand."""
    return package / "locale" / locale / "LC_MESSAGES" / "django.po"


def translated(package: Path, locale: str) -> Catalog:
    """The texts of a locale; empty when its file is not there yet."""
    path = file_of(package, locale)
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def update(package: Path) -> None:
    """Adds new texts, drops those no longer marked, keeps every translation; writes only what changed."""
    template = marked(package)
    for locale in LOCALES:
        catalog = translated(package, locale)
        template.creation_date = catalog.creation_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _name(catalog)
        if locale == SOURCE_LOCALE:
            _fill(catalog)
        path = file_of(package, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = io.BytesIO()
        write_po(draft, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        if not path.exists() or path.read_bytes() != draft.getvalue():
            path.write_bytes(draft.getvalue())
        empty = sum(1 for message in catalog if message.id and not _complete(message))
        print(f"{locale}: {len(catalog)} texts, {empty} to translate in {path.relative_to(package)}")


def _name(catalog: Catalog) -> None:
    """A head that says what the file is and nothing of people or dates of writing."""
    catalog.header_comment = (
        "# Texts of Linli. Made by tools/messages.py from the source; only translations are written by hand."
    )
    catalog.project, catalog.version = "linli", ""
    catalog.msgid_bugs_address = catalog.last_translator = ""
    catalog.language_team = catalog.locale_identifier or ""


def _fill(catalog: Catalog) -> None:
    for message in catalog:
        if message.id and not _complete(message):
            message.string = message.id


def _complete(message: Any) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings) and not message.fuzzy


def faults(package: Path) -> Iterator[str]:
    """What is missing, fuzzy, empty, stale or wrong in the placeholders, one line each."""
    template = marked(package)
    for locale in LOCALES:
        catalog = translated(package, locale)
        for message in template:
            if not message.id:
                continue
            text = message.id if isinstance(message.id, str) else message.id[0]
            found = catalog.get(text, message.context)
            if found is None:
                yield f"{locale}: missing: {text!r} ({message.locations[0][0]})"
            elif not _complete(found):
                yield f"{locale}: {'fuzzy' if found.fuzzy else 'empty'}: {text!r}"
            elif braces := _other_braces(found):
                yield f"{locale}: {text!r}: the translation has other placeholders: {braces}"
        for message, errors in catalog.check():
            yield from (f"{locale}: {message.id!r}: {error}" for error in errors)
        stale = {(m.id, m.context) for m in catalog if m.id} - {(m.id, m.context) for m in template}
        yield from (f"{locale}: no longer in the source: {text!r}" for text, _ in sorted(stale, key=str))


def _other_braces(message: Any) -> str:
    """Placeholders in braces of one side only; Babel itself compares those with a percent sign."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = {name for text in ids for name in BRACES.findall(text)}
    given = {name for text in strings for name in BRACES.findall(text)}
    return ", ".join(sorted(wanted ^ given))


def main() -> int:
    """Updates, or with ``--check`` prints faults and answers 1 when there is one."""
    if "--check" not in sys.argv[1:]:
        update(PACKAGE)
        return 0
    found = list(faults(PACKAGE))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
