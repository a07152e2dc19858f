"""Guards: named conditions an act must meet. Procedures choose them by name; the list is closed.

A *standing* guard looks at the case and the actor only, so that a screen can tell in advance whether an action is
open; the others need the filled-in form or a second case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from linli.core.calendar import Limit
from linli.core.case.draft import Draft, matter_named
from linli.core.case.readers import may_read, unit_may_read
from linli.core.case.roles import leaves_a_verifier, one_level_up, units_playing
from linli.core.deadlines import is_overdue
from linli.core.errors import Refusal
from linli.core.policy import Guard as MatterGuard
from linli.core.policy import Urgency
from linli.core.procedure import FUNCTION_OF, Role
from linli.core.routing import recused_units
from linli.core.territory import Function, Unit

MOST_MENTIONED = 12
"""How many units one note may call on."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One named condition; ``demand`` raises a :class:`Refusal` when it is not met."""

    demand: Callable[[Draft], None]
    standing: bool


def matter_known(draft: Draft) -> None:
    """A matter that was retired is kept by cases that have it, and given to no other."""
    matter = matter_named(draft.form["matter"], draft.policy)
    if matter.retired and matter.code != draft.state.matter:
        raise Refusal("matter_retired", {"matter": matter.code})


def area_known(draft: Draft) -> None:
    area = draft.policy.territory.areas.get(draft.form["area"])
    if area is None:
        raise Refusal("area_unknown", {"area": draft.form["area"]})
    if not draft.policy.territory.is_under(area.code, draft.state.district):
        raise Refusal("area_outside_district", {"area": area.code, "district": draft.state.district})


def complaint_target_stated(draft: Draft) -> None:
    """A matter with the complaint guard is accepted only when it is said whom it is about, or that nobody is named."""
    matter = matter_named(draft.form["matter"], draft.policy)
    targets = tuple(draft.form.get("complaint_targets") or ())
    answer = draft.form.get("complaint_about")
    nobody_named = not targets and not draft.state.complaint_targets
    if nobody_named and (answer == "unit_named" or (answer is None and MatterGuard.COMPLAINT in matter.guards)):
        raise Refusal("complaint_target_missing", {"matter": matter.code})
    if answer == "no_unit_named" and targets:
        raise Refusal("complaint_target_contradiction", {"targets": targets})
    recused = recused_units(frozenset(targets), draft.policy)
    if draft.acting_units() & recused:
        raise Refusal("recused", {"units": tuple(sorted(draft.acting_units() & recused))})


def classified(draft: Draft) -> None:
    _ = draft.matter


def lead_fits(draft: Draft) -> None:
    """The lead and the co-handlers are units that handle; co-handlers are others than the lead, each once."""
    lead = draft.policy.territory.units[draft.form["lead"]]
    if Function.HANDLE not in lead.functions:
        raise Refusal("unit_does_not_handle", {"unit": lead.id})
    co_handlers = tuple(draft.form.get("co_handlers") or ())
    for unit in co_handlers:
        if Function.HANDLE not in draft.policy.territory.units[unit].functions:
            raise Refusal("unit_does_not_handle", {"unit": unit})
    territory, place = draft.policy.territory, draft.state.place.area
    if not territory.is_under(place, lead.area) and not territory.is_under(lead.area, place):
        raise Refusal("lead_serves_elsewhere", {"unit": lead.id, "area": draft.state.place.area})
    _kept_close(lead, draft)
    if lead.id in co_handlers or len(set(co_handlers)) != len(co_handlers):
        raise Refusal("co_handlers_repeat", {"lead": lead.id, "co_handlers": co_handlers})


def concerns_own_line(draft: Draft) -> None:
    """Passing on is for complaints about oneself or those above; with any other the desk goes on itself."""
    recused = recused_units(frozenset(draft.form["complaint_targets"]), draft.policy)
    if not draft.acting_units() & recused:
        raise Refusal("not_about_own_line", {"units": tuple(draft.form["complaint_targets"])})


def never_accepted(draft: Draft) -> None:
    """Only what was declined or diverted without ever being accepted can be declined once more when it is contested."""
    if draft.state.matter is not None or not draft.state.reopened:
        raise Refusal("accepted_before", {"case": draft.state.id})


