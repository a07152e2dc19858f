"""A procedure in words: every step, action and finding as a row that an officer can read."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.cases import words
from linli.core.case.timing import PROMISE
from linli.core.checker import Finding, check
from linli.core.policy import Policy
from linli.core.procedure import Action, FormField, Procedure, Role, Rung, Step
from linli.site.administration.order import actions_in_order, is_everywhere, steps_in_order
from linli.site.ordering import fields_in_order

_OWN = {"acknowledge", PROMISE}
"""Limits that a matter brings along; what the policy says of them is only the default."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: who has it, by when, and what happens once that has passed."""

    title: str
    owner: str
    limit: str
    lengths: tuple[str, ...]
    ladder: tuple[str, ...]
    marks: tuple[str, ...]
    end: bool


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action: from where to where, by whom, with what, under which conditions, with which effects."""

    title: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    fields: tuple[str, ...]
    guards: tuple[str, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What the checker found: in words, where, and what about it; ``raw`` is a name that nothing explains."""

    said: str
    where: str
    detail: str
    raw: str


def steps(procedure: Procedure, policy: Policy, lang: str) -> list[StepRow]:
    """All steps in the order in which the procedure is told."""
    return [
        _step(step, procedure, policy, lang) for step in (procedure.steps[name] for name in steps_in_order(procedure))
    ]


def actions(procedure: Procedure, lang: str) -> list[ActionRow]:
    """All actions in the order in which the procedure is told."""
    return [_action(action, procedure, lang) for action in actions_in_order(procedure)]


def findings(procedure: Procedure, policy: Policy, lang: str) -> list[FindingRow]:
    """What the checker finds; empty when the procedure is sound."""
    return [_finding(finding, procedure, lang) for finding in check(procedure, policy.limits)]


def _step(step: Step, procedure: Procedure, policy: Policy, lang: str) -> StepRow:
    marks = [_("A case begins here")] if step.name == procedure.start else []
    if step.paused:
        marks.append(_("The clock stands until the date that was given"))
    if step.unsolved:
        marks.append(_("Counts as unsolved"))
    if step.remind_percent is not None:
        marks.append(_("Reminder after %(percent)d%% of the limit") % {"percent": step.remind_percent})
    return StepRow(
        title=words.title(step.title, lang),
        owner=words.label("role", step.owner, lang) if step.owner else "",
        limit=_worded("limit", step.limit, lang) if step.limit else "",
        lengths=tuple(_lengths(step.limit, policy, lang)) if step.limit else (),
        ladder=tuple(_rung(rung, procedure, lang) for rung in procedure.ladders.get(step.ladder or "", ())),
        marks=tuple(marks),
        end=step.end,
    )


def _lengths(name: str, policy: Policy, lang: str) -> Iterator[str]:
    usual, urgent = policy.limits.get(name), policy.limits.get(f"{name}_urgent")
    if name in _OWN:
        yield _("as the matter says")
    if usual is not None:
        length = usual.words(lang)
        yield _("otherwise %(length)s") % {"length": length} if name in _OWN else length
    if urgent is not None:
        yield _("urgent: %(length)s") % {"length": urgent.words(lang)}


def _rung(rung: Rung, procedure: Procedure, lang: str) -> str:
    what = _action_title(rung.action, procedure, lang)
    if rung.every is not None:
        return _("every %(length)s: %(action)s") % {"length": rung.every.words(lang), "action": what}
    if rung.after is None:
        return _("at once: %(action)s") % {"action": what}
    return _("after %(length)s: %(action)s") % {"length": rung.after.words(lang), "action": what}


def _action(action: Action, procedure: Procedure, lang: str) -> ActionRow:
    every = is_everywhere(action, procedure)
    sources = [_step_title(name, procedure, lang) for name in steps_in_order(procedure) if name in action.sources]
    effects = [_worded("effect", name, lang) for name in action.effects]
    if action.clock == "fresh":
        effects.append(_("The handling limit is promised anew"))
    elif action.clock == "renew":
        effects.append(_("The step's limit starts anew"))
    return ActionRow(
        title=words.title(action.title, lang),
        sources=(_("Every open step"),) if every else tuple(sources),
        target=_step_title(action.target, procedure, lang) if action.target else _("stays"),
        by=tuple(words.label("role", role, lang) for role in Role if role in action.by),
        fields=tuple(_field(action, field, lang) for field in fields_in_order(action))
        if action.by != {Role.CLOCK}
        else (),
        guards=tuple(_worded("guard", name, lang) for name in action.guards),
        effects=tuple(effects),
    )


def _field(action: Action, field: FormField, lang: str) -> str:
    name = words.field_label(action, field, lang)
    return name if field.required else _("%(field)s (optional)") % {"field": name}


def _finding(finding: Finding, procedure: Procedure, lang: str) -> FindingRow:
    detail = _explained(finding.detail, procedure, lang)
    return FindingRow(
        said=_worded("checker", finding.rule, lang),
        where=_explained(finding.where, procedure, lang) or finding.where,
        detail=detail,
        raw="" if detail else finding.detail,
    )


def _explained(name: str, procedure: Procedure, lang: str) -> str:
    """A name out of a finding in words, empty when nothing knows it."""
    if name == procedure.name:
        return words.title(procedure.title, lang)
    if name in procedure.steps:
        return words.title(procedure.steps[name].title, lang)
    if name in procedure.actions:
        return words.title(procedure.actions[name].title, lang)
    kind = next((kind for kind in ("guard", "effect", "role", "limit") if words.has_label(kind, name)), "")
    return words.label(kind, name, lang) if kind else ""


def _step_title(name: str, procedure: Procedure, lang: str) -> str:
    step = procedure.steps.get(name)
    return words.title(step.title, lang) if step else name


def _action_title(name: str, procedure: Procedure, lang: str) -> str:
    action = procedure.actions.get(name)
    return words.title(action.title, lang) if action else name


def _worded(kind: str, code: str, lang: str) -> str:
    return words.label(kind, code, lang) if words.has_label(kind, code) else code
