"""From a report to a case: check, mask, understand, place, decide, write; one transaction."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from uuid_utils import uuid7

from linli.cases import actions as cases
from linli.cases import queries as case_queries
from linli.cases.actions.opening import next_number
from linli.cases.filling import readable
from linli.catalogue import queries as catalogue
from linli.core import asked
from linli.core.actor import Actor, ActorKind
from linli.core.asked import Answer, QuestionType
from linli.core.case.commands import Open
from linli.core.case.events import FieldValue, Opened
from linli.core.errors import Refusal
from linli.core.policy import Policy, Urgency
from linli.core.privacy import mask
from linli.core.similar import may_be_offered
from linli.directory import queries as directory
from linli.directory.queries import PointVerdict
from linli.intake import codes
from linli.intake.actions.following import WINDOW
from linli.intake.models import Answered, CodeTry
from linli.intake.report import (
    CHANNELS,
    CONTACT_LIMIT,
    DETAIL_LIMIT,
    PHOTO_LIMIT,
    PLACE_LIMIT,
    TITLE_LIMIT,
    Receipt,
    Report,
    is_blank,
)
from linli.intake.understanding import Suggestion, suggest
from linli.ledger.pieces import Piece
from linli.vault import actions as vault
from linli.vault import photos, sealing
from linli.vault.sealing import SealedItem

KEPT = timedelta(hours=24)
TITLE_LENGTH = 40


class BodyDiffers(Exception):
    """The idempotency key was used before, with another body."""


class AlreadyReported(Exception):
    """That record of that source is in already."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report that was checked, understood and decided, with everything that will be written for it."""

    report: Report
    reporter: str
    code: str
    command: Open
    opened: Opened
    items: tuple[SealedItem, ...]
    title_item: str

    @property
    def receipt(self) -> Receipt:
        """What the reporter is told."""
        state = self.opened.state
        assert state.clock is not None
        assert state.owner is not None
        return Receipt(
            case=state.id,
            number=state.number,
            code=self.code,
            step=state.step,
            owner=state.owner,
            clock=state.clock,
            suggested_matter=self.command.suggested_matter,
            area=state.place.area,
            photos=len(self.report.photos),
        )


def submit(report: Report, *, now: datetime, idempotency_key: str = "") -> Receipt:
    """Takes a report in and answers with its receipt.

    With an idempotency key the same request gets the same answer for 24 hours, also when the first answer was lost
    on the way. Lock: none; the keys of the idempotency row and of (source, source number) decide a race.

    Raises:
        Refusal: the report cannot be taken in as it is (``detail_missing``, ``text_too_long``, ``area_unknown``,
            ``point_outside_district``, ``photo_unreadable`` …).
        BodyDiffers: the key was used with another body.
        AlreadyReported: that record of that source is in already.
    """
    body_hash = fingerprint(report) if idempotency_key else ""
    key_hash = codes.keyed_hash("idempotency", report.district, idempotency_key) if idempotency_key else ""
    if key_hash and (known := _answered(key_hash, body_hash, now)):
        return known
    policy = catalogue.policy(report.district)
    ready = prepare(report, now=now, policy=policy, suggestion=suggest(mask(report.title), mask(report.detail)))
    try:
        with transaction.atomic() if key_hash else nullcontext():
            if key_hash:
                _remember(key_hash, body_hash, ready.receipt, now)
            cases.open_case(
                ready.opened,
                ready.command,
                ready.items,
                title_item=ready.title_item,
                now=now,
                policy=policy,
                also=[Piece("reported", _STORE, report_row(ready, now))],
            )
    except IntegrityError as clash:
        if key_hash and (known := _answered(key_hash, body_hash, now)):
            return known
        if "report_once_per_source" in str(clash):
            raise AlreadyReported(f"{report.source} {report.source_number}") from clash
        raise
    return ready.receipt


def prepare(
    report: Report,
    *,
    now: datetime,
    policy: Policy,
    suggestion: Suggestion | None,
    number: str | None = None,
    masked: Mapping[str, str] | None = None,
) -> Prepared:
    """Everything about a report that needs no writing; bulk import prepares in memory and then copies.

    ``suggestion`` is None where nothing was asked to understand the report. A caller with thousands of reports gives
    their case numbers, and working texts by text where it has masked them already.

    Raises:
        Refusal: as :func:`submit`.
    """
    report = checked(report, policy)
    case, reporter, code = str(uuid7()), str(uuid7()), codes.new_code()
    items, form = _vaulted(report, masked or {})
    answers, texts = _answered_questions(report, policy)
    items += texts
    form |= {asked.PREFIX + key: value for key, value in answers.items()} | {t.field: t.reference for t in texts}
    suggested = suggestion.matter if suggestion else None
    command = Open(
        id=case,
        number=number or next_number(directory.district(report.district).short_code),
        area=report.area or report.district,
        channel=report.channel,
        actor=Actor(ActorKind.REPORTER, reporter, case=case),
        urgency=_urgency(report, suggestion, policy).value,
        source=report.source or None,
        source_number=report.source_number or None,
        complaint_targets=report.complaint_targets,
        form=form,
        suggestion=(_told(suggestion) if suggestion else {}) | _same(report, policy),
        suggested_matter=report.matter or suggested,
        answers=answers | {text.field.removeprefix(asked.PREFIX): text.id for text in texts},
        answers_for=report.answers_for,
    )
    opened = cases.prepare(command, district=report.district, now=now, policy=policy)
    return Prepared(report, reporter, code, command, opened, tuple(items), items[0].id)