def _kept_close(lead: Unit, draft: Draft) -> None:
    """A sensitive matter, and one that is only passed on, goes to the kind of unit that the law or list names for it.

    Coordinating centres may lead as well: escalation ends there.
    """
    matter = draft.matter
    if not matter.is_sensitive and MatterGuard.TRANSFER_ONLY not in matter.guards:
        return
    named = {matter.lead_unit_type, draft.policy.fallback_types.get(matter.lead_unit_type), *draft.policy.centre_types}
    named |= {rule.lead_type for table in draft.policy.rules for rule in table.rows if rule.lead_type}
    if lead.type not in named:
        raise Refusal(
            "lead_not_for_this_matter", {"unit": lead.id, "matter": matter.code, "type": matter.lead_unit_type}
        )


def not_the_unit_complained_about(draft: Draft) -> None:
    named = {draft.form["lead"], *(draft.form.get("co_handlers") or ())}
    caught = tuple(sorted(named & set(draft.state.recused)))
    if caught:
        raise Refusal("unit_complained_about", {"units": caught})


def verifier_exists(draft: Draft) -> None:
    """Somebody must be left who may verify once this lead and these co-handlers have handled."""
    named = {draft.form["lead"], *(draft.form.get("co_handlers") or ())}
    if not leaves_a_verifier(named, draft.state, draft.policy):
        raise Refusal("no_verifier_left", {"lead": draft.form["lead"], "area": draft.state.place.area})


def part_unit_fits(draft: Draft) -> None:
    unit = draft.policy.territory.units[draft.form["unit"]]
    if Function.HANDLE not in unit.functions:
        raise Refusal("unit_does_not_handle", {"unit": unit.id})
    if unit.id in draft.state.recused:
        raise Refusal("unit_complained_about", {"units": (unit.id,)})
    if unit.id == draft.state.roles.unit or any(part.unit == unit.id for part in draft.state.open_parts):
        raise Refusal("unit_has_it_already", {"unit": unit.id})
    if not leaves_a_verifier({unit.id}, draft.state, draft.policy):
        raise Refusal("no_verifier_left", {"lead": unit.id, "area": draft.state.place.area})


def first_return(draft: Draft) -> None:
    if draft.state.returns:
        raise Refusal("returned_already", {"returns": draft.state.returns})


def no_ruling_yet(draft: Draft) -> None:
    """Weifang 2021 §22: a unit decided on after a dispute may not return the order."""
    if draft.state.ruled:
        raise Refusal("ruling_binds", {"unit": draft.state.roles.unit})


def within_pause_limit(draft: Draft) -> None:
    """All pauses of one promise together stay within the limit; whoever needs longer asks to have the case parked."""
    until, promise = draft.instant("until"), draft.state.promise
    longest = timedelta(days=draft.policy.settings.get("pause_max_days", 30))
    rested = sum((over.end - over.start for over in promise.pauses), timedelta()) if promise else timedelta()
    if until <= draft.now:
        raise Refusal("pause_end_not_ahead", {"until": draft.form["until"]})
    if until - draft.now + rested > longest:
        raise Refusal("pause_too_long", {"until": draft.form["until"], "max_days": longest.days, "rested": rested.days})


def before_expiry(draft: Draft) -> None:
    if draft.state.clock is not None and is_overdue(draft.state.clock, draft.now):
        raise Refusal("limit_has_passed", {"due": draft.state.clock.due.isoformat()})


def none_granted_yet(draft: Draft) -> None:
    if draft.state.extensions or draft.state.extension_asked:
        raise Refusal("extension_once_only", {"asked": draft.state.extension_asked})


def extension_within_original(draft: Draft) -> None:
    promise = draft.state.promise
    amount = draft.form["amount"]
    if promise is None or not 0 < amount <= promise.limit.amount:
        original = str(promise.limit) if promise else ""
        raise Refusal("extension_too_long", {"asked": amount, "original": original})


def extension_asked(draft: Draft) -> None:
    if not draft.state.extension_asked:
        raise Refusal("no_extension_asked")


def never_handled(draft: Draft) -> None:
    """Whoever handles never verifies: neither a person who acted in handling nor a unit that ever owned it."""
    if draft.actor.id in draft.state.handled_by:
        raise Refusal("actor_handled", {"case": draft.state.id})
    if draft.role is Role.REPORTER:
        return
    function = FUNCTION_OF.get(draft.role)
    clean = units_playing(draft.role, draft.state, draft.policy) - set(draft.state.handled_units)
    if not any(function in post.functions and post.unit in clean for post in draft.actor.posts):
        raise Refusal("unit_handled", {"units": tuple(sorted(draft.acting_units()))})


def a_level_above_exists(draft: Draft) -> None:
    role = draft.target.owner
    if role is None or one_level_up(role, draft.state, draft.policy) is None:
        raise Refusal("no_level_above", {"unit": draft.state.owner})


