"""Effects: what an act changes besides step, owner and clock. Procedures choose them by name; the list is closed."""

from collections.abc import Callable

from linli.core import asked, deadlines
from linli.core.calendar import Limit
from linli.core.case.commands import Sequel
from linli.core.case.draft import Draft, matter_named
from linli.core.case.events import (
    ActedInHandling,
    Classified,
    ExtensionAsked,
    ExtensionSettled,
    Joined,
    LeadFollowed,
    LeadSet,
    Merged,
    NotSolved,
    PartEnded,
    Raised,
    Rated,
    Reopened,
    Replied,
    Returned,
    RoleBound,
    Ruled,
    TargetsNamed,
)
from linli.core.case.guards import extension_amount
from linli.core.case.opening import open_part_for, place_of
from linli.core.case.roles import one_level_up
from linli.core.case.timing import promised_step, start_clock
from linli.core.errors import Refusal
from linli.core.procedure import Role
from linli.core.routing import Question, TraceLine, recused_units, route


def classify(draft: Draft) -> None:
    """Matter, urgency, place and recusal are settled by a person; the route that follows is kept with the act."""
    matter = matter_named(draft.form["matter"], draft.policy)
    targets = tuple(sorted(set(draft.form.get("complaint_targets") or ()) | set(draft.state.complaint_targets)))
    draft.change(
        Classified(
            matter=matter.code,
            matter_version=matter.version,
            urgency=draft.form["urgency"],
            place=place_of(draft.form["area"], draft.state.district, draft.policy),
            sensitive=matter.is_sensitive,
            complaint_targets=targets,
            recused=tuple(sorted(recused_units(frozenset(targets), draft.policy))),
        )
    )
    question = Question(matter, draft.form["area"], frozenset(draft.state.recused), rule_facts(draft))
    try:
        found = route(question, draft.policy)
    except Refusal as hole:
        draft.trace.append(TraceLine(hole.code, hole.facts))
    else:
        draft.trace.extend(found.trace)


def name_targets(draft: Draft) -> None:
    """Whom the complaint is about keeps out from now on; ``decide`` then finds an owner that may go on (rights R10)."""
    targets = tuple(sorted({*draft.form["complaint_targets"], *draft.state.complaint_targets}))
    draft.change(TargetsNamed(targets, tuple(sorted(recused_units(frozenset(targets), draft.policy)))))


def rule_facts(draft: Draft) -> dict[str, str]:
    """What a routing rule may look at besides matter and area."""
    local = draft.now.astimezone(draft.policy.calendar.tz)
    state = draft.state
    return {
        "urgency": state.urgency,
        "channel": state.channel,
        "kind": state.kind,
        "hour": str(local.hour),
        "month": str(local.month),
        **asked.rule_facts(state.answers),
    }


def set_lead(draft: Draft) -> None:
    by = {"rule": "ruling", "decide": "conference"}.get(draft.action.name, "dispatch")
    lead, co_handlers = draft.form["lead"], tuple(draft.form.get("co_handlers") or ())
    question = Question(draft.matter, draft.state.place.area, frozenset(draft.state.recused), rule_facts(draft))
    try:
        found = route(question, draft.policy)
    except Refusal as hole:
        draft.trace.append(TraceLine(hole.code, hole.facts))
    else:
        draft.trace.extend(found.trace)
        if found.lead != lead:
            draft.trace.append(TraceLine("officer_chose_other", {"unit": lead, "proposed": found.lead}))
    draft.change(LeadSet(lead, by, co_handlers))


def promise_limits(draft: Draft) -> None:
    """The handling limit is promised at dispatch and printed on the order (Beijing 2021 §13)."""
    draft.promise = start_clock(promised_step(draft.procedure), draft.state, draft.policy, draft.now)


def open_parts(draft: Draft) -> None:
    """Each co-handler named at dispatch gets a part with half of what the lead has (domain facts 2.11)."""
    for unit in draft.state.co_handlers:
        if not any(part.unit == unit for part in draft.state.open_parts):
            open_part_for(draft, unit)


def open_part(draft: Draft) -> None:
    open_part_for(draft, draft.form["unit"], {"task": draft.form["task"]})


def cancel_parts(draft: Draft) -> None:
    """Parts still open end with the act; each is told in its own ledger."""
    for part in draft.state.open_parts:
        draft.change(PartEnded(part.id, "cancelled"))
        draft.sequels.append(Sequel(part.id, "cancel"))


def tell_parent(draft: Draft) -> None:
    """The parent counts its parts. A part cancelled by its parent need not tell it back."""
    if draft.is_sequel:
        return
    assert draft.state.parent is not None
    outcome = "cancelled" if draft.action.name == "cancel" else "done"
    draft.sequels.append(Sequel(draft.state.parent, "part_ended", {"part": draft.state.id, "outcome": outcome}))


