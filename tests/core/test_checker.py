"""The checker: one broken procedure for every rule, each refused with that rule and no other."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from world import LIMITS, document

from linli.core import checker
from linli.core.case.demands import FIELDS, GUARDED, OPENING_PARTS, SEQUELS
from linli.core.case.effects import EFFECTS
from linli.core.case.guards import GUARDS
from linli.core.checker import check
from linli.core.policy import Policy
from linli.core.procedure import FieldType, load

Document = dict[str, Any]
Break = Callable[[Document], None]
T = {"zh": "测试", "en": "Test"}


def put(*path: str, to: Any) -> Break:
    """Sets what lies at the path."""

    def break_(document: Document) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = to

    return break_


def drop(*path: str) -> Break:
    """Takes away what lies at the path."""

    def break_(document: Document) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return break_


def without(kind: str, action: str, name: str) -> Break:
    """Takes a name out of a list of an action (``by``, ``from``, ``guards``, ``effects``)."""

    def break_(document: Document) -> None:
        names = document["actions"][action][kind]
        names.remove(name)

    return break_


def both(*breaks: Break) -> Break:
    """Several edits, where one alone would break two rules."""

    def break_(document: Document) -> None:
        for one in breaks:
            one(document)

    return break_


def action(name: str, **description: Any) -> Break:
    """Adds an action."""
    return put("actions", name, to={"title": T, **description})


def step(name: str, **description: Any) -> Break:
    """Adds a step."""
    return put("steps", name, to={"title": T, **description})


OWNED = {"owner": "dispatcher", "limit": "dispatch", "overdue": "town"}

BROKEN: list[tuple[str, str, str, Break]] = [
    # --- every name exists
    ("start_is_an_open_step", "standard", "closed", put("start", to="closed")),
    ("start_is_an_open_step", "standard", "nowhere", put("start", to="nowhere")),
    ("source_exists", "standard", "unpark", put("actions", "unpark", "from", to="nowhere")),
    ("target_exists", "standard", "unpark", put("actions", "unpark", "to", to="nowhere")),
    ("guard_exists", "standard", "rework", put("actions", "rework", "guards", to=["never_handled", "full_moon"])),
    ("effect_exists", "standard", "remind", put("actions", "remind", "effects", to=["ring_the_bell"])),
    ("ladder_exists", "standard", "parked", put("steps", "parked", "overdue", to="nowhere")),
    ("clock_action_exists", "standard", "town", put("ladders", "town", to=[{"every": "1wd", "action": "shout"}])),
    ("clock_action_exists", "standard", "reported", drop("actions", "remind")),
    # --- no step is a dead end
    (
        "step_is_reachable",
        "standard",
        "island",
        both(
            step("island", **OWNED),
            action("swim", **{"from": "island", "to": "registered", "by": "dispatcher"}),
            lambda d: d["actions"]["escalate"]["from"].append("island"),
        ),
    ),
    (
        "step_reaches_an_end",
        "standard",
        "pit",
        both(
            step("pit", **OWNED),
            step("pit_floor", **OWNED),
            action("fall", **{"from": "registered", "to": "pit", "by": "dispatcher"}),
            action("sink", **{"from": ["pit"], "to": "pit_floor", "by": "dispatcher"}),
            action("climb", **{"from": ["pit_floor"], "to": "pit", "by": "dispatcher"}),
            lambda d: d["actions"]["withdraw"].update({"from": [s for s in open_(d) if not s.startswith("pit")]}),
            lambda d: d["actions"]["escalate"]["from"].extend(["pit", "pit_floor"]),
        ),
    ),
    # --- every open step is owned and limited, every end owes nothing
    ("end_owes_nothing", "standard", "closed", put("steps", "closed", "limit", to="verify")),
    ("end_owes_nothing", "standard", "merged", put("steps", "merged", "owner", to="desk")),
    ("step_has_an_owner", "standard", "replied", drop("steps", "replied", "owner")),
    (
        "step_has_an_owner",
        "standard",
        "replied",
        both(put("steps", "replied", "owner", to="supervisor"), put("actions", "satisfied", "by", to="supervisor")),
    ),
    ("step_has_a_limit", "standard", "registered", drop("steps", "registered", "limit")),
    ("overdue_leads_somewhere", "standard", "registered", drop("steps", "registered", "overdue")),
    ("owner_can_move_on", "standard", "parked", put("actions", "unpark", "by", to="supervisor")),
    ("limit_is_known", "standard", "parked", put("steps", "parked", "limit", to="someday")),
    # --- a note moves nothing and is written by officers
    (
        "note_changes_nothing",
        "standard",
        "note",
        both(put("actions", "note", "from", to="handling"), put("actions", "note", "to", to="handling")),
    ),
    ("note_changes_nothing", "standard", "note", put("actions", "note", "clock", to="renew")),
    (
        "note_changes_nothing",
        "standard",
        "note",
        put("actions", "note", "effects", to=["notify_mentioned", "notify_owner"]),
    ),
    ("note_changes_nothing", "standard", "note", put("actions", "note", "from", to=["closed"])),
    ("note_is_by_officers", "standard", "note", put("actions", "note", "by", to=["unit", "reporter"])),
    ("effect_is_guarded", "standard", "note", put("actions", "note", "guards", to=[])),
    ("form_holds_what_is_read", "standard", "note", put("actions", "note", "form", "words", to="text?")),
    # --- pauses
    ("pause_holds_the_promise", "standard", "paused", put("steps", "paused", "limit", to="review")),
    ("pause_has_an_end", "standard", "pause", drop("steps", "paused", "until")),
    ("pause_has_an_end", "standard", "pause", put("steps", "paused", "until", to="reason")),
    # --- ladders and the clock
    ("ladder_ends_in_a_repeat", "standard", "town", lambda d: d["ladders"]["town"].pop()),
    ("ladder_ends_in_a_repeat", "standard", "town", put("ladders", "town", to=[])),
    (
        "only_the_last_rung_repeats",
        "standard",
        "town",
        lambda d: d["ladders"]["town"].insert(0, {"every": "1wd", "action": "expedite"}),
    ),
    ("reminder_before_expiry", "standard", "done", put("steps", "done", "remind", to=100)),
    ("clock_may_act", "standard", "close_without_contact", put("actions", "close_without_contact", "by", to="desk")),
    (
        "clock_needs_nothing",
        "standard",
        "call_conference",
        put("actions", "call_conference", "form", to={"agenda": "text"}),
    ),
    ("clock_needs_nothing", "standard", "resume", put("actions", "resume", "guards", to=["no_public_danger"])),
    ("clock_acts_from_the_step", "standard", "handling", put("actions", "call_conference", "from", to=["disputed"])),
    # --- acts are told apart
    (
        "action_is_unambiguous",
        "standard",
        "verify",
        lambda d: d["actions"].update(check=d["actions"]["verify"] | {"title": T}),
    ),
    # --- what the resident may always do (rights R4)
    ("resident_can_contest", "standard", "not_accepted", without("from", "contest", "not_accepted")),
    (
        "resident_can_contest",
        "standard",
        "closed",
        put("actions", "contest", "from", to=["not_accepted", "diverted", "merged"]),
    ),
    ("resident_can_go_higher", "standard", "conference", without("from", "escalate", "conference")),
    ("resident_is_answered", "standard", "closed", put("actions", "reply", "effects", to=["tell_reporter"])),
    # --- whoever handles never closes
    ("handler_never_closes", "standard", "closed", put("actions", "verify", "guards", to=[])),
    # --- forms, guards and effects fit together
    ("form_holds_what_is_read", "standard", "reply", drop("actions", "reply", "form", "remedy")),
    ("form_holds_what_is_read", "standard", "reply", put("actions", "reply", "form", "reason", to="text?")),
    ("form_holds_what_is_read", "standard", "satisfied", put("actions", "satisfied", "form", "rating", to="text?")),
    ("urgency_is_known", "standard", "accept", put("actions", "accept", "form", "urgency", to="code")),
    ("effect_is_guarded", "standard", "rule", without("guards", "rule", "not_the_unit_complained_about")),
    ("effect_is_guarded", "standard", "extend", without("guards", "extend", "never_handled")),
    # --- promises and parts
    ("promise_has_a_step", "standard", "extend", put("actions", "extend", "from", to=["handling", "parked"])),
    (
        "parts_follow_a_promise",
        "standard",
        "acknowledge",
        lambda d: d["actions"]["dispatch"].update(effects=["set_lead"]),
    ),
    ("parts_end_with_the_case", "standard", "withdrawn", put("actions", "withdraw", "effects", to=[])),
    ("parts_end_with_the_case", "standard", "closed", put("actions", "report_back", "guards", to=[])),
    (
        "unit_is_bound_before_it_owns",
        "standard",
        "dispatched",
        put("actions", "dispatch", "effects", to=["promise_limits"]),
    ),
    ("sequel_finds_its_action", "standard", "merge", put("actions", "join", "from", to=["handling"])),
    ("sequel_finds_its_action", "standard", "open_part", drop("actions", "part_handled")),
    ("part_hears_its_parent", "part", "follow_lead", drop("actions", "follow_lead")),
    ("part_hears_its_parent", "part", "cancel", put("actions", "cancel", "from", to=["assigned", "handling"])),
    ("part_tells_its_parent", "part", "take_over", put("actions", "take_over", "effects", to=[])),
    # --- both languages
    ("title_in_both_languages", "standard", "verify", put("actions", "verify", "title", to={"zh": "核查", "en": " "})),
    ("title_in_both_languages", "standard", "done", put("steps", "done", "title", to={"zh": "", "en": "Done"})),
    ("title_in_both_languages", "standard", "standard", put("title", to={"zh": "标准", "en": ""})),
]


def open_(document: Document) -> list[str]:
    return [name for name, data in document["steps"].items() if not data.get("end")]


@pytest.mark.parametrize("name", ["standard", "part"])
def test_it_has_no_finding_on_a_shipped_procedure(name: str) -> None:
    assert check(load(document(name)), LIMITS) == ()


@pytest.mark.parametrize(("rule", "name", "where", "break_"), BROKEN, ids=[f"{b[0]}-{b[2]}" for b in BROKEN])
def test_it_refuses_a_broken_procedure_with_the_rule_and_the_place(
    rule: str, name: str, where: str, break_: Break
) -> None:
    broken = document(name)
    break_(broken)

    findings = check(load(broken), LIMITS)

    assert {finding.rule for finding in findings} == {rule}
    assert where in {finding.where for finding in findings}


def test_it_has_a_broken_procedure_for_every_rule_it_can_name() -> None:
    tree = ast.parse(inspect.getsource(checker))
    named = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
        and isinstance(node.args[0], ast.Constant)
    }

    assert named == {broken[0] for broken in BROKEN}


def test_it_runs_every_rule_that_is_written() -> None:
    written = {
        name
        for name, value in vars(checker).items()
        if inspect.isgeneratorfunction(value) and list(inspect.signature(value).parameters) == ["procedure"]
    }

    assert written == {rule.__name__ for rule in (*checker.RULES, *checker.NAMES)}


def test_it_knows_the_demands_of_guards_and_effects_that_exist_only() -> None:
    assert set(FIELDS) <= set(GUARDS) | set(EFFECTS)
    assert set(GUARDED) | set(SEQUELS) | OPENING_PARTS <= set(EFFECTS)
    assert {guard for guards in GUARDED.values() for guard in guards} <= set(GUARDS)
    assert {wanted.removesuffix("?") for fields in FIELDS.values() for wanted in fields.values()} <= set(FieldType)


def test_it_demands_every_form_field_that_a_guard_or_effect_reads() -> None:
    """Read from the code: whatever a guard or effect takes from the form stands among its demands."""
    for name, function in {**{n: g.demand for n, g in GUARDS.items()}, **EFFECTS}.items():
        read = {
            node.args[0].value
            if isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant)
            else node.slice.value
            for node in ast.walk(ast.parse(inspect.getsource(function)))
            if _reads_form(node)
        }
        assert read <= set(FIELDS.get(name, {})), name


def _reads_form(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        return _is_form(node.value) and isinstance(node.slice, ast.Constant)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and bool(node.args)
    if not called:
        return False
    if node.func.attr == "instant":
        return True
    return node.func.attr == "get" and _is_form(node.func.value)


def _is_form(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "form"


def test_it_names_every_guard_and_effect_that_the_shipped_procedures_use(policy: Policy) -> None:
    used = {name for p in policy.procedures.values() for a in p.actions.values() for name in (*a.guards, *a.effects)}

    assert used == set(GUARDS) | set(EFFECTS)
