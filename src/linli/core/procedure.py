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


CLOCKS = ("keep", "fresh", "renew")

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

    A step's own limit starts on entering it and a promise already given is kept, unless ``clock`` says otherwise:
    ``fresh`` promises anew, ``renew`` starts the limit of the step anew although the case stays in it.
    """

    name: str
    title: Mapping[str, str]
    sources: frozenset[str]
    target: str | None
    by: frozenset[Role]
    form: tuple[FormField, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    clock: str = "keep"

    @property
    def fresh_clock(self) -> bool:
        """Whether the promise is given anew."""
        return self.clock == "fresh"

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


def load(document: Any) -> Procedure:
    """Reads a procedure document (see ``docs/reference/procedures.md``).

    Raises:
        ProcedureError: a key is unknown or missing, or a value has the wrong shape. What a well-formed document
            *means* is judged by :func:`linli.core.checker.check`.
    """
    where = "procedure"
    _only_keys(document, {"procedure", "version", "title", "start", "internal", "ladders", "steps", "actions"}, where)
    steps = {name: _step(name, data) for name, data in _section(document, "steps").items()}
    open_steps = [name for name, step in steps.items() if not step.end]
    actions = {name: _action(name, data, open_steps) for name, data in _section(document, "actions").items()}
    ladders = {name: _ladder(name, rungs) for name, rungs in _section(document, "ladders").items()}
    return Procedure(
        name=_text(_required(document, "procedure", where), "procedure", where),
        version=_whole(_required(document, "version", where), "version", where),
        title=_title(document, where),
        start=_text(_required(document, "start", where), "start", where),
        steps=steps,
        actions=actions,
        ladders=ladders,
        internal=_flag(document, "internal", where),
    )


def _step(name: str, data: Any) -> Step:
    where = f"step {name}"
    _only_keys(data, {"title", "owner", "limit", "paused", "until", "remind", "overdue", "end", "unsolved"}, where)
    return Step(
        name=name,
        title=_title(data, where),
        owner=_role(data["owner"], where) if "owner" in data else None,
        limit=_text_or_none(data, "limit", where),
        paused=_flag(data, "paused", where),
        until=_text_or_none(data, "until", where),
        remind_percent=_whole(data["remind"], "remind", where) if "remind" in data else None,
        ladder=_text_or_none(data, "overdue", where),
        end=_flag(data, "end", where),
        unsolved=_flag(data, "unsolved", where),
    )


def _action(name: str, data: Any, open_steps: Sequence[str]) -> Action:
    where = f"action {name}"
    _only_keys(data, {"title", "from", "to", "by", "form", "guards", "effects", "clock"}, where)
    sources = _names(_required(data, "from", where), "from", where)
    if sources == ("any_open",):
        sources = tuple(open_steps)
    target = _text(_required(data, "to", where), "to", where)
    form = data.get("form") or {}
    if not isinstance(form, Mapping):
        raise ProcedureError(f"{where}: form must map field names to types")
    clock = data.get("clock", "keep")
    if clock not in CLOCKS:
        raise ProcedureError(f"{where}: clock is one of {', '.join(CLOCKS)}, not {clock!r}")
    return Action(
        name=name,
        title=_title(data, where),
        sources=frozenset(sources),
        target=None if target == "same" else target,
        by=frozenset(_role(role, where) for role in _names(_required(data, "by", where), "by", where)),
        form=tuple(_form_field(key, value, where) for key, value in form.items()),
        guards=_names(data.get("guards", ()), "guards", where),
        effects=_names(data.get("effects", ()), "effects", where),
        clock=clock,
    )


def _form_field(name: str, value: Any, where: str) -> FormField:
    where = f"{where}, field {name}"
    spec = value if isinstance(value, Mapping) else {"type": value}
    _only_keys(spec, {"type", "choices"}, where)
    text = _text(_required(spec, "type", where), "type", where)
    required = not text.endswith("?")
    try:
        kind = FieldType(text.removesuffix("?"))
    except ValueError:
        known = ", ".join(FieldType)
        raise ProcedureError(f"{where}: {text!r} is no field type; use one of {known}") from None
    choices = _names(spec.get("choices", ()), "choices", where)
    if choices and kind is not FieldType.CODE:
        raise ProcedureError(f"{where}: only a code has choices, not a {kind.value}")
    return FormField(name, kind, required, choices)


def _ladder(name: str, rungs: Any) -> tuple[Rung, ...]:
    if not isinstance(rungs, Sequence) or isinstance(rungs, str):
        raise ProcedureError(f"ladder {name}: give a list of rungs, each with an action")
    return tuple(_rung(rung, f"ladder {name}, rung {number}") for number, rung in enumerate(rungs, start=1))


def _rung(rung: Any, where: str) -> Rung:
    _only_keys(rung, {"after", "every", "action"}, where)
    after = rung.get("after")
    return Rung(
        action=_text(_required(rung, "action", where), "action", where),
        after=None if after in (None, 0, "0h") else _limit(after, "after", where),
        every=_limit(rung["every"], "every", where) if "every" in rung else None,
    )


def _limit(value: Any, key: str, where: str) -> Limit:
    try:
        return Limit.parse(str(value))
    except ValueError as fault:
        raise ProcedureError(f"{where}: {key}: {fault}") from fault


def _role(name: Any, where: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise ProcedureError(f"{where}: {name!r} is no role; use one of {', '.join(Role)}") from None


def _title(data: Mapping[str, Any], where: str) -> Mapping[str, str]:
    title = _required(data, "title", where)
    if not isinstance(title, Mapping) or set(title) != {"zh", "en"}:
        raise ProcedureError(f"{where}: title needs exactly the keys zh and en")
    if not all(isinstance(text, str) for text in title.values()):
        raise ProcedureError(f"{where}: both titles must be texts; quote numbers, yes and no")
    return {"zh": title["zh"], "en": title["en"]}


def _names(value: Any, key: str, where: str) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, Sequence) or not all(isinstance(item, str) for item in items):
        raise ProcedureError(f"{where}: {key} must be a name or a list of names; quote numbers, yes and no")
    if len(set(items)) != len(items):
        raise ProcedureError(f"{where}: {key} names something twice")
    return tuple(items)


def _text(value: Any, key: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ProcedureError(f"{where}: {key} must be a text, not {value!r}; quote it if it is a number, yes or no")
    return value


def _text_or_none(data: Mapping[str, Any], key: str, where: str) -> str | None:
    return _text(data[key], key, where) if key in data else None


def _whole(value: Any, key: str, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ProcedureError(f"{where}: {key} must be a whole number above 0, not {value!r}")
    return value


def _flag(data: Mapping[str, Any], key: str, where: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise ProcedureError(f"{where}: {key} is true or false, not {value!r}")
    return value


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ProcedureError(
            f"procedure: {key} must map names to descriptions; quote names that are numbers, yes or no"
        )
    return value


def _required(data: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in data:
        raise ProcedureError(f"{where}: {key} is missing")
    return data[key]


def _only_keys(data: Any, allowed: set[str], where: str) -> None:
    if not isinstance(data, Mapping):
        raise ProcedureError(f"{where}: give keys with values; known are {', '.join(sorted(allowed))}")
    unknown = sorted(str(key) for key in set(data) - allowed)
    if unknown:
        raise ProcedureError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(allowed))}")
