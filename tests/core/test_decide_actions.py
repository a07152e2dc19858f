"""Every action of both procedures: taken by each right role in each of its steps, refused to all others."""

from collections.abc import Iterator

import pytest
from shell import WAYS, Shell
from world import MONDAY, procedure
from world import policy as small_district

from linli.core.actor import CLOCK, Actor, ActorKind
from linli.core.case.events import ActionTaken
from linli.core.errors import Refusal
from linli.core.procedure import FUNCTION_OF, Action, Procedure, Role

POLICY = small_district()
PART_WAYS = {
    "assigned": (),
    "handling": ("acknowledge",),
    "paused": ("acknowledge", "pause"),
    "reported": ("acknowledge", "report_back"),
    "done": ("acknowledge", "report_back", "take_over"),
    "cancelled": ("cancel",),
}
STANDARD, PART = procedure("standard"), procedure("part")
PERSONS = [role for role in Role if role not in (Role.REPORTER, Role.CLOCK)]
UNBOUND = {("disputed", Role.CONVENER), ("reported", Role.DISPATCHER)}
"""Nobody has convened or dispatched yet when the case is there."""

BY_OTHER_CASES = {"join", "part_ended", "part_handled", "follow_lead"}
"""Sequels: brought about by an act on another case, by nobody directly."""


def standing_at(step: str, kind: Procedure, role: Role | None = None) -> tuple[Shell, str]:
    """A district with a case (or a part) at that step, in which the role is bound as far as it can be."""
    shell = Shell(POLICY, MONDAY)
    if kind is PART:
        shell.bring("handling", matter="EE-009", co_handlers=("500118.market_regulation",))
        (part,) = shell.parts("c0001")
        for name in PART_WAYS[step]:
            by = Role.LEAD if name in ("take_over", "cancel") else Role.UNIT
            shell.act(part, name, shell.playing(by, part), **shell.filled(part, name))
        return shell, part
    case = None
    if role is Role.CONVENER and step != "conference":
        case = shell.bring("conference")
        shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide"))
        if step == "handling":
            shell.act(case, "acknowledge", shell.playing(Role.UNIT, case))
        return shell, case
    if step in ("merged", "withdrawn"):
        case, other = shell.bring("registered"), shell.bring("registered")
        name, form = ("merge", {"into": other}) if step == "merged" else ("withdraw", {})
        actor = shell.playing(Role.DISPATCHER, case) if step == "merged" else shell.reporter(case)
        shell.act(case, name, actor, **form)
        return shell, case
    return shell, shell.bring(step)


def contested_decline() -> tuple[Shell, str]:
    """A case that was declined and contested: it stands at ``registered`` without ever having been accepted."""
    shell = Shell(POLICY, MONDAY)
    case = shell.bring("not_accepted")
    shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))
    return shell, case


def somebody(role: Role, shell: Shell, case: str, name: str = "somebody") -> Actor | None:
    """Somebody who plays exactly this role on the case; None where nobody is bound to it."""
    if role is Role.REPORTER:
        return shell.reporter(case)
    if role is Role.CLOCK:
        return CLOCK
    if role in (Role.SUPERVISOR, Role.ASSESSOR):
        return shell.person(name, "500118.district_supervision_office", only=frozenset({FUNCTION_OF[role]}))
    return shell.playing(role, case, name) if getattr(shell.cases[case].roles, role.value) else None


def prepare(action: Action, shell: Shell, case: str) -> dict[str, object]:
    """What must have happened for the action's guards, and what its form needs besides the plausible."""
    if action.name in ("extend", "refuse_extension"):
        shell.act(case, "ask_extension", shell.playing(Role.UNIT, case, "asker"), **shell.filled(case, "ask_extension"))
    if action.name == "merge":
        return {"into": shell.bring("registered")}
    if action.name == "open_part":
        return {"unit": "500118.market_regulation"}
    if action.name == "pass_on":
        return {"complaint_targets": ("500118001.command_centre",)}
    return {}


def may_note(kind: Procedure, step: str, role: Role) -> bool:
    """Whether anybody plays the role when a case comes straight to the step: a note is open to many, each in time."""
    if kind is PART or role is Role.SUPERVISOR or (step, role) == ("handling", Role.CONVENER):
        return True
    shell, case = standing_at(step, kind)
    return getattr(shell.cases[case].roles, role.value) is not None


def everything(kind: Procedure) -> Iterator[tuple[Procedure, str, str, Role]]:
    """Each action of a procedure from each of its steps by each role that a person or reporter plays."""
    for action in kind.actions.values():
        for step in sorted(action.sources):
            for role in sorted(action.by - {Role.CLOCK}):
                if (step, role) not in UNBOUND and (action.name != "note" or may_note(kind, step, role)):
                    yield kind, action.name, step, role


TAKEN = [*everything(STANDARD), *everything(PART)]


@pytest.mark.parametrize(
    ("kind", "name", "step", "role"), TAKEN, ids=[f"{k.name}-{n}-{s}-{r.value}" for k, n, s, r in TAKEN]
)
def test_it_is_taken_by_the_right_role(kind: Procedure, name: str, step: str, role: Role) -> None:
    shell, case = standing_at(step, kind, role) if name != "uphold" else contested_decline()
    action = kind.actions[name]
    form = shell.filled(case, name, **prepare(action, shell, case))
    actor = somebody(role, shell, case, "another") or shell.playing(role, case)
    assert name in shell.offered(case, actor)

    after = shell.act(case, name, actor, **form)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert (event.action, event.source, event.role) == (name, step, role.value)
    assert after.step == event.target == (action.target or step)
    assert event.at == shell.now
    assert event.form == form
    assert after == shell.refolded(case)


