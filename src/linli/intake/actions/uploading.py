"""What a person does with an uploaded file: hand it in, change its mapping, run it, cancel it. The work itself is
in :mod:`linli.intake.actions.working_off`."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from uuid_utils.compat import uuid7

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.core.territory import Function
from linli.intake import looking, mapping, queries_imports
from linli.intake.actions.holding import held
from linli.intake.actions.importing import SOURCE_LIMIT, default_source
from linli.intake.mapping import ColumnMap, MappingError
from linli.intake.models import ImportJob, ImportPart, SavedMapping
from linli.intake.unzipping import PREFIX, tidy
from linli.ledger import actions as ledger
from linli.vault.sealing import SealedItem, seal

STREAM = "import"
KEPT = timedelta(hours=24)
"""How long a file waits for its person, and refused rows for theirs."""
ENDED = ("done", "failed", "cancelled", "expired")
_LONGEST_NAME, _LONGEST_ENDING = 50, 8
"""Characters; one takes up to four of the 255 bytes that a name may have."""


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who uploads, for which district, under which policy, in which language, and when."""

    actor: Actor
    district: str
    policy: str
    lang: str
    now: datetime


def begin(by: Uploader, kind: str, name: str, content: bytes, *, datum: str = "", saved: str = "") -> str:
    """Takes a file in, sealed, and asks for its check; gives the job's id. Lock: none, the job is new.

    ``saved`` is the id of a mapping of the district, or the name of a shipped one.

    Raises:
        UnreadableFileError: it cannot be an import of that kind; nothing was kept.
        Refusal: ``not_yours`` for a kind that the person may not import.
    """
    if not queries_imports.may_import(by.actor, by.district, kind):
        raise Refusal("not_yours", {"action": "import"})
    name = _plain_name(name)
    with laid_out(name, content) as path:
        seen = looking.look(kind, path)
    columns = _first_mapping(by.district, saved, seen.columns, name) if kind == "reports" else None
    if columns is not None and not columns.source:
        columns = replace(columns, source=default_source(Path(name))[:SOURCE_LIMIT])
    file = seal("upload", "file", content)
    within = () if by.district in (areas := queries_imports.administered(by.actor)) else areas
    with transaction.atomic():
        job = ImportJob.objects.create(
            id=uuid7(), district_id=by.district, kind=kind, file_name=name, lang=by.lang, datum=datum,
            state="checked" if kind == "reports" and columns is None else "checking", actor=by.actor.id,
            post=_post(by.actor), within=list(within or (by.district,)), digest=file.digest,
            rows_expected=seen.rows, made_at=by.now, expires_at=by.now + KEPT,
        )  # fmt: skip
        _store(job, file)
        keep_json(job, "preview", {"look": _as_document(seen, masked=kind == "reports")})
        if columns is not None:
            keep_json(job, "mapping", mapping.document(columns))
        _record(by, job, "import.uploaded", {"kind": kind, "sha256": file.digest})
    return str(job.id)


def remap(by: Uploader, job_id: str, version: int, columns: ColumnMap) -> None:
    """Changes the mapping of a checked file of reports and asks for another check. Lock: the job's row.

    Raises:
        Refusal: ``item_unknown``; ``changed_meanwhile`` when somebody acted on it or it is past its check.
        MappingError: the file has no such columns.
    """
    with transaction.atomic():
        job = _locked(by, job_id, version, ("checked", "checking"))
        mapping.fit(columns, queries_imports.preview(job)["look"]["columns"], job.file_name)
        keep_json(job, "mapping", mapping.document(columns))
        _move(job, "checking", problem="")


def run(by: Uploader, job_id: str, version: int) -> None:
    """Asks for the import itself. Lock: the job's row.

    Raises:
        Refusal: ``item_unknown``; ``changed_meanwhile`` when somebody acted on it or it is not ready.
    """
    with transaction.atomic():
        job = _locked(by, job_id, version, ("checked",))
        if job.problem or (job.kind == "reports" and not queries_imports.has_part(job, "mapping")):
            raise Refusal("changed_meanwhile")
        _move(job, "running", read=0, new=0, changed=0, unchanged=0, refused=0)
        _record(by, job, "import.begun", {"kind": job.kind})


def cancel(by: Uploader, job_id: str) -> None:
    """Ends a job before its time: at once where nothing runs, else after the chunk under way. Lock: the job's row.

    Raises:
        Refusal: ``item_unknown``.
    """
    with transaction.atomic():
        job = _locked(by, job_id)
        if job.state in ENDED:
            return
        job.cancel_asked = True
        job.save(update_fields=["cancel_asked"])
        if job.state != "running":
            end(job, "cancelled", by.now)
        _record(by, job, "import.cancelled", {"kind": job.kind})


def take_refused(by: Uploader, job_id: str) -> bytes | None:
    """The refused rows of an import, for correction, and an entry of who took them; None when there are none (left).

    Lock: the job's row.

    Raises:
        Refusal: ``item_unknown``.
    """
    with transaction.atomic():
        job = _locked(by, job_id)
        content = queries_imports.part(job, "errors")
        if content is not None:
            _record(by, job, "import.refused_taken", {"kind": job.kind, "refused": job.refused})
    return content


def save_mapping(by: Uploader, name: str, columns: ColumnMap) -> str:
    """Keeps a mapping under a name; one of that name is replaced. Gives its id. Lock: none, one statement.

    Raises:
        Refusal: ``not_yours``.
    """
    _require(by)
    values = {"document": mapping.document(columns), "saved_at": by.now}
    row, _ = SavedMapping.objects.update_or_create(
        district_id=by.district, name=name, defaults=values, create_defaults=values | {"id": uuid7()}
    )
    return str(row.id)


