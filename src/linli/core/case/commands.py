"""What somebody may ask of a case."""

from collections.abc import Mapping
from typing import Any

import msgspec

from linli.core.actor import Actor
from linli.core.asked import Answer
from linli.core.case.events import ActionTaken, FieldValue, Opened


class Open(msgspec.Struct, frozen=True):
    """Begin a case from a report. ``id`` and ``number`` are given by the shell; ``area`` is where the trouble is.

    ``form`` holds references into the vault only; ``suggestion`` is what understanding proposed, for the record.
    ``answers`` are good ones to the questions of the matter ``answers_for``, a text by its id in the vault.
    """

    id: str
    number: str
    area: str
    channel: str
    actor: Actor
    kind: str = "request"
    procedure: str = "standard"
    urgency: str = "standard"
    source: str | None = None
    source_number: str | None = None
    complaint_targets: tuple[str, ...] = ()
    form: Mapping[str, FieldValue] = {}
    suggestion: Mapping[str, str] = {}
    suggested_matter: str | None = None
    answers: Mapping[str, Answer] = {}
    answers_for: str | None = None


class Act(msgspec.Struct, frozen=True):
    """Take one action of the case's procedure.

    ``form`` holds codes, ids and numbers as plain values and vaulted fields as references. ``ids`` are fresh ids for
    parts that the act may open. ``expected_version`` is what the actor saw; None means the newest.
    """

    action: str
    actor: Actor
    form: Mapping[str, Any] = {}
    ids: tuple[str, ...] = ()
    expected_version: int | None = None


class Sequel(msgspec.Struct, frozen=True):
    """What an act on one case brings about on another, in the same transaction. Only ``decide`` makes these."""

    case: str
    action: str
    form: Mapping[str, Any] = {}


class Outcome(msgspec.Struct, frozen=True):
    """What ``decide`` answers: the event, cases that it opens (parts), and its sequels on other cases."""

    event: ActionTaken
    opens: tuple[Opened, ...] = ()
    sequels: tuple[Sequel, ...] = ()