def part_ended(draft: Draft) -> None:
    draft.change(PartEnded(draft.form["part"], draft.form["outcome"]))
    part_handled(draft)


def part_handled(draft: Draft) -> None:
    """Who acted on a part has handled on the whole case and may not verify it."""
    if draft.form.get("handler"):
        draft.change(ActedInHandling(draft.form["handler"]))


def follow_lead(draft: Draft) -> None:
    draft.change(LeadFollowed(draft.form["lead"]))


def note_return(draft: Draft) -> None:
    draft.change(Returned())


def ruling_binds(draft: Draft) -> None:
    draft.change(Ruled())


def note_extension_asked(draft: Draft) -> None:
    draft.change(ExtensionAsked(str(extension_amount(draft)), draft.form["reason"]))
    draft.notify.append("supervisor")


def extend_promise(draft: Draft) -> None:
    """Once, approved by the supervising unit, counted from the present due date."""
    state = draft.state
    assert state.promise is not None
    assert state.extension_asked is not None
    draft.promise = deadlines.extend(
        state.promise,
        Limit.parse(state.extension_asked),
        at=draft.now,
        reason=state.extension_reason or "",
        calendar=draft.policy.calendar,
    )
    draft.change(ExtensionSettled(granted=True))


def drop_extension(draft: Draft) -> None:
    draft.change(ExtensionSettled(granted=False))


def owner_one_level_up(draft: Draft) -> None:
    """The owner of the step the case will be in is the nearest unit above that may do the work."""
    role = draft.target.owner
    if role is None:
        return
    above = one_level_up(role, draft.state, draft.policy)
    if above is None:
        return  # whoever is at the top keeps it; ``a_level_above_exists`` says so where going up is the whole act
    draft.change(Raised())
    if role is not Role.UNIT:
        draft.change(RoleBound(role.value, above.id))
        return
    co_handlers = tuple(unit for unit in draft.state.co_handlers if unit != above.id)
    draft.change(LeadSet(above.id, "escalation", co_handlers))
    for part in draft.state.open_parts:
        draft.sequels.append(Sequel(part.id, "follow_lead", {"lead": above.id}))


def second_time_one_level_up(draft: Draft) -> None:
    """The first "not solved" goes back to the unit, any further one to the level above it."""
    if draft.state.not_solved > 1:
        owner_one_level_up(draft)


def reporters_follow(draft: Draft) -> None:
    draft.change(Merged(draft.form["into"]))
    draft.sequels.append(Sequel(draft.form["into"], "join", {"from_case": draft.state.id}))


def reporter_joined(draft: Draft) -> None:
    draft.change(Joined(draft.form["from_case"]))


def note_reply(draft: Draft) -> None:
    draft.change(Replied(draft.form["decision"], draft.form["remedy"]))
    draft.notify.append("reporter")


def note_rating(draft: Draft) -> None:
    if draft.form.get("rating") is not None:
        draft.change(Rated(draft.form["rating"]))


def note_not_solved(draft: Draft) -> None:
    draft.change(NotSolved())


def note_reopened(draft: Draft) -> None:
    draft.change(Reopened())


def tell_reporter(draft: Draft) -> None:
    draft.notify.append("reporter")


def notify_owner(draft: Draft) -> None:
    draft.notify.append("owner")


def notify_level_above(draft: Draft) -> None:
    draft.notify.append("level_above")


def notify_mentioned(draft: Draft) -> None:
    """The units that a note calls on, each once. Nothing else changes: see :data:`linli.core.case.demands.NOTING`."""
    draft.notify.extend(f"unit:{unit}" for unit in dict.fromkeys(draft.form.get("mention") or ()))


def _named(*functions: Callable[[Draft], None]) -> dict[str, Callable[[Draft], None]]:
    return {function.__name__: function for function in functions}


EFFECTS: dict[str, Callable[[Draft], None]] = _named(
    classify,
    name_targets,
    set_lead,
    promise_limits,
    open_parts,
    open_part,
    cancel_parts,
    tell_parent,
    part_ended,
    part_handled,
    follow_lead,
    note_return,
    ruling_binds,
    note_extension_asked,
    extend_promise,
    drop_extension,
    owner_one_level_up,
    second_time_one_level_up,
    reporters_follow,
    reporter_joined,
    note_reply,
    note_rating,
    note_not_solved,
    note_reopened,
    tell_reporter,
    notify_owner,
    notify_level_above,
    notify_mentioned,
)
"""Every effect a procedure may name."""
