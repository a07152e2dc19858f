"""Publishing: matters, procedures, limits and calendar become one frozen policy that is in force from then on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from django.db import transaction

from linli.catalogue import queries
from linli.catalogue.actions.matters import import_matters, known_now
from linli.catalogue.actions.rows import next_number
from linli.catalogue.calendars import FIRST_YEAR, Correction, chinese_calendar
from linli.catalogue.documents import profile_data, rule_tables_data
from linli.catalogue.limits import defaults
from linli.catalogue.matter_rows import problems
from linli.catalogue.models import DRAFT, PUBLISHED, CatalogueVersion, PolicyVersion, ProcedureVersion
from linli.catalogue.queries_calendar import corrections_from
from linli.core import checker
from linli.core.procedure import ProcedureError, load
from linli.core.routing import RuleTable
from linli.directory import queries as directory
from linli.directory.template import standard
from linli.ledger import actions as ledger

STREAM = "catalogue"


class PublishError(ValueError):
    """What stands in the way of publishing, one line each; nothing was published."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Published:
    """A publication: the policy number, and whether it is new (False: it says what is in force already)."""

    number: int
    catalogue: int
    new: bool


def publish(
    *,
    by: str,
    at: datetime,
    profile: str | None = None,
    corrections: Iterable[Correction] = (),
    rules: Sequence[RuleTable] | None = None,
    note: str = "",
    proposed_by: str = "",
    notice_years: Iterable[int] = (),
    with_draft: bool = True,
) -> Published:
    """Freezes the draft (or what is published) with the package's procedures, limits and the working calendar.

    What is not given stays as it is in force: profile, calendar corrections (new ones are added), routing rules.
    Each publication is an entry in the ledger of every district that runs here. Saying the same again adds nothing.

    Lock: the row of the draft; two publications at once come one after the other.

    Args:
        by: the opaque id of who publishes, or ``operator`` on the command line.
        at: the instant of publication.
        profile: a name in ``limits.yaml``.
        corrections: days set anew in the working calendar.
        rules: routing exceptions.
        note: why it is published; the ledger holds its SHA-256.
        proposed_by: the opaque id of who asked for it, where that is somebody else.
        notice_years: years whose holiday notice is now entered in full by corrections.
        with_draft: whether an open draft of the catalogue is put in force as well.

    Raises:
        PublishError: a check failed; the text names each problem.
    """
    with transaction.atomic():
        draft = CatalogueVersion.objects.select_for_update().filter(state=DRAFT).first() if with_draft else None
        published = CatalogueVersion.objects.select_for_update().filter(state=PUBLISHED).order_by("-number").first()
        catalogue = draft or published
        if catalogue is None:
            raise PublishError(["there are no matters; run: linli import matters"])
        found = _matter_problems(catalogue.number)
        before = queries.in_force()
        documents = _packaged_procedures()
        earlier = before.document if before else {}
        document = _document(earlier, profile, tuple(corrections), rules, documents, at, notice_years)
        found += _procedure_problems(documents, document["limits"])
        if found:
            raise PublishError(found)
        _freeze_procedures(documents, at)
        _freeze_catalogue(draft, by, at)
        if before is not None and (before.catalogue, before.document) == (catalogue.number, document):
            return Published(before.number, before.catalogue, new=False)
        policy = PolicyVersion.objects.create(
            number=next_number(),
            catalogue_number=catalogue.number,
            document=document,
            published_at=at,
            published_by=by,
            proposed_by=proposed_by,
            note=note,
        )
        _record(policy)
        transaction.on_commit(queries.look_again)
    return Published(policy.number, policy.catalogue_number, new=True)


def install(*, by: str, at: datetime) -> Published:
    """The package's own matters, procedures and limits, published; harmless when that was done.

    Raises:
        PublishError: a check failed.
    """
    with transaction.atomic():
        if not queries.published_matters():
            import_matters(None, now=at)
        return publish(by=by, at=at)


def stream_of(district: str) -> UUID:
    """The ledger stream in which publications for a district stand."""
    return uuid5(NAMESPACE_URL, f"linli:{STREAM}:{district}")


