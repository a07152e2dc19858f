"""The act in the making: what guards look at and effects add to. It lives inside one call of ``decide``."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from linli.core.actor import Actor, ActorKind
from linli.core.case.commands import Act, Sequel
from linli.core.case.demands import NOTING
from linli.core.case.events import AnyChange, Opened
from linli.core.case.evolve import apply
from linli.core.case.state import CaseState
from linli.core.deadlines import Clock
from linli.core.errors import Refusal
from linli.core.policy import Matter, Policy
from linli.core.procedure import Action, Procedure, Role, Step
from linli.core.routing import TraceLine


class Draft:
    """One act being decided. ``state`` already shows the changes made so far; ``before`` is the case as it was.

    ``form`` holds the fields that were filled in; whoever reads it after ``check_form`` may rely on their types.
    """

    def __init__(
        self, state: CaseState, act: Act, action: Action, role: Role, now: datetime, policy: Policy,
        others: Mapping[str, CaseState], *, is_sequel: bool = False,
    ) -> None:  # fmt: skip
        self.before = self.state = state
        self.act, self.action, self.role = act, action, role
        self.now, self.policy, self.others = now, policy, others
        self.is_sequel = is_sequel
        self.changes: list[AnyChange] = []
        self.notify: list[str] = []
        self.opens: list[Opened] = []
        self.sequels: list[Sequel] = []
        self.trace: list[TraceLine] = []
        self.promise: Clock | None = state.promise
        self.form = filled(act.form)
        self._ids = iter(act.ids)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.act.actor

    @property
    def procedure(self) -> Procedure:
        """The version of the procedure that this case began with."""
        return self.policy.procedures[self.state.procedure, self.state.procedure_version]

    @property
    def only_notes(self) -> bool:
        """Whether the act only writes something down and leaves the case as it is."""
        return not NOTING.isdisjoint(self.action.effects)

    @property
    def target(self) -> Step:
        """The step in which the case will be."""
        return self.procedure.steps[self.action.target or self.before.step]

    @property
    def matter(self) -> Matter:
        """The matter of the case.

        Raises:
            Refusal: ``not_classified`` while it has none, ``matter_unknown`` when the policy no longer has it.
        """
        if self.state.matter is None:
            raise Refusal("not_classified", {"case": self.state.id})
        return matter_named(self.state.matter, self.policy)

    def change(self, change: AnyChange) -> None:
        """Records a change and shows it in ``state``."""
        self.changes.append(change)
        self.state = apply(self.state, change)

    def new_id(self) -> str:
        """A fresh id from those the shell gave.

        Raises:
            Refusal: ``too_many_parts`` when they are used up.
        """
        found = next(self._ids, None)
        if found is None:
            raise Refusal("too_many_parts", {"allowed": len(self.act.ids)})
        return found

    def acting_units(self) -> frozenset[str]:
        """Units in whose name the actor could act."""
        return self.actor.units if self.actor.kind is ActorKind.PERSON else frozenset()

    def instant(self, field: str) -> datetime:
        """The start of the local day named in a date field."""
        day = date.fromisoformat(str(self.form[field]))
        return datetime.combine(day, time(), self.policy.calendar.tz).astimezone(UTC)


def filled(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that say something: a field left empty is as good as missing."""
    return {name: value for name, value in form.items() if value is not None and value not in ("", ())}


def matter_named(code: str, policy: Policy) -> Matter:
    """The matter of that code.

    Raises:
        Refusal: ``matter_unknown``.
    """
    matter = policy.matters.get(code)
    if matter is None:
        raise Refusal("matter_unknown", {"matter": code})
    return matter