def required_parts_done(draft: Draft) -> None:
    waiting = tuple(part.unit for part in draft.state.open_parts)
    if waiting:
        raise Refusal("parts_open", {"units": waiting})


def mentioned_may_read(draft: Draft) -> None:
    """A note calls on units that see the case anyway: it opens the case to nobody, least of all whom it is about."""
    named = tuple(dict.fromkeys(draft.form.get("mention") or ()))
    caught = tuple(sorted(set(named) & set(draft.state.recused)))
    if caught:
        raise Refusal("unit_complained_about", {"units": caught})
    units = draft.policy.territory.units
    outside = tuple(unit for unit in named if not unit_may_read(units[unit], draft.state))
    if outside:
        raise Refusal("mentioned_cannot_read", {"units": outside})
    if len(named) > MOST_MENTIONED:
        raise Refusal("too_many_mentioned", {"allowed": MOST_MENTIONED})


def rating_in_range(draft: Draft) -> None:
    _one_to_five(draft, "rating")


def score_in_range(draft: Draft) -> None:
    _one_to_five(draft, "score")


def within_reopen_window(draft: Draft) -> None:
    days = draft.policy.settings.get("reopen_window_days", 30)
    ended = draft.state.ended_at
    if ended is None or draft.now - ended > timedelta(days=days):
        raise Refusal("reopen_window_passed", {"days": days})


def no_public_danger(draft: Draft) -> None:
    if Urgency(draft.state.urgency) is Urgency.EMERGENCY:
        raise Refusal("public_danger", {"urgency": draft.state.urgency})


def nobody_else_follows(draft: Draft) -> None:
    """A case that others were merged into is not withdrawn over their heads."""
    if draft.state.joined:
        raise Refusal("others_follow", {"joined": len(draft.state.joined)})


def not_a_part(draft: Draft) -> None:
    if draft.state.parent is not None or draft.state.joined:
        raise Refusal("cannot_be_merged", {"case": draft.state.id})


def target_open(draft: Draft) -> None:
    """The other case is one that the actor may read, is open, and keeps out whom this one keeps out (rights R10)."""
    into = draft.others.get(draft.form["into"])
    if into is None or into.id == draft.state.id or into.parent is not None or not may_read(draft.actor, into):
        raise Refusal("merge_target_unknown", {"into": draft.form["into"]})
    if not into.is_open:
        raise Refusal("merge_target_ended", {"into": into.number})
    exposed = tuple(sorted(set(draft.state.recused) - set(into.recused)))
    if exposed:
        raise Refusal("merge_would_reach_unit_complained_about", {"into": into.number, "units": exposed})


def same_district(draft: Draft) -> None:
    into = draft.others.get(draft.form["into"])
    if into is None or into.district != draft.state.district:
        raise Refusal("merge_other_district", {"into": draft.form["into"]})


def _one_to_five(draft: Draft, name: str) -> None:
    value = draft.form.get(name)
    if value is not None and not 1 <= value <= 5:
        raise Refusal("out_of_range", {"field": name, "low": 1, "high": 5})


def extension_amount(draft: Draft) -> Limit:
    """The extension asked for, in the unit of the original limit."""
    assert draft.state.promise is not None
    return Limit.parse(f"{draft.form['amount']}{draft.state.promise.limit.unit}")


def _guard(demand: Callable[[Draft], None], *, standing: bool = False) -> tuple[str, Guard]:
    return demand.__name__, Guard(demand, standing)


GUARDS: dict[str, Guard] = dict(
    (
        _guard(matter_known),
        _guard(area_known),
        _guard(complaint_target_stated),
        _guard(concerns_own_line),
        _guard(never_accepted, standing=True),
        _guard(classified, standing=True),
        _guard(lead_fits),
        _guard(not_the_unit_complained_about),
        _guard(verifier_exists),
        _guard(part_unit_fits),
        _guard(first_return, standing=True),
        _guard(no_ruling_yet, standing=True),
        _guard(within_pause_limit),
        _guard(before_expiry, standing=True),
        _guard(none_granted_yet, standing=True),
        _guard(extension_within_original),
        _guard(extension_asked, standing=True),
        _guard(never_handled, standing=True),
        _guard(a_level_above_exists, standing=True),
        _guard(required_parts_done, standing=True),
        _guard(mentioned_may_read),
        _guard(rating_in_range),
        _guard(score_in_range),
        _guard(within_reopen_window, standing=True),
        _guard(no_public_danger, standing=True),
        _guard(nobody_else_follows, standing=True),
        _guard(not_a_part, standing=True),
        _guard(target_open),
        _guard(same_district),
    )
)
"""Every guard a procedure may name."""
