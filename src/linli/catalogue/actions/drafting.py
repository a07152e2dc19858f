"""Changing the draft of the catalogue: matter by matter, undone or discarded, proposed, and put in force by two."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.catalogue.actions.matters import known_now
from linli.catalogue.actions.publishing import STREAM, Published, PublishError, publish, stream_of
from linli.catalogue.actions.rows import begun, locked_draft, note, put, rows_of, same, written
from linli.catalogue.matter_rows import MatterRow, problems
from linli.catalogue.models import CatalogueVersion, Matter, PolicyVersion
from linli.catalogue.queries import newest_catalogue
from linli.catalogue.queries_drafts import second_person_needed, stamp_of
from linli.core.asked import Question, as_data
from linli.core.errors import Refusal
from linli.ledger import actions as ledger

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Preparing:
    """Who changes the draft (opaque id), on which post of which district, under which policy version, and when."""

    by: str
    post: str
    district: str
    policy: str
    at: datetime


def keep_matter(who: Preparing, made: MatterRow, stamp: str) -> bool:
    """Writes a matter into the draft, which begins with the first change; False where nothing changes.

    Columns that a matters file does not have stay as they are. ``stamp`` is that of the matter as it was when the
    person began, empty for a new one.

    Lock: the row of the draft.

    Raises:
        Refusal: ``draft_matter_moved`` when somebody else changed the matter since.
        PublishError: the matter has problems.
    """
    with transaction.atomic():
        draft, known = _now()
        before = _unmoved(known, made.matter.code, stamp)
        found = [reason for _code, reason in problems(made.matter, known_now())]
        if found:
            raise PublishError(found)
        row = written(before, made)
        if before is not None and same(row, before):
            return False
        _changed(who, draft, [row], made.matter.code, "edited" if before else "added")
    return True


def keep_questions(who: Preparing, code: str, questions: Sequence[Question], stamp: str) -> bool:
    """Writes what a matter asks into the draft, which begins with the first change; False where nothing changes.

    Lock: the row of the draft.

    Raises:
        Refusal: ``matter_unknown``; ``draft_matter_moved`` when somebody else changed the matter since.
    """
    with transaction.atomic():
        draft, known = _now()
        row = _unmoved(known, code, stamp)
        if row is None:
            raise Refusal("matter_unknown", {"matter": code})
        data = as_data(questions)
        if row.questions == data:
            return False
        row.questions = data
        _changed(who, draft, [row], code, "edited")
    return True


def retire_matter(who: Preparing, code: str, stamp: str, *, retired: bool) -> None:
    """Takes a matter out of use, or back into it. One that was never published is dropped from the draft.

    Lock: the row of the draft.

    Raises:
        Refusal: ``matter_unknown``; ``draft_matter_moved`` when somebody else changed the matter since.
    """
    with transaction.atomic():
        draft, known = _now()
        row = _unmoved(known, code, stamp)
        if row is None:
            raise Refusal("matter_unknown", {"matter": code})
        if retired and code not in rows_of(newest_catalogue()):
            _undone(who, draft, code)
        elif row.retired is not retired:
            row.retired = retired
            _changed(who, draft, [row], code, "retired" if retired else "restored")


def undo_matter(who: Preparing, code: str, stamp: str) -> None:
    """Puts a matter of the draft back to what is published; one that is new goes.

    Lock: the row of the draft.

    Raises:
        Refusal: ``matter_unknown``; ``draft_matter_moved`` when somebody else changed the matter since.
    """
    with transaction.atomic():
        draft, known = _now()
        if _unmoved(known, code, stamp) is None:
            raise Refusal("matter_unknown", {"matter": code})
        _undone(who, draft, code)


def discard_draft(who: Preparing, revision: int) -> None:
    """Throws the draft away; who had changed what in it stays written down.

    Lock: the row of the draft.

    Raises:
        Refusal: ``draft_moved`` when it changed since that revision, or is gone.
    """
    with transaction.atomic():
        draft = _at(revision)
        Matter.objects.filter(catalogue_number=draft.number).delete()
        number = draft.number
        draft.delete()
        _record(who, "draft_discarded", {"catalogue": number, "revision": revision})


def copy_publication(who: Preparing, policy: int) -> None:
    """Begins a draft with the matters of an earlier publication; what came since is retired in it, never deleted.

    Lock: the row of the newest published version.

    Raises:
        Refusal: ``draft_open`` while there is a draft; ``publication_unknown``; ``draft_same`` when the matters are
            those in force.
    """
    with transaction.atomic():
        if locked_draft() is not None:
            raise Refusal("draft_open")
        chosen = PolicyVersion.objects.filter(number=policy).first()
        if chosen is None:
            raise Refusal("publication_unknown", {"publication": policy})
        rows, since = rows_of(chosen.catalogue_number), rows_of(newest_catalogue())
        for code in set(since) - set(rows):
            rows[code] = copy(since[code])
            rows[code].retired = True
        changed = [row for code, row in rows.items() if code not in since or not same(row, since[code])]
        if not changed:
            raise Refusal("draft_same")
        _changed(who, None, changed, "", "copied")


def propose_draft(who: Preparing, revision: int, why: str) -> None:
    """Asks for the draft to be put in force as it is; any later change takes that back.

    Lock: the row of the draft.

    Raises:
        Refusal: ``draft_moved``; ``draft_unchanged``; ``draft_note_missing``.
    """
    with transaction.atomic():
        draft = _at(revision)
        _demand_sense(draft, why)
        draft.proposed_at, draft.proposed_by, draft.note = who.at, who.by, why.strip()[:LONGEST_NOTE]
        draft.save(update_fields=["proposed_at", "proposed_by", "note"])
        _record(who, "draft_proposed", {"catalogue": draft.number, "revision": revision})


def publish_draft(who: Preparing, revision: int, why: str) -> Published:
    """Puts the draft in force from now on, with a note of why.

    Where anybody else administers the district, two persons must stand by the same revision: one proposes it, another
    publishes it (``PUBLISH_BY_TWO`` in the settings).

    Lock: the row of the draft.

    Raises:
        Refusal: ``draft_moved``; ``draft_unchanged``; ``draft_note_missing``; ``draft_second_person`` when nobody else
            proposed it.
        PublishError: a check failed; the text names each problem.
    """
    with transaction.atomic():
        draft = _at(revision)
        _demand_sense(draft, why)
        proposer = draft.proposed_by if draft.proposed_by != who.by else ""
        if not proposer and second_person_needed(who.district, who.by, who.at):
            raise Refusal("draft_second_person")
        return publish(by=who.by, at=who.at, note=why.strip()[:LONGEST_NOTE], proposed_by=proposer)


def _now() -> tuple[CatalogueVersion | None, dict[str, Matter]]:
    draft = locked_draft()
    return draft, rows_of(draft.number if draft else newest_catalogue())


def _unmoved(known: dict[str, Matter], code: str, stamp: str) -> Matter | None:
    row = known.get(code)
    if stamp_of(row) != stamp:
        raise Refusal("draft_matter_moved", {"matter": code})
    return row


def _at(revision: int) -> CatalogueVersion:
    draft = locked_draft()
    if draft is None or draft.revision != revision:
        raise Refusal("draft_moved")
    return draft


def _demand_sense(draft: CatalogueVersion, why: str) -> None:
    before, after = rows_of(newest_catalogue()), rows_of(draft.number)
    if set(before) == set(after) and all(same(row, before[code]) for code, row in after.items()):
        raise Refusal("draft_unchanged")
    if not why.strip():
        raise Refusal("draft_note_missing", {"field": "note"})


def _undone(who: Preparing, draft: CatalogueVersion | None, code: str) -> None:
    if draft is None:
        return
    published = rows_of(newest_catalogue()).get(code)
    if published is None:
        Matter.objects.filter(catalogue_number=draft.number, code=code).delete()
    _changed(who, draft, [published] if published else [], code, "undone")


def _changed(who: Preparing, draft: CatalogueVersion | None, rows: list[Matter], code: str, what: str) -> None:
    draft = draft or begun(now=who.at)
    put(draft, rows)
    note(draft, [(code, what)], by=who.by, at=who.at)
    _record(
        who, "draft_changed", {"catalogue": draft.number, "revision": draft.revision, "matter": code, "change": what}
    )


def _record(who: Preparing, type_: str, payload: dict[str, int | str]) -> None:
    ledger.append_to(
        who.district, STREAM, str(stream_of(who.district)), f"policy.{type_}", payload,
        actor=who.by, post=who.post, policy=who.policy, at=who.at,
    )  # fmt: skip
