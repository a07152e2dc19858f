"""The checker: what must be true of a procedure before it may be published, proven on the document alone.

Each rule is one function that yields findings; a procedure without findings leaves no case without an owner, a
running or explicitly paused limit, a way to an end, and a way for the resident to contest it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from linli.core.case.demands import FIELDS, GUARDED, NOTING, OPENING_PARTS, PART_SEQUELS, SEQUELS
from linli.core.case.effects import EFFECTS
from linli.core.case.guards import GUARDS
from linli.core.case.timing import PROMISE, REMIND
from linli.core.policy import Urgency
from linli.core.procedure import OWNING_ROLES, Action, FieldType, Procedure, Role, Step


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the rule broken, the step, action or ladder in which, and what is missing there."""

    rule: str
    where: str
    detail: str = ""


def check(procedure: Procedure, limits: Collection[str]) -> tuple[Finding, ...]:
    """All findings of one procedure. ``limits`` are the names that the policy defines."""
    findings = [finding for names in NAMES for finding in names(procedure)]
    if findings:
        return tuple(findings)  # the rules below follow names, so these come first
    for rule in RULES:
        findings.extend(rule(procedure))
    findings.extend(_limits_known(procedure, limits))
    return tuple(findings)


def _steps_exist(procedure: Procedure) -> Iterator[Finding]:
    if procedure.start not in procedure.steps or procedure.steps[procedure.start].end:
        yield Finding("start_is_an_open_step", procedure.start)
    for action in procedure.actions.values():
        for step in sorted(action.sources - set(procedure.steps)):
            yield Finding("source_exists", action.name, step)
        if action.target is not None and action.target not in procedure.steps:
            yield Finding("target_exists", action.name, action.target)


def _guards_and_effects_exist(procedure: Procedure) -> Iterator[Finding]:
    for action in procedure.actions.values():
        for guard in action.guards:
            if guard not in GUARDS:
                yield Finding("guard_exists", action.name, guard)
        for effect in action.effects:
            if effect not in EFFECTS:
                yield Finding("effect_exists", action.name, effect)


