"""Imports: upload, preview with refused rows, run in the background, report, and the list of earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import yaml
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.accounts import queries as accounts
from linli.cases import words
from linli.core.errors import Refusal
from linli.core.territory import AreaKind
from linli.directory.encoding import UnreadableFileError
from linli.intake import actions, looking, mapping, queries_imports
from linli.intake.actions import Uploader
from linli.intake.mapping import MappingError
from linli.intake.report import CHANNELS
from linli.site.administration import import_words
from linli.site.administration.guarding import administration_page
from linli.site.administration.import_forms import MappingFileForm, MappingForm, UploadForm
from linli.site.administration.sections import at
from linli.site.administration.uploading import InMemory, was_too_large
from linli.site.desk.asking import Asking

SECTION = "desk-imports"
WAITING = queries_imports.WAITING
LIMIT_MB = looking.MOST_BYTES >> 20


@dataclass(frozen=True, slots=True)
class Line:
    """An import in the list."""

    id: str
    file: str
    kind: str
    state: str
    code: str
    who: str
    at: Any
    read: int
    new: int
    refused: int


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The kinds that the person may import, the imports so far and the kept mappings."""
    return _index(request, asking, MappingFileForm())


@csrf_exempt  # the inner view is protected: the token is read only once the handler below is in place
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Takes a file in. It stays in memory until it is sealed, so that none of it lies in a folder of the system's."""
    request.upload_handlers = [InMemory(request)]
    answer: HttpResponse = _upload(request, kind)
    return answer


@csrf_protect
@require_http_methods(["GET", "POST"])
@administration_page
def _upload(request: HttpRequest, asking: Asking, kind: str) -> HttpResponse:
    if kind not in import_words.KINDS or not queries_imports.may_import(asking.actor, asking.district, kind):
        raise Http404
    kept = queries_imports.mappings(asking.district)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(kind, LIMIT_MB, kept, *given)
    if request.method == "POST" and was_too_large(request):
        form.add_error("file", _("The file has more than %(limit)d MB. Split it.") % {"limit": LIMIT_MB})
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = actions.begin_import(
                _by(asking), kind, file.name, file.read(), datum=form.cleaned_data.get("datum", ""),
                saved=form.cleaned_data.get("saved", ""),
            )  # fmt: skip
        except UnreadableFileError as error:
            form.add_error("file", str(import_words.problem(error.code)))
        else:
            return redirect("desk-import", job)
    name, about = import_words.KINDS[kind]
    shown = {"form": form, "kind": kind, "name": name, "about": about}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "administration/import_upload.html", at(SECTION, asking) | shown, status=status)