STEPS = [(kind, step) for kind, ways in ((STANDARD, WAYS), (PART, PART_WAYS)) for step in ways]


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_it_is_refused_to_every_other_role(kind: Procedure, step: str) -> None:
    shell, case = standing_at(step, kind)
    before = dict(shell.cases)
    for action in kind.actions_from(step):
        for role in PERSONS:
            actor = somebody(role, shell, case)
            if actor is None or role in action.by:
                continue
            with pytest.raises(Refusal) as refused:
                shell.act(case, action.name, actor, **shell.filled(case, action.name))
            assert refused.value.code == "not_yours", (action.name, role)
            assert refused.value.facts == {"action": action.name, "by": tuple(sorted(action.by))}
            assert action.name not in shell.offered(case, actor)
    assert shell.cases == before


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_it_is_refused_to_the_reporter_unless_the_procedure_says_so(kind: Procedure, step: str) -> None:
    shell, case = standing_at(step, kind)
    for action in kind.actions_from(step):
        if Role.REPORTER not in action.by:
            with pytest.raises(Refusal, match="not_yours"):
                shell.act(case, action.name, shell.reporter(case), **shell.filled(case, action.name))


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_it_is_refused_to_the_clock_unless_it_is_due(kind: Procedure, step: str) -> None:
    shell, case = standing_at(step, kind)
    for action in kind.actions_from(step):
        with pytest.raises(Refusal) as refused:
            shell.act(case, action.name, CLOCK, **shell.filled(case, action.name))
        assert refused.value.code == ("not_due" if Role.CLOCK in action.by else "not_yours")


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_it_is_refused_to_strangers_of_every_kind(kind: Procedure, step: str) -> None:
    shell, case = standing_at(step, kind)
    strangers = [
        Actor(ActorKind.PERSON, "without-posts"),
        Actor(ActorKind.REPORTER, "reporter-of-another", case="another"),
        Actor(ActorKind.INTEGRATION, "system", shell.person("x", "500118.district_centre").posts),
        shell.person("elsewhere", "500118002001.community_station", "500118002.command_centre"),
    ]
    for action in kind.actions_from(step):
        for stranger in strangers:
            with pytest.raises(Refusal, match="not_yours"):
                shell.act(case, action.name, stranger, **shell.filled(case, action.name))
            assert not shell.offered(case, stranger)


@pytest.mark.parametrize(("kind", "step"), STEPS, ids=[f"{k.name}-{s}" for k, s in STEPS])
def test_it_is_refused_in_every_other_step_to_everybody(kind: Procedure, step: str) -> None:
    shell, case = standing_at(step, kind)
    everywhere = shell.person("everywhere", *shell.policy.territory.units)
    for action in kind.actions.values():
        if step in action.sources:
            continue
        for actor in (everywhere, shell.reporter(case), CLOCK):
            with pytest.raises(Refusal) as refused:
                shell.act(case, action.name, actor)
            assert refused.value.code == "not_in_this_step"
            own = {"procedure": kind.name, "version": kind.version}
            assert refused.value.facts == {"action": action.name, "step": step, **own}


@pytest.mark.parametrize("step", ["merged", "withdrawn"])
def test_it_can_be_contested_after_a_merge_and_by_nobody_after_a_withdrawal(step: str) -> None:
    shell, case = standing_at(step, STANDARD)

    assert shell.offered(case, shell.reporter(case)) == ({"contest"} if step == "merged" else set())


def test_it_reaches_every_step_and_every_action_in_this_file() -> None:
    taken = {(kind.name, name) for kind, name, _, _ in TAKEN}
    by_the_clock = {
        (kind.name, action.name)
        for kind in (STANDARD, PART)
        for action in kind.actions.values()
        if action.by == frozenset({Role.CLOCK})
    }

    assert taken | by_the_clock == {(k.name, a) for k in (STANDARD, PART) for a in k.actions}
    assert {name for _, name in by_the_clock} == BY_OTHER_CASES | {"remind", "close_without_contact"}
    assert set(STANDARD.steps) == set(WAYS) | {"merged", "withdrawn"}
    assert set(PART.steps) == set(PART_WAYS)


def test_it_knows_no_action_of_another_name(shell: Shell) -> None:
    case = shell.bring("handling")

    with pytest.raises(Refusal) as refused:
        shell.act(case, "make_it_vanish", shell.playing(Role.UNIT, case))

    assert (refused.value.code, refused.value.facts) == ("unknown_action", {"action": "make_it_vanish"})


def test_it_is_refused_when_the_case_is_no_longer_as_the_actor_saw_it(shell: Shell) -> None:
    case = shell.bring("handling")
    seen = shell.cases[case].version
    shell.act(case, "expedite", shell.watcher())

    with pytest.raises(Refusal) as refused:
        shell.act(
            case, "report_back", shell.playing(Role.UNIT, case), version=seen, **shell.filled(case, "report_back")
        )

    assert (refused.value.code, refused.value.facts) == ("state_changed", {"expected": seen, "version": seen + 1})


def test_it_is_taken_when_the_case_is_still_as_the_actor_saw_it(shell: Shell) -> None:
    case = shell.bring("handling")
    seen = shell.cases[case].version

    after = shell.act(case, "expedite", shell.watcher(), version=seen)

    assert after.version == seen + 1


def test_it_is_refused_where_the_version_of_its_procedure_is_not_published(shell: Shell) -> None:
    case = shell.bring("handling")
    shell.policy = small_district(procedures={})

    with pytest.raises(Refusal, match="procedure_not_published"):
        shell.act(case, "expedite", shell.watcher())