def _ladders_exist(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if step.ladder is not None and step.ladder not in procedure.ladders:
            yield Finding("ladder_exists", step.name, step.ladder)
    for name, rungs in procedure.ladders.items():
        for rung in rungs:
            if rung.action not in procedure.actions:
                yield Finding("clock_action_exists", name, rung.action)


def _every_step_is_reached(procedure: Procedure) -> Iterator[Finding]:
    reached = _closure(procedure, {procedure.start}, _forward)
    for name in procedure.steps:
        if name not in reached:
            yield Finding("step_is_reachable", name)


def _every_step_reaches_an_end(procedure: Procedure) -> Iterator[Finding]:
    ends = {name for name, step in procedure.steps.items() if step.end}
    can_end = _closure(procedure, ends, _backward)
    for name in procedure.steps:
        if name not in can_end:
            yield Finding("step_reaches_an_end", name)


def _open_steps_are_owned_and_limited(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if step.end:
            if step.owner or step.limit or step.ladder or step.paused:
                yield Finding("end_owes_nothing", step.name)
            continue
        if step.owner not in OWNING_ROLES:
            yield Finding("step_has_an_owner", step.name, str(step.owner or ""))
        if step.limit is None:
            yield Finding("step_has_a_limit", step.name)
        if step.ladder is None:
            yield Finding("overdue_leads_somewhere", step.name)


def _owner_can_move_on(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if step.end or step.owner is None:
            continue
        if not any(step.owner in a.by and a.target not in (None, step.name) for a in procedure.actions_from(step.name)):
            yield Finding("owner_can_move_on", step.name, step.owner)


def _pauses_end(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if not step.paused:
            continue
        if step.limit != PROMISE:
            yield Finding("pause_holds_the_promise", step.name, str(step.limit))
        for action in procedure.actions.values():
            if action.target != step.name:
                continue
            field = action.field(step.until or "")
            if field is None or field.type is not FieldType.DATE or not field.required:
                yield Finding("pause_has_an_end", action.name, step.until or "until")


def _ladders_go_on(procedure: Procedure) -> Iterator[Finding]:
    for name, rungs in procedure.ladders.items():
        if not rungs or rungs[-1].every is None:
            yield Finding("ladder_ends_in_a_repeat", name)
        for rung in rungs[:-1]:
            if rung.every is not None:
                yield Finding("only_the_last_rung_repeats", name, rung.action)


def _clock_can_act(procedure: Procedure) -> Iterator[Finding]:
    for step in procedure.steps.values():
        for rung in procedure.ladders.get(step.ladder or "", ()):
            yield from _clock_may(procedure.actions[rung.action], step)
        if step.remind_percent is not None:
            if not 0 < step.remind_percent < 100:
                yield Finding("reminder_before_expiry", step.name, str(step.remind_percent))
            if REMIND not in procedure.actions:
                yield Finding("clock_action_exists", step.name, REMIND)
            else:
                yield from _clock_may(procedure.actions[REMIND], step)


def _clock_may(action: Action, step: Step) -> Iterator[Finding]:
    if Role.CLOCK not in action.by:
        yield Finding("clock_may_act", action.name, "by clock")
    if action.guards or any(field.required for field in action.form):
        yield Finding("clock_needs_nothing", action.name, "guards and required fields")
    if step.name not in action.sources:
        yield Finding("clock_acts_from_the_step", step.name, action.name)


def _actions_are_distinct(procedure: Procedure) -> Iterator[Finding]:
    actions = list(procedure.actions.values())
    for position, one in enumerate(actions):
        for other in actions[position + 1 :]:
            same = (one.target, one.form, one.effects) == (other.target, other.form, other.effects)
            if same and one.sources & other.sources and one.by & other.by:
                yield Finding("action_is_unambiguous", one.name, other.name)


def _resident_can_contest(procedure: Procedure) -> Iterator[Finding]:
    """From every end but their own withdrawal, and under no condition: a guarded way back may close."""
    if procedure.internal:
        return
    for step in procedure.steps.values():
        if not step.end or _only_reporters_lead_to(procedure, step.name):
            continue
        back = (a for a in procedure.actions_from(step.name) if Role.REPORTER in a.by and not a.guards)
        if not any(a.target is not None and not procedure.steps[a.target].end for a in back):
            yield Finding("resident_can_contest", step.name)


def _way_up_is_open(procedure: Procedure) -> Iterator[Finding]:
    """Rights R4: the reporter may go higher at all times."""
    if procedure.internal:
        return
    for name in procedure.open_steps:
        ways = (a for a in procedure.actions_from(name) if Role.REPORTER in a.by)
        if not any("owner_one_level_up" in a.effects for a in ways):
            yield Finding("resident_can_go_higher", name)


def _handler_never_closes(procedure: Procedure) -> Iterator[Finding]:
    """From a step owned by the handling unit no end is reached without a guarded act of somebody who never handled."""
    if procedure.internal:
        return
    handling = {name for name, step in procedure.steps.items() if step.owner is Role.UNIT}

    def unchecked(action: Action) -> bool:
        return "never_handled" not in action.guards and action.by != frozenset({Role.REPORTER})

    for name in sorted(_closure(procedure, handling, _forward, unchecked)):
        if procedure.steps[name].end:
            yield Finding("handler_never_closes", name)


def _sequels_find_their_action(procedure: Procedure) -> Iterator[Finding]:
    everywhere = {a.name for a in procedure.actions.values() if set(procedure.open_steps) <= a.sources}
    for action in procedure.actions.values():
        for effect in action.effects:
            for needed in SEQUELS.get(effect, ()):
                if needed not in everywhere:
                    yield Finding("sequel_finds_its_action", action.name, needed)


def _a_part_answers_its_parent(procedure: Procedure) -> Iterator[Finding]:
    """The parent counts its open parts, so a part that ends must tell it, and must hear it."""
    if not procedure.internal:
        return
    for name in PART_SEQUELS:
        action = procedure.actions.get(name)
        if action is None or not set(procedure.open_steps) <= action.sources:
            yield Finding("part_hears_its_parent", name)
    for action in procedure.actions.values():
        if action.target and procedure.steps[action.target].end and "tell_parent" not in action.effects:
            yield Finding("part_tells_its_parent", action.name)


def _forms_hold_what_is_read(procedure: Procedure) -> Iterator[Finding]:
    for action in procedure.actions.values():
        for name in (*action.guards, *action.effects):
            for field_name, wanted in FIELDS.get(name, {}).items():
                if not _field_fits(action, field_name, wanted):
                    yield Finding("form_holds_what_is_read", action.name, f"{field_name}: {wanted}")
        urgency = action.field("urgency")
        closed = urgency is not None and urgency.choices and set(urgency.choices) <= set(Urgency)
        if "classify" in action.effects and urgency is not None and not closed:
            yield Finding("urgency_is_known", action.name, ", ".join(urgency.choices))


def _field_fits(action: Action, name: str, wanted: str) -> bool:
    field = action.field(name)
    if field is None:
        return wanted.endswith("?")
    return field.type.value == wanted.removesuffix("?") and (field.required or wanted.endswith("?"))


def _effects_are_guarded(procedure: Procedure) -> Iterator[Finding]:
    for action in procedure.actions.values():
        for effect in action.effects:
            for guard in GUARDED.get(effect, ()):
                if guard not in action.guards:
                    yield Finding("effect_is_guarded", action.name, guard)


def _notes_change_nothing(procedure: Procedure) -> Iterator[Finding]:
    """Who only notes has not handled and may verify: so no work may hide in a note, and only people write one."""
    for action in procedure.actions.values():
        if NOTING.isdisjoint(action.effects):
            continue
        if action.target is not None or action.clock != "keep" or not NOTING.issuperset(action.effects):
            yield Finding("note_changes_nothing", action.name)
        if any(procedure.steps[step].end for step in action.sources):
            yield Finding("note_changes_nothing", action.name, "from an end")
        if action.by & {Role.REPORTER, Role.CLOCK}:
            yield Finding("note_is_by_officers", action.name)


def _promise_has_a_step(procedure: Procedure) -> Iterator[Finding]:
    runs = {name for name, step in procedure.steps.items() if step.limit == PROMISE and not step.paused}
    for action in procedure.actions.values():
        if "promise_limits" in action.effects and not runs:
            yield Finding("promise_has_a_step", action.name)
        if "extend_promise" in action.effects and not action.sources <= runs:
            yield Finding("promise_has_a_step", action.name)


def _parts_follow_a_promise(procedure: Procedure) -> Iterator[Finding]:
    """A part gets a share of what the lead was promised, so none is opened before something was."""

    def promises(action: Action) -> bool:
        target = procedure.steps.get(action.target or "")
        return "promise_limits" in action.effects or (target is not None and target.limit == PROMISE)

    started_anew = {a.target for a in procedure.actions.values() if a.fresh_clock and a.target and not promises(a)}
    without = _closure(procedure, {procedure.start} | started_anew, _forward, lambda action: not promises(action))
    for action in procedure.actions.values():
        if not procedure.internal and OPENING_PARTS & set(action.effects) and action.sources & without:
            yield Finding("parts_follow_a_promise", action.name, ", ".join(sorted(action.sources & without)))


def _parts_end_with_the_case(procedure: Procedure) -> Iterator[Finding]:
    def waits(action: Action) -> bool:
        return "required_parts_done" in action.guards or "cancel_parts" in action.effects

    opening = [a for a in procedure.actions.values() if OPENING_PARTS & set(a.effects)]
    begun = {step for a in opening for step in ([a.target] if a.target else a.sources)}
    with_parts = _closure(procedure, begun, _forward, lambda action: not waits(action))
    for name in sorted(with_parts):
        if procedure.steps[name].end:
            yield Finding("parts_end_with_the_case", name)


def _units_are_bound_before_they_own(procedure: Procedure) -> Iterator[Finding]:
    if procedure.internal:
        return
    leaderless = _closure(procedure, {procedure.start}, _forward, lambda action: "set_lead" not in action.effects)
    for name, step in procedure.steps.items():
        if step.owner is Role.LEAD or (step.owner is Role.UNIT and name in leaderless):
            yield Finding("unit_is_bound_before_it_owns", name)


def _resident_is_answered(procedure: Procedure) -> Iterator[Finding]:
    """Rights R4: what was handled ends in a decision with reason and remedy, or by the reporter's own act."""
    if procedure.internal:
        return

    def silent(action: Action) -> bool:
        return "note_reply" not in action.effects and action.by != frozenset({Role.REPORTER})

    handling = {name for name, step in procedure.steps.items() if step.owner is Role.UNIT}
    for name in sorted(_closure(procedure, handling, _forward, silent)):
        if procedure.steps[name].end:
            yield Finding("resident_is_answered", name)


def _titles_in_both_languages(procedure: Procedure) -> Iterator[Finding]:
    titles = {name: step.title for name, step in procedure.steps.items()}
    titles |= {name: action.title for name, action in procedure.actions.items()} | {procedure.name: procedure.title}
    for name, title in titles.items():
        if not all(title[language].strip() for language in ("zh", "en")):
            yield Finding("title_in_both_languages", name)


def _limits_known(procedure: Procedure, limits: Collection[str]) -> Iterator[Finding]:
    for step in procedure.steps.values():
        if step.limit is not None and step.limit not in limits:
            yield Finding("limit_is_known", step.name, step.limit)


NAMES: tuple[Callable[[Procedure], Iterator[Finding]], ...] = (
    _steps_exist,
    _guards_and_effects_exist,
    _ladders_exist,
)

RULES: tuple[Callable[[Procedure], Iterator[Finding]], ...] = (
    _every_step_is_reached,
    _every_step_reaches_an_end,
    _open_steps_are_owned_and_limited,
    _owner_can_move_on,
    _pauses_end,
    _ladders_go_on,
    _clock_can_act,
    _actions_are_distinct,
    _resident_can_contest,
    _way_up_is_open,
    _handler_never_closes,
    _sequels_find_their_action,
    _a_part_answers_its_parent,
    _forms_hold_what_is_read,
    _effects_are_guarded,
    _notes_change_nothing,
    _promise_has_a_step,
    _parts_follow_a_promise,
    _parts_end_with_the_case,
    _units_are_bound_before_they_own,
    _resident_is_answered,
    _titles_in_both_languages,
)


def _forward(action: Action, source: str) -> tuple[str, str]:
    return source, action.target or source


def _backward(action: Action, source: str) -> tuple[str, str]:
    return action.target or source, source


def _closure(
    procedure: Procedure,
    seeds: set[str],
    edge: Callable[[Action, str], tuple[str, str]],
    keep: Callable[[Action], bool] = lambda _: True,
) -> set[str]:
    edges = [edge(a, source) for a in procedure.actions.values() if keep(a) for source in a.sources]
    found = set(seeds)
    grown = True
    while grown:
        new = {end for start, end in edges if start in found} - found
        found |= new
        grown = bool(new)
    return found


def _only_reporters_lead_to(procedure: Procedure, step: str) -> bool:
    into = [a for a in procedure.actions.values() if a.target == step]
    return bool(into) and all(a.by == frozenset({Role.REPORTER}) for a in into)