@require_GET
@administration_page
def job(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """One import: how far it is, what its check found, or what became of it."""
    return _job(request, asking, str(job))


@require_POST
@administration_page
def remap(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """Takes another mapping, maybe keeps it, and checks the file again."""
    found = _found(asking, str(job))
    form = _mapping_form(asking, found, request.POST)
    if found.state != "checked":
        return _job(request, asking, str(job), conflict=True)
    if not form.is_valid():
        return _job(request, asking, str(job), form=form)
    columns = form.mapping()
    try:
        actions.remap_import(_by(asking), str(job), _version(request), columns)
    except Refusal:
        return _job(request, asking, str(job), conflict=True)
    except MappingError:
        form.add_error(None, str(import_words.problem("mapping")))
        return _job(request, asking, str(job), form=form)
    if name := form.cleaned_data["name"]:
        actions.save_mapping(_by(asking), name, columns)
        messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": name})
    return redirect("desk-import", job)


@require_POST
@administration_page
def run(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """Asks for the import itself."""
    _found(asking, str(job))
    try:
        actions.run_import(_by(asking), str(job), _version(request))
    except Refusal:
        return _job(request, asking, str(job), conflict=True)
    return redirect("desk-import", job)


@require_POST
@administration_page
def cancel(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """Ends an import before its time."""
    del request
    _found(asking, str(job))
    actions.cancel_import(_by(asking), str(job))
    return redirect("desk-import", job)


@require_GET
@administration_page
def errors(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """The refused rows as a file that can be corrected and uploaded again."""
    del request
    found = _found(asking, str(job))
    content = actions.take_refused(_by(asking), str(job))
    if content is None:
        raise Http404
    ending = "geojson" if found.kind == "boundaries" else "ndjson" if content[:1] == b"{" else "csv"
    stem = found.file_name.rpartition(".")[0].partition(".errors")[0] or found.file_name
    return _file(content, f"{stem}.errors.{ending}", "application/octet-stream")


@require_GET
@administration_page
def job_mapping(request: HttpRequest, asking: Asking, job: UUID) -> HttpResponse:
    """The mapping of an import as a file."""
    del request
    columns = queries_imports.columns_of(_found(asking, str(job)))
    if columns is None:
        raise Http404
    return _yaml(columns, "mapping")


@require_GET
@administration_page
def saved(request: HttpRequest, asking: Asking, mapping_id: UUID) -> HttpResponse:
    """A kept mapping as a file."""
    del request
    found = _may_map(asking) and queries_imports.saved_mapping(asking.district, str(mapping_id))
    if not found:
        raise Http404
    return _yaml(found.columns, found.name)


@require_POST
@administration_page
def keep(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Keeps an uploaded mapping file under a name."""
    if not _may_map(asking):
        raise Http404
    form = MappingFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            document = yaml.safe_load(form.cleaned_data["file"].read().decode("utf-8-sig"))
            columns = mapping.read(document, form.cleaned_data["file"].name)
        except (yaml.YAMLError, UnicodeDecodeError, MappingError):
            words = _("This is no mapping file. Download one here, change it and upload it again.")
            form.add_error("file", words)
        else:
            actions.save_mapping(_by(asking), form.cleaned_data["name"], columns)
            messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": form.cleaned_data["name"]})
            return redirect(SECTION)
    return _index(request, asking, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@administration_page
def drop(request: HttpRequest, asking: Asking, mapping_id: UUID) -> HttpResponse:
    """Forgets a kept mapping."""
    if not _may_map(asking):
        raise Http404
    actions.drop_mapping(_by(asking), str(mapping_id))
    messages.success(request, _("The mapping is removed."))
    return redirect(SECTION)


def _index(
    request: HttpRequest, asking: Asking, form: MappingFileForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    found = queries_imports.jobs(asking.actor, asking.district)
    names = accounts.display_names({row.actor for row in found})
    lines = [
        Line(
            str(row.id), row.file_name, str(import_words.KINDS[row.kind][0]), str(import_words.STATES[row.state]),
            row.state, names.get(row.actor, ""), row.made_at, row.read, row.new, row.refused,
        )
        for row in found
    ]  # fmt: skip
    may = {k: v for k, v in import_words.KINDS.items() if queries_imports.may_import(asking.actor, asking.district, k)}
    shown = {
        "kinds": [(kind, name, about) for kind, (name, about) in may.items()], "lines": lines, "form": form,
        "maps": _may_map(asking), "mappings": queries_imports.mappings(asking.district) if _may_map(asking) else (),
    }  # fmt: skip
    return render(request, "administration/imports.html", at(SECTION, asking) | shown, status=status)


def _job(
    request: HttpRequest, asking: Asking, job_id: str, *, form: MappingForm | None = None, conflict: bool = False
) -> HttpResponse:
    found = _found(asking, job_id)
    preview = queries_imports.preview(found) if found.state == "checked" else {}
    if form is None and found.kind == "reports" and preview:
        form = _mapping_form(asking, found)
    mapped = found.kind != "reports" or queries_imports.has_part(found, "mapping")
    shown = {
        "job": found,
        "kind": import_words.KINDS[found.kind][0],
        "state": import_words.STATES[found.state],
        "problem": import_words.problem(found.problem) if found.problem else "",
        "waits": found.state in WAITING,
        "runs": found.state == "checked" and mapped and not found.problem,
        "errors": queries_imports.has_part(found, "errors"),
        "who": accounts.display_names([found.actor]).get(found.actor, ""),
        "form": form,
        "mapped": mapped,
        "conflict": conflict,
    }
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.OK
    if form is not None and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown |= _previewed(found, preview, form, asking.names.lang)
    return render(request, "administration/import.html", at(SECTION, asking) | shown, status=status)


def _previewed(found: Any, preview: Mapping[str, Any], form: MappingForm | None, lang: str) -> dict[str, Any]:
    """What the check found, for the page; nearly nothing once the preview is gone."""
    seen, reports = preview.get("look", {}), found.kind == "reports"
    columns = queries_imports.columns_of(found) if seen and reports else None
    bad = [
        row | {"reason": row["reason"][lang], "column": _column(row["column"]) if reports else row["column"]}
        for row in preview.get("bad", ())
    ]
    return {
        "look": seen,
        "look_form": import_words.FORMS.get(seen.get("form", ""), ""),
        "bad": bad,
        "parts": list(form.parts(seen.get("samples", {}))) if form else (),
        "unused": mapping.unused(columns, seen["columns"]) if columns else (),
        "numberless": columns is not None and "source_number" not in columns.columns,
        "notes": () if reports else [note[lang] for note in preview.get("notes", ())],
    }


def _column(parts: str) -> str:
    return "、".join(str(import_words.PARTS.get(part, part)) for part in parts.split(", "))


def _mapping_form(asking: Asking, found: Any, data: Any = None) -> MappingForm:
    seen = queries_imports.preview(found).get("look", {})
    territory = asking.policy.territory.areas.values()
    kinds = (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY)
    areas = [(a.code, asking.names.path(a.code)) for a in territory if a.kind in kinds and not a.placeholder]
    channels = [(code, words.label("channel", code, asking.names.lang)) for code in CHANNELS]
    source = actions.default_source(Path(found.file_name))
    known = queries_imports.columns_of(found)
    return MappingForm(seen.get("columns", ()), known, source, sorted(areas), channels, data)


def _found(asking: Asking, job_id: str) -> Any:
    found = queries_imports.job(asking.actor, asking.district, job_id)
    if found is None:
        raise Http404
    return found


def _may_map(asking: Asking) -> bool:
    return queries_imports.may_import(asking.actor, asking.district, "reports")


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _by(asking: Asking) -> Uploader:
    return Uploader(asking.actor, asking.district, asking.policy.version, asking.names.lang, asking.now)


def _yaml(columns: mapping.ColumnMap, name: str) -> HttpResponse:
    text = yaml.safe_dump(mapping.document(columns), allow_unicode=True, sort_keys=False)
    return _file(text.encode(), f"{name}.yaml", "application/yaml; charset=utf-8")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