def _document(
    before: Mapping[str, Any],
    profile: str | None,
    corrections: tuple[Correction, ...],
    rules: Sequence[RuleTable] | None,
    procedures: Sequence[Mapping[str, Any]],
    at: datetime,
    notice_years: Iterable[int],
) -> dict[str, Any]:
    chosen = profile or before.get("profile", "default")
    if chosen not in defaults().profiles:
        raise PublishError([f"profile {chosen!r} is unknown; use one of {', '.join(defaults().profiles)}"])
    days = corrections_from(before) + corrections
    entered = sorted({*before.get("notice_years", ()), *notice_years})
    try:
        calendar = chinese_calendar(range(FIRST_YEAR, at.year + 2), overrides=days, published=entered)
    except ValueError as error:
        raise PublishError([f"calendar: {error}"]) from error
    known = {tuple(pair) for pair in before.get("procedures", ())}
    known |= {(str(p["procedure"]), int(p["version"])) for p in procedures}
    return {
        **profile_data(defaults().profiles[chosen]),
        "settings": dict(defaults().settings),
        "desk_types": list(defaults().desk_types),
        "centre_types": list(defaults().centre_types),
        "same_as": dict(standard().same_as),
        "fallback_types": dict(standard().fallbacks),
        "procedures": sorted([name, version] for name, version in known),
        "calendar": calendar.to_data(),
        **({"notice_years": entered} if entered else {}),
        "corrections": [[c.day.isoformat(), c.kind.value, c.name] for c in days],
        "rules": list(before.get("rules", ())) if rules is None else rule_tables_data(rules),
    }


def _matter_problems(number: int) -> list[str]:
    known = known_now()
    return [
        f"matter {code}: {reason}"
        for code, matter in queries.matters(number).items()
        if not matter.retired
        for _, reason in problems(matter, known)
    ]


def _packaged_procedures() -> list[Mapping[str, Any]]:
    folder = files("linli.catalogue") / "data" / "procedures"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return [yaml.safe_load((folder / name).read_text("utf-8")) for name in names]


def _procedure_problems(documents: Sequence[Mapping[str, Any]], limits: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for document in documents:
        name = f"procedure {document.get('procedure')} {document.get('version')}"
        try:
            findings = checker.check(load(document), limits)
        except ProcedureError as error:
            found.append(f"{name}: {error}")
            continue
        found += [f"{name}: {f.rule} in {f.where} {f.detail}".rstrip() for f in findings]
        row = ProcedureVersion.objects.filter(id=_procedure_id(document), state=PUBLISHED).first()
        if row is not None and row.document != document:
            found.append(f"{name} is published with other content: raise its version number")
    return found


def _procedure_id(document: Mapping[str, Any]) -> str:
    return f"{document['procedure']}.{document['version']}"


def _freeze_procedures(documents: Sequence[Mapping[str, Any]], at: datetime) -> None:
    for document in documents:
        ProcedureVersion.objects.get_or_create(
            id=_procedure_id(document),
            defaults={
                "name": document["procedure"],
                "version": document["version"],
                "document": document,
                "state": PUBLISHED,
                "made_at": at,
                "published_at": at,
            },
        )


def _freeze_catalogue(draft: CatalogueVersion | None, by: str, at: datetime) -> None:
    if draft is not None:
        draft.state, draft.published_at, draft.published_by = PUBLISHED, at, by
        draft.save(update_fields=["state", "published_at", "published_by"])


def _record(policy: PolicyVersion) -> None:
    payload = {"policy": policy.number, "catalogue": policy.catalogue_number, "profile": policy.document["profile"]}
    if policy.note:
        payload["note"] = sha256(policy.note.encode()).hexdigest()
    if policy.proposed_by:
        payload["proposed_by"] = policy.proposed_by
    for info in directory.districts():
        ledger.append_to(
            info.code,
            STREAM,
            str(stream_of(info.code)),
            "policy.published",
            payload,
            actor=policy.published_by,
            post="",
            policy=f"{policy.number}.{info.version}",
            at=policy.published_at,
        )
