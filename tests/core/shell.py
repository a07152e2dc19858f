"""The smallest shell around the rulebook: cases in memory, sequels applied in order, nothing saved on a refusal.

It does what ``linli.cases`` does in a transaction, so that tests can drive whole cases without a database.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from linli.core.actor import CLOCK, Actor, ActorKind, PostHeld
from linli.core.case.commands import Act, Open, Outcome
from linli.core.case.decide import decide, decide_sequel, offers, procedure_of
from linli.core.case.demands import DONE
from linli.core.case.events import Event, Opened, Vaulted
from linli.core.case.evolve import evolve, fold
from linli.core.case.opening import decide_open
from linli.core.case.state import CaseState
from linli.core.case.timing import due_action
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Action, FieldType, FormField, Role
from linli.core.territory import Function

WORDS = Vaulted("v1", "0" * 64)
"""A text that lies in the vault."""


def refusal_of(act: Callable[[], object]) -> str | None:
    """The code with which an act is refused; None when it is not."""
    try:
        act()
    except Refusal as refused:
        return refused.code
    return None


_DONE = ("accept", "dispatch", "acknowledge", "report_back")
WAYS: Mapping[str, tuple[str, ...]] = {
    "reported": (),
    "registered": ("accept",),
    "dispatched": ("accept", "dispatch"),
    "disputed": ("accept", "dispatch", "return"),
    "handling": ("accept", "dispatch", "acknowledge"),
    "paused": ("accept", "dispatch", "acknowledge", "pause"),
    "conference": ("accept", "dispatch", "acknowledge", "call_conference"),
    "parked": ("accept", "dispatch", "acknowledge", "park"),
    "done": _DONE,
    "verified": (*_DONE, "verify"),
    "replied": (*_DONE, "verify", "reply"),
    "closed": (*_DONE, "verify", "reply", "satisfied"),
    "not_accepted": ("decline",),
    "diverted": ("divert",),
}
"""The shortest good way to each step of the standard procedure that one case can go alone."""


class Shell:
    """Cases of one district, their events, and the time."""

    def __init__(self, policy: Policy, now: datetime, district: str = "500118") -> None:
        self.policy, self.now, self.district = policy, now, district
        self.cases: dict[str, CaseState] = {}
        self.events: dict[str, list[Event]] = {}
        self.notified: list[tuple[str, str]] = []
        self._count = 0

    # --- acts

    def open(self, area: str = "500118001001001", **changes: Any) -> str:
        """Opens a case and gives its id."""
        number = self._next_id()
        actor = changes.pop("actor", None) or Actor(ActorKind.REPORTER, f"reporter-of-{number}", case=number)
        command = Open(id=number, number=number.upper(), area=area, channel="portal", actor=actor, **changes)
        opened = decide_open(command, now=self.now, policy=self.policy, district=self.district)
        self._record(number, opened)
        return number

    def act(self, case: str, action: str, by: Actor, *, version: int | None = None, **form: Any) -> CaseState:
        """Takes one action, with its parts and sequels, or raises the refusal and changes nothing."""
        act = Act(action, by, form, tuple(self._next_id() for _ in range(8)), version)
        others = {id_: state for id_, state in self.cases.items() if id_ != case}
        before = dict(self.cases), {key: list(value) for key, value in self.events.items()}
        try:
            outcome = decide(self.cases[case], act, now=self.now, policy=self.policy, others=others)
            self._apply(case, outcome, by)
        except Exception:
            self.cases, self.events = before
            raise
        return self.cases[case]

    def _apply(self, case: str, outcome: Outcome, by: Actor) -> None:
        self._record(case, outcome.event)
        self.notified.extend((case, who) for who in outcome.event.notify)
        for opened in outcome.opens:
            self._record(opened.state.id, opened)
        reached = [sequel.case for sequel in outcome.sequels]
        assert len(set(reached)) == len(reached), "the shell writes each case once in a transaction"
        for sequel in outcome.sequels:
            there = decide_sequel(self.cases[sequel.case], sequel, by, now=self.now, policy=self.policy)
            assert not there.sequels, "the shell follows sequels one step far"
            assert not there.opens
            self._record(sequel.case, there.event)

    def _record(self, case: str, event: Event) -> None:
        self.cases[case] = evolve(self.cases.get(case), event)
        self.events.setdefault(case, []).append(event)

    def _next_id(self) -> str:
        self._count += 1
        return f"c{self._count:04d}"

    # --- the good path

    def bring(self, step: str, *, matter: str = "CM-006", lead: str | None = None, case: str | None = None,
              co_handlers: tuple[str, ...] = (), area: str = "500118001001001", **opening: Any) -> str:  # fmt: skip
        """A case carried to ``step`` by the right people, without the clock acting; gives its id."""
        case = case or self.open(area, **opening)
        lead = lead or f"{self.cases[case].place.town}.sanitation_office"
        given: dict[str, Any] = {
            "accept": {"matter": matter, "complaint_about": "no_unit_named", "urgency": self._urgency(matter)},
            "dispatch": {"lead": lead, "co_handlers": co_handlers},
            "decide": {"lead": lead},
            "pause": {"until": (self.now + timedelta(days=10)).date().isoformat()},
        }
        for name in WAYS[step]:
            role = min(self.action(case, name).by - {Role.REPORTER, Role.CLOCK, Role.CONVENER}, key=list(Role).index)
            actor = self.watcher() if role is Role.SUPERVISOR else self.playing(role, case)
            self.act(case, name, actor, **self.filled(case, name, **given.get(name, {})))
        assert self.cases[case].step == step
        return case

    def _urgency(self, matter: str) -> str:
        return self.policy.matters[matter].urgency.value

    def watcher(self, name: str = "watcher") -> Actor:
        """Somebody who supervises the whole district."""
        return self.person(name, "500118.district_supervision_office", only=frozenset({Function.SUPERVISE}))

    # --- time

    def wait(self, **span: float) -> None:
        """Lets time pass without the clock acting."""
        self.now += timedelta(**span)

    def due(self, case: str) -> str | None:
        """What the clock must do now."""
        return due_action(self.cases[case], self.now, self.policy)

    def wake(self, case: str) -> str | None:
        """Goes to the case's next wake-up, where the clock acts; gives the action."""
        wake = self.cases[case].next_wake
        assert wake is not None
        self.now = max(self.now, wake)
        action = self.due(case)
        assert action is not None
        self.act(case, action, CLOCK)
        return action

    # --- who and what

    def person(self, name: str, *units: str, only: frozenset[Function] | None = None) -> Actor:
        """Somebody with a post in each unit; ``only`` narrows what the posts may do."""
        posts = []
        for id_ in units:
            unit = self.policy.territory.units[id_]
            functions = unit.functions if only is None else unit.functions & only
            posts.append(PostHeld(f"{id_}.{name}", id_, unit.area, functions))
        return Actor(ActorKind.PERSON, name, tuple(posts))

    def playing(self, role: Role, case: str, name: str | None = None) -> Actor:
        """Somebody of the unit that is bound to the role, with a post for this role only."""
        unit = getattr(self.cases[case].roles, role.value)
        assert unit is not None, f"{role} is not bound"
        return self.person(name or f"{role.value}-of-{unit}", unit, only=frozenset({FUNCTION_OF[role]}))

    def reporter(self, case: str) -> Actor:
        """The one who reported it."""
        return Actor(ActorKind.REPORTER, f"reporter-of-{case}", case=case)

    def offered(self, case: str, actor: Actor) -> set[str]:
        """Names of the actions offered to the actor now."""
        return {action.name for action in offers(self.cases[case], actor, now=self.now, policy=self.policy)}

    def action(self, case: str, name: str) -> Action:
        """The action of the case's procedure."""
        return procedure_of(self.cases[case], self.policy).actions[name]

    def refolded(self, case: str) -> CaseState | None:
        """The case folded anew from its events."""
        return fold(self.events[case])

    def parts(self, case: str) -> list[str]:
        """Ids of the cases that are parts of this one."""
        return [id_ for id_, state in self.cases.items() if state.parent == case]

    def opening(self, case: str) -> Opened:
        """The event that opened the case."""
        first = self.events[case][0]
        assert isinstance(first, Opened)
        return first

    # --- forms

    def filled(self, case: str, action: str, **given: Any) -> Mapping[str, Any]:
        """A form with everything required filled in plausibly; what is ``given`` comes first."""
        fields = self.action(case, action).form
        form = {field.name: self._value(case, field) for field in fields if field.required}
        return form | given

    def _value(self, case: str, field: FormField) -> Any:
        state = self.cases[case]
        if field.type in (FieldType.TEXT, FieldType.CONTACT, FieldType.PHOTO, FieldType.POINT):
            return WORDS
        if field.type is FieldType.CODE:
            return field.choices[0] if field.choices else state.matter or "CM-006"
        if field.type is FieldType.AREA:
            return state.place.area
        if field.type is FieldType.DATE:
            return (self.now + timedelta(days=0 if field.name in DONE else 3)).date().isoformat()
        if field.type is FieldType.NUMBER:
            return 2
        return f"{state.place.town or '500118001'}.sanitation_office"
