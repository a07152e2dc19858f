"""Procedures as data: steps, actions, ladders; loading them from a document.

A procedure is a versioned document that an officer can read. It names guards and effects that are code in
``core``; there is no expression language. :mod:`linli.core.checker` proves a procedure before it is published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linli.core.calendar import Limit
from linli.core.territory import Function


class Role(StrEnum):
    """The part somebody plays on one case. Units are bound to roles when the case needs them."""

    DESK = "desk"
    DISPATCHER = "dispatcher"
    UNIT = "unit"
    RULER = "ruler"
    CONVENER = "convener"
    SUPERVISOR = "supervisor"
    VERIFIER = "verifier"
    FOLLOW_UP_DESK = "follow_up_desk"
    LEAD = "lead"
    ASSESSOR = "assessor"
    REPORTER = "reporter"
    CLOCK = "clock"


FUNCTION_OF: Mapping[Role, Function] = {
    Role.DESK: Function.INTAKE,
    Role.DISPATCHER: Function.DISPATCH,
    Role.UNIT: Function.HANDLE,
    Role.RULER: Function.RULE,
    Role.CONVENER: Function.CONVENE,
    Role.SUPERVISOR: Function.SUPERVISE,
    Role.VERIFIER: Function.VERIFY,
    Role.FOLLOW_UP_DESK: Function.FOLLOW_UP,
    Role.LEAD: Function.HANDLE,
    Role.ASSESSOR: Function.ASSESS,
}
"""The function a post needs to play a role; reporter and clock need none."""

OWNING_ROLES = frozenset(FUNCTION_OF) - {Role.SUPERVISOR, Role.ASSESSOR}
"""Roles that may own a step: each resolves to exactly one unit."""


class FieldType(StrEnum):
    """Types of form fields. ``text``, ``contact``, ``photo`` and ``point`` go to the vault, never into an event."""

    CODE = "code"
    AREA = "area"
    UNIT = "unit"
    UNITS = "units"
    CASE = "case"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"
    CONTACT = "contact"
    PHOTO = "photo"
    POINT = "point"


VAULT_TYPES = frozenset({FieldType.TEXT, FieldType.CONTACT, FieldType.PHOTO, FieldType.POINT})


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that an action asks for. ``choices`` closes a code field; empty means any code of its kind."""

    name: str
    type: FieldType
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """What the clock does once a limit has passed: ``action`` after ``after``; the last repeats every ``every``."""

    action: str
    after: Limit | None = None
    every: Limit | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where a case can be: who owns it there, which limit runs, and what happens when it has passed."""

    name: str
    title: Mapping[str, str]
    owner: Role | None = None
    limit: str | None = None
    paused: bool = False
    until: str | None = None
    remind_percent: int | None = None
    ladder: str | None = None
    end: bool = False
    unsolved: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One act on a case: from where, to where (``None`` stays), by whom, with what, under which rules.

    ``fresh_clock`` starts the target step's limit anew; without it a promise already given is kept.
    """

    name: str
    title: Mapping[str, str]
    sources: frozenset[str]
    target: str | None
    by: frozenset[Role]
    form: tuple[FormField, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    fresh_clock: bool = False

    def field(self, name: str) -> FormField | None:
        """The form field of that name."""
        return next((f for f in self.form if f.name == name), None)


@dataclass(frozen=True)
class Procedure:
    """A whole procedure at one version. ``start`` is where a case of it begins; an ``internal`` one has no reporter."""

    name: str
    version: int
    title: Mapping[str, str]
    start: str
    steps: Mapping[str, Step]
    actions: Mapping[str, Action]
    ladders: Mapping[str, tuple[Rung, ...]] = field(default_factory=dict)
    internal: bool = False

    @property
    def open_steps(self) -> tuple[str, ...]:
        """Names of the steps that are no end."""
        return tuple(name for name, step in self.steps.items() if not step.end)

    def actions_from(self, step: str) -> Iterator[Action]:
        """Actions that start in that step."""
        return (action for action in self.actions.values() if step in action.sources)


class ProcedureError(ValueError):
    """A procedure document that cannot be read, with the place in it and what to do."""


def load(document: Mapping[str, Any]) -> Procedure:
    """Reads a procedure document (see ``docs/reference/procedures.md``).

    Raises:
        ProcedureError: a key is unknown or missing, or a value has the wrong shape. What a well-formed document
            *means* is judged by :func:`linli.core.checker.check`.
    """
    _only_keys(
        document, {"procedure", "version", "title", "start", "internal", "ladders", "steps", "actions"}, "procedure"
    )
    steps = {name: _step(name, data or {}) for name, data in _mapping(document, "steps").items()}
    open_steps = [name for name, step in steps.items() if not step.end]
    actions = {name: _action(name, data or {}, open_steps) for name, data in _mapping(document, "actions").items()}
    ladders = {name: _ladder(name, rungs) for name, rungs in _mapping(document, "ladders").items()}
    return Procedure(
        name=str(_required(document, "procedure", "procedure")),
        version=int(_required(document, "version", "procedure")),
        title=_title(document, "procedure"),
        start=str(_required(document, "start", "procedure")),
        steps=steps,
        actions=actions,
        ladders=ladders,
        internal=bool(document.get("internal", False)),
    )


def _step(name: str, data: Mapping[str, Any]) -> Step:
    where = f"step {name}"
    _only_keys(data, {"title", "owner", "limit", "paused", "until", "remind", "overdue", "end", "unsolved"}, where)
    return Step(
        name=name,
        title=_title(data, where),
        owner=_role(data["owner"], where) if "owner" in data else None,
        limit=data.get("limit"),
        paused=bool(data.get("paused", False)),
        until=data.get("until"),
        remind_percent=data.get("remind"),
        ladder=data.get("overdue"),
        end=bool(data.get("end", False)),
        unsolved=bool(data.get("unsolved", False)),
    )


def _action(name: str, data: Mapping[str, Any], open_steps: Sequence[str]) -> Action:
    where = f"action {name}"
    _only_keys(data, {"title", "from", "to", "by", "form", "guards", "effects", "clock"}, where)
    sources = _names(_required(data, "from", where))
    if sources == ("any_open",):
        sources = tuple(open_steps)
    target = str(_required(data, "to", where))
    if data.get("clock", "keep") not in ("keep", "fresh"):
        raise ProcedureError(f"{where}: clock is 'keep' or 'fresh', not {data['clock']!r}")
    return Action(
        name=name,
        title=_title(data, where),
        sources=frozenset(sources),
        target=None if target == "same" else target,
        by=frozenset(_role(role, where) for role in _names(_required(data, "by", where))),
        form=tuple(_form_field(key, value, where) for key, value in (data.get("form") or {}).items()),
        guards=_names(data.get("guards", ())),
        effects=_names(data.get("effects", ())),
        fresh_clock=data.get("clock") == "fresh",
    )


def _form_field(name: str, value: Any, where: str) -> FormField:
    spec = value if isinstance(value, Mapping) else {"type": value}
    _only_keys(spec, {"type", "choices"}, f"{where}, field {name}")
    text = str(_required(spec, "type", f"{where}, field {name}"))
    required = not text.endswith("?")
    try:
        kind = FieldType(text.removesuffix("?"))
    except ValueError:
        known = ", ".join(FieldType)
        raise ProcedureError(f"{where}, field {name}: {text!r} is no field type; use one of {known}") from None
    return FormField(name, kind, required, _names(spec.get("choices", ())))


def _ladder(name: str, rungs: Sequence[Mapping[str, Any]]) -> tuple[Rung, ...]:
    made = []
    for rung in rungs:
        where = f"ladder {name}"
        _only_keys(rung, {"after", "every", "action"}, where)
        after, every = rung.get("after"), rung.get("every")
        made.append(
            Rung(
                action=str(_required(rung, "action", where)),
                after=None if after in (None, 0, "0h") else Limit.parse(str(after)),
                every=None if every is None else Limit.parse(str(every)),
            )
        )
    return tuple(made)


def _role(name: str, where: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise ProcedureError(f"{where}: {name!r} is no role; use one of {', '.join(Role)}") from None


def _title(data: Mapping[str, Any], where: str) -> Mapping[str, str]:
    title = _required(data, "title", where)
    if not isinstance(title, Mapping) or set(title) != {"zh", "en"}:
        raise ProcedureError(f"{where}: title needs exactly the keys zh and en")
    return {"zh": str(title["zh"]), "en": str(title["en"])}


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise ProcedureError(f"procedure: {key} must map names to descriptions")
    return value


def _required(data: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in data:
        raise ProcedureError(f"{where}: {key} is missing")
    return data[key]


def _only_keys(data: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(data) - allowed)
    if unknown:
        raise ProcedureError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(allowed))}")
