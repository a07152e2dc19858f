"""The one shape of a report, whatever channel it came by."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.core.deadlines import Clock

INVISIBLE = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that show nothing although they are none of the spaces and marks."""
CHANNELS = ("portal", "hotline", "wechat_mini", "walk_in", "patrol", "mailbox", "sensor", "api")
"""How a report can come in. Codes; what people read is translated."""

TITLE_LIMIT = 120
DETAIL_LIMIT = 20_000
PLACE_LIMIT = 200
CONTACT_LIMIT = 200
PHOTO_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Report:
    """What a resident, worker, hotline or sensor says, in WGS 84 degrees and aware instants.

    ``area`` is an area code; without it the pin decides, without either the whole district takes it in.
    ``matter`` is the reporter's own choice of matter and only ever a suggestion. ``source`` and ``source_number``
    name the record in the system it came from and make a second import of it harmless. ``origin`` marks invented or
    borrowed texts (``demo``) so that every screen can say so. ``same_as`` is an open case that the reporter takes for
    the same trouble: the desk is told, and a person decides. ``answers`` are to the questions of ``answers_for``,
    or of ``matter`` where that is not said; a report without answers is taken in whatever its matter asks.
    """

    district: str
    channel: str
    detail: str
    title: str = ""
    area: str | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    matter: str | None = None
    contact: str = ""
    photos: tuple[bytes, ...] = ()
    complaint_targets: tuple[str, ...] = ()
    source: str = ""
    source_number: str = ""
    origin: str = ""
    said_at: datetime | None = None
    same_as: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    answers_for: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter gets: the number for the telephone, the secret code, and what happens next, by when.

    ``area`` is the deepest area that was recognised, the district where none was; empty in receipts from before it was
    told. ``photos`` are those that arrived.
    """

    case: str
    number: str
    code: str
    step: str
    owner: str
    clock: Clock
    suggested_matter: str | None = None
    area: str = ""
    photos: int = 0

    @property
    def due(self) -> datetime:
        """By when the desk decides on it."""
        return self.clock.due


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: no letter, figure, sign or picture, only spaces and invisible marks."""
    return not any(unicodedata.category(letter)[0] not in "CZ" and letter not in INVISIBLE for letter in text)