def checked(report: Report, policy: Policy) -> Report:
    """The report with its place settled and its texts known to be storable.

    Raises:
        Refusal: as :func:`submit`.
    """
    limits = {"title": TITLE_LIMIT, "detail": DETAIL_LIMIT, "place": PLACE_LIMIT, "contact": CONTACT_LIMIT}
    texts = {name: readable(name, getattr(report, name).strip(), limit) for name, limit in limits.items()}
    if is_blank(texts["detail"]) and is_blank(texts["title"]):
        raise Refusal("detail_missing", {"field": "detail"})
    if report.channel not in CHANNELS:
        raise Refusal("channel_unknown", {"channel": report.channel, "known": CHANNELS})
    if report.matter is not None and report.matter not in policy.matters:
        raise Refusal("matter_unknown", {"matter": report.matter})
    if report.matter is not None and policy.matters[report.matter].retired:
        raise Refusal("matter_retired", {"matter": report.matter})
    if len(report.photos) > PHOTO_LIMIT:
        raise Refusal("too_many_photos", {"limit": PHOTO_LIMIT})
    title = shortened(texts["detail"]) if is_blank(texts["title"]) else texts["title"]
    return replace(
        report,
        title=title,
        detail=title if is_blank(texts["detail"]) else texts["detail"],
        place=texts["place"],
        contact=texts["contact"],
        area=_area(report, policy),
        **_asked(report, policy),
    )


def _asked(report: Report, policy: Policy) -> dict[str, Any]:
    """Good answers, and the matter whose questions they answer.

    Raises:
        Refusal: ``matter_unknown``, ``answers_without_matter``, ``answers_invalid`` with what is wrong by key.
    """
    if not report.answers:
        return {"answers": {}, "answers_for": None}
    code = report.answers_for or report.matter
    if code is None:
        raise Refusal("answers_without_matter", {"field": "matter"})
    if code not in policy.matters:
        raise Refusal("matter_unknown", {"matter": code})
    judged = asked.judge(policy.matters[code].questions, report.answers)
    if judged.problems:
        raise Refusal("answers_invalid", {"matter": code, **{asked.PREFIX + k: v for k, v in judged.problems.items()}})
    return {"answers": judged.answers, "answers_for": code}


def _answered_questions(report: Report, policy: Policy) -> tuple[dict[str, Answer], list[SealedItem]]:
    """Answers that are codes and numbers, and those in the reporter's own words as vault items."""
    questions = policy.matters[report.answers_for].questions if report.answers_for else ()
    typed = {q.key for q in questions if q.type is QuestionType.TEXT and report.answers.get(q.key) != asked.UNKNOWN}
    codes_ = {key: answer for key, answer in report.answers.items() if key not in typed}
    texts = [vault.seal_text(asked.PREFIX + k, text) for k, text in report.answers.items() if k in typed]
    return codes_, texts


def shortened(detail: str) -> str:
    """A title from the first words of a report that has none."""
    first = detail.strip().splitlines()[0] if detail.strip() else ""
    return first if len(first) <= TITLE_LENGTH else first[:TITLE_LENGTH] + "…"


def _area(report: Report, policy: Policy) -> str | None:
    territory = policy.territory
    if report.area is not None:
        if report.area not in territory.areas:
            raise Refusal("area_unknown", {"area": report.area})
        if not territory.is_under(report.area, report.district):
            raise Refusal("area_outside_district", {"area": report.area, "district": report.district})
    if (report.lon is None) != (report.lat is None):
        raise Refusal("point_incomplete", {"fields": ("lon", "lat")})
    if report.lon is None or report.lat is None:
        return report.area
    pinned = _pinned(report.lon, report.lat, report.district)
    return report.area or pinned


