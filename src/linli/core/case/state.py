"""What a case is at one moment: a frozen value, made only by folding its events."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from linli.core.deadlines import Clock


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the trouble is: the deepest known area and the areas above it, as codes frozen at that moment."""

    area: str
    district: str
    town: str | None = None
    community: str | None = None
    grid: str | None = None


class Part(msgspec.Struct, frozen=True):
    """A part of this case that another unit owns. ``outcome`` is empty while it is open."""

    id: str
    unit: str
    outcome: str = ""


class Roles(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units bound to the roles of this case so far, as unit ids."""

    desk: str | None = None
    dispatcher: str | None = None
    unit: str | None = None
    ruler: str | None = None
    convener: str | None = None
    verifier: str | None = None
    follow_up_desk: str | None = None
    lead: str | None = None


class CaseState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole case. Instants are UTC; units and actors are ids; texts, contacts and photos are in the vault.

    ``version`` counts the entries folded. ``clock`` is the limit that runs in this step, ``promise`` the handling
    limit given at dispatch, which outlives steps. ``areas_plan`` is the plan of areas that the place last followed, and
    ``place_candidates`` the areas among which a person has yet to choose. ``next_wake`` is never None while the case is
    open.
    ``answers`` are those to the questions of the matter ``answers_for``: codes, numbers, of a text its id in the vault.

    Defaults are None, False, 0 or empty only: the encoder leaves such values out by identity, so a default like a
    word would be written or not depending on where the value came from, and the row would differ from its ledger.
    """

    id: str
    number: str
    district: str
    kind: str
    procedure: str
    procedure_version: int
    place: Place
    channel: str
    urgency: str
    step: str
    opened_at: datetime
    step_since: datetime
    version: int = 1
    parent: str | None = None
    source: str | None = None
    source_number: str | None = None
    matter: str | None = None
    matter_version: int = 0
    sensitive: bool = False
    owner: str | None = None
    roles: Roles = Roles()
    clock: Clock | None = None
    promise: Clock | None = None
    until: datetime | None = None
    next_wake: datetime | None = None
    woken_at: datetime | None = None
    rung: int = 0
    reminded: bool = False
    complaint_targets: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    answers: Mapping[str, str | int | tuple[str, ...]] = {}
    answers_for: str | None = None
    handled_by: tuple[str, ...] = ()
    handled_units: tuple[str, ...] = ()
    co_handlers: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    returns: int = 0
    ruled: bool = False
    extension_asked: str | None = None
    extension_reason: str | None = None
    extensions: int = 0
    reopened: int = 0
    not_solved: int = 0
    raised: int = 0
    joined: tuple[str, ...] = ()
    merged_into: str | None = None
    decision: str | None = None
    remedy: str | None = None
    rating: int | None = None
    areas_plan: str | None = None
    place_candidates: tuple[str, ...] = ()
    ended_at: datetime | None = None

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """Parts not yet ended."""
        return tuple(part for part in self.parts if not part.outcome)

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something: True until an end step is reached."""
        return self.ended_at is None

    @property
    def involved(self) -> tuple[str, ...]:
        """Units that have a part in the case now: the bound roles, co-handlers and owners of parts, sorted."""
        bound = {unit for unit in msgspec.structs.astuple(self.roles) if unit}
        bound.update(self.co_handlers, (part.unit for part in self.parts), (self.owner,) if self.owner else ())
        return tuple(sorted(bound - set(self.recused)))
