"""What can happen to a case. Events carry computed instants, so that folding needs neither rules nor a clock."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from linli.core.case.state import CaseState, Place
from linli.core.deadlines import Clock


class Vaulted(msgspec.Struct, frozen=True, tag_field="is", tag="vaulted"):
    """A text, contact, photo or point kept in the vault: its id and SHA-256(salt ‖ bytes), hexadecimal."""

    id: str
    sha256: str


FieldValue = str | int | bool | tuple[str, ...] | Vaulted
"""What a form field may hold in an event: a code, an id, a number, or a reference into the vault."""


class Change(msgspec.Struct, frozen=True, tag_field="is"):
    """One thing that an act changes besides step, owner and clock."""


class Classified(Change, frozen=True, tag="classified", omit_defaults=True):
    """The desk's decision on what and where: matter, urgency, place, and whom the complaint is about."""

    matter: str
    matter_version: int
    urgency: str
    place: Place
    sensitive: bool
    complaint_targets: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()


class TargetsNamed(Change, frozen=True, tag="targets_named"):
    """Whom the complaint is about came to light: those units, and all below them, keep out from now on."""

    complaint_targets: tuple[str, ...]
    recused: tuple[str, ...]


class LeadSet(Change, frozen=True, tag="lead_set", omit_defaults=True):
    """Who leads from now on, and how that was settled: dispatch, ruling, conference or escalation."""

    unit: str
    by: str
    co_handlers: tuple[str, ...] = ()


class RoleBound(Change, frozen=True, tag="role_bound"):
    """A unit was bound to a role of this case."""

    role: str
    unit: str


class ActedInHandling(Change, frozen=True, tag="acted_in_handling"):
    """A person acted for the handling unit; they may never verify or approve on this case."""

    actor: str


class PartOpened(Change, frozen=True, tag="part_opened"):
    """Another unit got a part of the work, as a case of its own."""

    part: str
    unit: str


class PartEnded(Change, frozen=True, tag="part_ended"):
    """A part came to its end."""

    part: str
    outcome: str


class Returned(Change, frozen=True, tag="returned"):
    """The unit said once that it does not own this."""


class Ruled(Change, frozen=True, tag="ruled"):
    """Ownership was ruled; no return is possible any more."""


class ExtensionAsked(Change, frozen=True, tag="extension_asked"):
    """The unit asked for that much more time (a limit as text)."""

    amount: str
    reason: str


class ExtensionSettled(Change, frozen=True, tag="extension_settled"):
    """The supervising unit approved or refused the extension."""

    granted: bool


class Raised(Change, frozen=True, tag="raised"):
    """The case went one level up."""


class Reopened(Change, frozen=True, tag="reopened"):
    """A case that had ended is taken up again."""


class NotSolved(Change, frozen=True, tag="not_solved"):
    """The reporter said that it is not solved."""


class Replied(Change, frozen=True, tag="replied"):
    """The resident got a decision and was told the remedy."""

    decision: str
    remedy: str


class Rated(Change, frozen=True, tag="rated"):
    """The reporter rated the handling, 1 to 5."""

    rating: int


class Merged(Change, frozen=True, tag="merged"):
    """The case goes on in another one."""

    into: str


class Joined(Change, frozen=True, tag="joined"):
    """Another case was merged into this one; its reporters follow from now on."""

    case: str


class LeadFollowed(Change, frozen=True, tag="lead_followed"):
    """A part's lead changed with its parent's."""

    unit: str


AnyChange = (
    Classified
    | TargetsNamed
    | LeadSet
    | RoleBound
    | ActedInHandling
    | PartOpened
    | PartEnded
    | Returned
    | Ruled
    | ExtensionAsked
    | ExtensionSettled
    | Raised
    | Reopened
    | NotSolved
    | Replied
    | Rated
    | Merged
    | Joined
    | LeadFollowed
)


class Tick(msgspec.Struct, frozen=True, omit_defaults=True):
    """The clock after an act: the running limit, when something must happen next, and how far the ladder is."""

    clock: Clock | None = None
    promise: Clock | None = None
    until: datetime | None = None
    next_wake: datetime | None = None
    woken_at: datetime | None = None
    rung: int = 0
    reminded: bool = False


class Opened(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case began. ``state`` is the case as it stood then; ``suggestion`` and ``trace``: what was proposed and why."""

    state: CaseState
    form: Mapping[str, FieldValue] = {}
    suggestion: Mapping[str, str] = {}
    trace: tuple[Mapping[str, str], ...] = ()


class ActionTaken(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody acted. One act is one event, whatever it changes."""

    action: str
    source: str
    target: str
    role: str
    at: datetime
    owner: str | None
    tick: Tick
    ended: bool = False
    form: Mapping[str, FieldValue] = {}
    changes: tuple[AnyChange, ...] = ()
    notify: tuple[str, ...] = ()
    trace: tuple[Mapping[str, str], ...] = ()


class DeadlinesRecalculated(msgspec.Struct, frozen=True, omit_defaults=True):
    """The calendar was corrected and the open limits were computed anew, as a recorded act."""

    calendar: str
    at: datetime
    tick: Tick


class PlaceMoved(msgspec.Struct, frozen=True, omit_defaults=True):
    """Areas were re-cut, and this is where the case stands now.

    ``by`` says how that was found: ``outline`` (all of the old area lies in this one), ``pin``, ``person``, or
    ``unsure``: then a person has yet to choose among ``candidates``.
    """

    place: Place
    at: datetime
    by: str
    plan: str
    candidates: tuple[str, ...] = ()


Event = Opened | ActionTaken | DeadlinesRecalculated | PlaceMoved