def drop_mapping(by: Uploader, mapping_id: str) -> None:
    """Forgets a mapping; what was imported with it stays. Lock: none, one statement.

    Raises:
        Refusal: ``not_yours``.
    """
    _require(by)
    SavedMapping.objects.filter(district_id=by.district, id=mapping_id).delete()


def expire(now: datetime) -> int:
    """Deletes what lies sealed for a day: files nobody ran, refused rows nobody fetched. Gives how many jobs it met.

    Lock: each job's own, so that one at work is left alone, and its row.
    """
    tidy(settings.DATA)
    due = ImportJob.objects.filter(Exists(ImportPart.objects.filter(job=OuterRef("id"))), expires_at__lte=now)
    return sum(_expire(job_id, now) for job_id in due.values_list("id", flat=True))


def _expire(job_id: UUID, now: datetime) -> bool:
    with held(job_id) as free, transaction.atomic():
        job = ImportJob.objects.select_for_update().filter(id=job_id, expires_at__lte=now).first() if free else None
        if job is None:
            return False
        ImportPart.objects.filter(job=job).delete()
        if job.state not in ENDED:
            end(job, "expired", now)
    return True


# --- for the work


@contextmanager
def laid_out(name: str, content: bytes, mark: str = "new") -> Iterator[Path]:
    """The content as a file that only its owner reads, for as long as it is worked with.

    What a killed process leaves is deleted when its job, the ``mark``, is taken up again, or a day later by
    :func:`expire`.
    """
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{mark}-", dir=settings.DATA) as home:
        path = Path(home) / name
        path.write_bytes(content)
        yield path


def keep_json(job: ImportJob, part: str, document: Mapping[str, Any]) -> None:
    """Seals a document as a part of a job, in the place of an older one."""
    _keep(job, part, json.dumps(document, ensure_ascii=False).encode())


def keep_bytes(job: ImportJob, part: str, content: bytes) -> None:
    """The same for bytes."""
    _keep(job, part, content)


def end(job: ImportJob, state: str, now: datetime) -> None:
    """Ends a locked job: its file and preview go now, its refused rows a day later."""
    job.state, job.finished_at, job.expires_at = state, now, now + KEPT
    job.version += 1
    job.save()
    ImportPart.objects.filter(job=job, part__in=["file", "preview"]).delete()


def _keep(job: ImportJob, part: str, content: bytes) -> None:
    _store(job, seal("upload", part, content))


def _store(job: ImportJob, item: SealedItem) -> None:
    ImportPart.objects.filter(job=job, part=item.field).delete()
    ImportPart.objects.create(
        id=item.id, job=job, part=item.field, key_id=item.key_id, wrapped_key=item.wrapped_key, nonce=item.nonce,
        sealed=item.sealed,
    )  # fmt: skip


def _locked(by: Uploader, job_id: str, version: int | None = None, states: tuple[str, ...] = ()) -> ImportJob:
    seen = queries_imports.job(by.actor, by.district, job_id)
    if seen is None:
        raise Refusal("item_unknown")
    job = ImportJob.objects.select_for_update().get(id=seen.id)
    if states and (job.state not in states or job.version != version):
        raise Refusal("changed_meanwhile")
    return job


def _move(job: ImportJob, state: str, **values: Any) -> None:
    for name, value in ({"rows_done": 0, "attempts": 0} | values).items():
        setattr(job, name, value)
    job.state = state
    job.version += 1
    job.save()


def _record(by: Uploader, job: ImportJob, type_: str, payload: Mapping[str, Any]) -> None:
    ledger.append_to(
        job.district_id, STREAM, str(job.id), type_, payload, actor=by.actor.id, post=_post(by.actor),
        policy=by.policy, at=by.now,
    )  # fmt: skip


def _require(by: Uploader) -> None:
    if not queries_imports.may_import(by.actor, by.district, "reports"):
        raise Refusal("not_yours", {"action": "import"})


def _post(actor: Actor) -> str:
    held = sorted(
        (post for post in actor.posts if Function.ADMINISTER in post.functions), key=lambda post: len(post.area)
    )
    return held[0].post if held else ""


def _plain_name(name: str) -> str:
    """The name of the file without folders and control characters, short enough; its ending is kept."""
    plain = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable() and c not in '/:*?"<>|')
    stem, dot, ending = (plain if plain.strip(".") else "file").rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:_LONGEST_ENDING]}" if stem else ending[:_LONGEST_NAME]


def _first_mapping(district: str, saved: str, header: tuple[str, ...], name: str) -> ColumnMap | None:
    """The chosen mapping where it fits, else the guess, else None: then the person chooses the columns."""
    try:
        chosen = _chosen(district, saved)
        if chosen is not None:
            mapping.fit(chosen, header, name)
            return chosen
    except MappingError:
        pass
    try:
        return mapping.guess(header)
    except MappingError:
        return None


def _chosen(district: str, saved: str) -> ColumnMap | None:
    if saved in mapping.samples():
        return mapping.sample(saved)
    found = queries_imports.saved_mapping(district, saved) if saved else None
    return found.columns if found else None


def _as_document(seen: looking.Look, *, masked: bool) -> dict[str, Any]:
    """The look for the preview. Values of reports are masked: to choose a column nobody needs a telephone number."""
    samples = {name: [mask(t) if masked else t for t in texts] for name, texts in seen.samples.items()}
    return {
        "form": seen.form, "encoding": seen.encoding, "sheet": seen.sheet, "columns": list(seen.columns),
        "samples": samples, "rows": seen.rows,
    }  # fmt: skip
