"""A published rule set as one frozen value: what the rules were at the moment of an act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from linli.core.calendar import Limit, WorkCalendar
from linli.core.territory import AreaKind, Territory

if TYPE_CHECKING:
    from linli.core.asked import Question
    from linli.core.procedure import Procedure
    from linli.core.routing import RuleTable


class Urgency(StrEnum):
    """How fast a matter must be acted on; ``rank`` grows with urgency. A model may raise it, never lower it (R9)."""

    EXTENDED = "extended"
    STANDARD = "standard"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for extended, 3 for emergency."""
        return _RANK[self]


_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


class Guard(StrEnum):
    """What a matter demands besides the ordinary (column ``guard`` of the catalogue)."""

    COMPLAINT = "complaint_guard"
    CONSENT = "consent_required"
    CONFIDENTIAL_REPORTER = "confidential_reporter"
    TRANSFER_ONLY = "transfer_only"
    VICTIM_SAFETY = "victim_safety"


FIRM_SOURCES = frozenset({"statute", "statute_transfer", "ministry_rule"})
"""Sources of a limit that no profile and no officer makes shorter or longer."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of work the district has promised: who leads, who helps, how fast, by which law.

    ``lead_unit_type`` and ``normal_level`` are where routing starts; ``accept_limit`` runs until the unit has
    acknowledged, ``handle_limit`` until it has reported back. ``limit_source`` says whether the limit is law.
    A ``retired`` matter takes no new cases; those that have it go on with it.
    """

    code: str
    version: int
    platform: str
    domain: str
    name_zh: str
    name_en: str
    case_kinds: tuple[str, ...]
    normal_level: AreaKind
    lead_unit_type: str
    co_unit_types: tuple[str, ...]
    urgency: Urgency
    accept_limit: Limit
    handle_limit: Limit
    limit_source: str
    legal_basis: str = ""
    label: str = ""
    sensitivity: str = "none"
    guards: frozenset[Guard] = frozenset()
    notes: str = ""
    retired: bool = False
    questions: tuple["Question", ...] = field(default=(), repr=False)

    @property
    def is_sensitive(self) -> bool:
        """Readable by the units on the case only, never by a whole area."""
        return self.sensitivity == "sensitive"


@dataclass(frozen=True)
class Policy:
    """Everything ``decide`` may know besides the case, the command and the time.

    ``version`` is stored with every event. ``limits`` are the profile's defaults by name (``intake``,
    ``dispatch``, ``verify`` …); a matter's own limit comes first. ``settings`` are whole numbers by name
    (``reopen_window_days``, ``pause_max_days`` …). ``desk_types`` receive residents; ``centre_types`` are the
    coordinating units from near to far, from which dispatcher, ruler, supervisor and verifier are taken.
    ``fallback_types`` names the unit type that answers where a type has no unit (facility_owner -> city_management).
    """

    version: str
    territory: Territory
    matters: Mapping[str, Matter]
    procedures: Mapping[tuple[str, int], "Procedure"]
    calendar: WorkCalendar
    limits: Mapping[str, Limit]
    settings: Mapping[str, int] = field(default_factory=dict)
    rules: tuple["RuleTable", ...] = ()
    fallback_types: Mapping[str, str] = field(default_factory=dict)
    desk_types: tuple[str, ...] = ("community_station",)
    centre_types: tuple[str, ...] = ("command_centre", "district_centre", "district_supervision_office")

    @cached_property
    def offered(self) -> Mapping[str, Matter]:
        """The matters that a case may be given: all that are not retired."""
        return {code: matter for code, matter in self.matters.items() if not matter.retired}

    def current_procedure(self, name: str) -> "Procedure":
        """The newest published version of a procedure, for cases that begin now.

        Raises:
            KeyError: no procedure of that name is published.
        """
        versions = [version for known, version in self.procedures if known == name]
        if not versions:
            raise KeyError(name)
        return self.procedures[name, max(versions)]