def _pinned(lon: float, lat: float, district: str) -> str | None:
    """The deepest area that holds the pin, None where no boundary is known; a pin elsewhere is refused."""
    verdict, lies_in = directory.judge_point(lon, lat, district)
    if verdict is PointVerdict.SWAPPED:
        raise Refusal("point_swapped", {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"})
    if verdict not in (PointVerdict.INSIDE, PointVerdict.NO_BOUNDARY):
        raise Refusal("point_outside_district", {"district": district, "lies_in": lies_in})
    return next((found.area for found in directory.locate(lon, lat, district) if found.metres == 0), None)


def _urgency(report: Report, suggestion: Suggestion | None, policy: Policy) -> Urgency:
    """Words of danger, the matter that was chosen and the answers may raise the urgency; nothing here lowers it."""
    proposed = [Urgency.STANDARD]
    if suggestion is not None and suggestion.urgency is not None:
        proposed.append(Urgency(suggestion.urgency))
    if report.matter is not None:
        proposed.append(policy.matters[report.matter].urgency)
    if report.answers_for is not None:
        asked_for = asked.raised(policy.matters[report.answers_for].questions, report.answers)
        proposed += [asked_for] if asked_for else []
    return max(proposed, key=lambda urgency: urgency.rank)


def _vaulted(report: Report, masked: Mapping[str, str]) -> tuple[list[SealedItem], dict[str, FieldValue]]:
    """Everything personal as vault items, the title first, and the references that the event carries."""
    texts = [("title", report.title), ("detail", report.detail), *([("place", report.place)] if report.place else [])]
    items = [vault.seal_text(field, text, masked.get(text)) for field, text in texts]
    if report.contact:
        lookup = codes.phone_hash(report.district, report.contact)
        items.append(sealing.seal("contact", "contact", report.contact.encode(), lookup=lookup))
    if report.lon is not None and report.lat is not None:
        items.append(sealing.seal("point", "point", f"{report.lon:.6f},{report.lat:.6f}".encode()))
    form: dict[str, FieldValue] = {item.field: item.reference for item in items}
    for number, photo in enumerate(report.photos, 1):
        item = sealing.seal("photo", f"photo_{number}", photos.re_encoded(photo))
        items.append(item)
        form[item.field] = item.reference
    return items, form


def _told(suggestion: Suggestion) -> dict[str, str]:
    """What the ledger keeps of a suggestion: codes and figures, never the reporter's words."""
    return {
        "label": suggestion.label,
        "matter": suggestion.matter or "",
        "confidence": f"{suggestion.confidence:.2f}",
        "model": suggestion.model_version,
    }


def _same(report: Report, policy: Policy) -> dict[str, str]:
    """The case that the reporter takes for the same trouble, where it may still be named; never beside a complaint."""
    if report.same_as is None or report.complaint_targets:
        return {}
    matter = policy.matters.get(case_queries.offerable_matter(report.district, report.same_as) or "")
    return {"same_as": report.same_as} if matter is not None and may_be_offered(matter) else {}


_STORE = (
    "INSERT INTO intake_report (id, district_id, case_id, channel, source, source_number, code_hash, origin, said_at, "
    "received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def report_row(ready: Prepared, now: datetime) -> tuple[Any, ...]:
    """Column values of the report's row, in the order of the INSERT."""
    report = ready.report
    return (
        ready.reporter, report.district, ready.command.id, report.channel, report.source, report.source_number,
        codes.code_hash(ready.command.id, ready.code), report.origin, report.said_at, now,
    )  # fmt: skip


def fingerprint(report: Report) -> str:
    """A keyed hash of everything that a report says, photos too: equal for equal reports."""
    values: Mapping[str, Any] = asdict(report)
    plain = {k: [hashlib.sha256(p).hexdigest() for p in v] if k == "photos" else v for k, v in values.items()}
    return codes.keyed_hash("body", json.dumps(plain, sort_keys=True, default=str))


def receipt_again(district: str, key: str, said: str, now: datetime) -> Receipt | None:
    """The receipt that a key was answered with, for whoever knows the fingerprint of what was sent; None otherwise."""
    try:
        return _answered(codes.keyed_hash("idempotency", district, key), said, now)
    except BodyDiffers:
        return None


def _remember(key_hash: str, body_hash: str, receipt: Receipt, now: datetime) -> None:
    nonce = os.urandom(12)
    answer = msgspec.json.encode(receipt)
    sealed = AESGCM(settings.VAULT_KEYS[settings.VAULT_KEY_ID]).encrypt(nonce, answer, key_hash.encode())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_answered AS known (key_hash, body_hash, nonce, sealed, at) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, nonce = excluded.nonce, "
            "sealed = excluded.sealed, at = excluded.at WHERE known.at <= %s",
            [key_hash, body_hash, nonce, sealed, now, now - KEPT],
        )
        if cursor.rowcount != 1:
            raise IntegrityError("somebody else answered this key just now")


def forget(now: datetime) -> int:
    """Deletes answers older than a day and wrong tries older than an hour; how many rows went."""
    old, _ = Answered.objects.filter(at__lte=now - KEPT).delete()
    tries, _ = CodeTry.objects.filter(since__lte=now - WINDOW).delete()
    return old + tries


def _answered(key_hash: str, body_hash: str, now: datetime) -> Receipt | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body_hash, nonce, sealed FROM intake_answered WHERE key_hash = %s AND at > %s",
            [key_hash, now - KEPT],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    if found[0] != body_hash:
        raise BodyDiffers(key_hash)
    key = AESGCM(settings.VAULT_KEYS[settings.VAULT_KEY_ID])
    return msgspec.json.decode(key.decrypt(bytes(found[1]), bytes(found[2]), key_hash.encode()), type=Receipt)
