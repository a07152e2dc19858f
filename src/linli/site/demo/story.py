"""The demo's plot: for every action and every step in which it can be taken, at least one case that takes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from linli.core.procedure import Procedure, Step

TO: dict[str, tuple[str, ...]] = {
    "reported": (),
    "registered": ("accept",),
    "dispatched": ("accept", "dispatch"),
    "disputed": ("accept", "dispatch", "return"),
    "handling": ("accept", "dispatch", "acknowledge"),
    "paused": ("accept", "dispatch", "acknowledge", "pause"),
    "conference": ("accept", "dispatch", "acknowledge", "call_conference"),
    "done": ("accept", "dispatch", "acknowledge", "parts", "report_back"),
    "verified": ("accept", "dispatch", "acknowledge", "parts", "report_back", "verify"),
    "replied": ("accept", "dispatch", "acknowledge", "parts", "report_back", "verify", "reply"),
    "parked": ("accept", "dispatch", "acknowledge", "park"),
    "closed": ("accept", "dispatch", "acknowledge", "parts", "report_back", "verify", "reply", "satisfied"),
    "not_accepted": ("decline",),
    "diverted": ("divert",),
    "merged": ("merge",),
    "withdrawn": ("withdraw",),
}
"""How a case comes to a step. ``parts`` carries every open part to its end first, ``ensure_part`` opens one."""

PART_TO: dict[str, tuple[str, ...]] = {
    "assigned": (),
    "handling": ("acknowledge",),
    "paused": ("acknowledge", "pause"),
    "reported": ("acknowledge", "report_back"),
}
"""How a part comes to a step."""

BEFORE: dict[str, tuple[str, ...]] = {
    "extend": ("ask_extension",),
    "refuse_extension": ("ask_extension",),
    "report_back": ("parts",),
    "uphold": ("decline", "contest"),
}
"""What must be done in the same step before an action is open."""

PARTS_OPEN = ("handling", "paused", "conference", "parked")
"""Steps in which a part can be open: a report back needs them all ended, a conference's decision cancels them."""

ENDINGS: tuple[tuple[str, ...], ...] = (
    TO["closed"],
    TO["closed"],
    TO["closed"],
    (*TO["replied"], "close_without_contact"),
    (*TO["replied"], "not_solved", "report_back", "verify", "reply", "satisfied"),
    (*TO["done"], "rework", "report_back", "verify", "reply", "satisfied"),
    (*TO["disputed"], "rule", "acknowledge", "parts", "report_back", "verify", "reply", "satisfied"),
    (*TO["paused"], "resume", "parts", "report_back", "verify", "reply", "satisfied"),
    (*TO["handling"], "ask_extension", "extend", "parts", "report_back", "verify", "reply"),
    (*TO["closed"], "evaluate"),
    ("decline",),
    ("decline", "contest", "uphold"),
    ("divert",),
)
"""What cases come to in everyday life, given time."""

UNDER_WAY: tuple[tuple[str, ...], ...] = (
    TO["registered"],
    TO["dispatched"],
    TO["handling"],
    (*TO["handling"], "note"),
    TO["done"],
    TO["verified"],
    TO["replied"],
    TO["parked"],
    TO["closed"],
)
"""Where recent cases stand in everyday life."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What one case goes through. ``part`` plots are about a part of the case: ``moves`` are then taken on the part."""

    name: str
    moves: tuple[str, ...]
    part: bool = False

    @property
    def takes_weeks(self) -> bool:
        """Whether it waits for the clock, up to weeks, so that only an old and untouched case can play it."""
        return "remind" in self.moves or "close_without_contact" in self.moves


def pairs(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Every (action, step) that can be taken in the procedure."""
    for action in procedure.actions.values():
        for step in sorted(action.sources):
            if not _impossible(action.name, procedure.steps[step]):
                yield action.name, step


def _impossible(action: str, step: Step) -> bool:
    """Acts that cannot happen: a part's end where no part can be open, a reminder where none is set."""
    if action in ("part_ended", "part_handled"):
        return step.name not in PARTS_OPEN
    return action == "remind" and (step.paused or step.remind_percent is None)


def turn(procedure: str, action: str, step: str) -> str:
    """The name of the plot that shows an action in a step."""
    return f"{'part:' if procedure == 'part' else ''}{action}@{step}"


def coverage(standard: Procedure, part: Procedure) -> Iterator[Plot]:
    """One plot for every action and step of both procedures."""
    for action, step in pairs(standard):
        if action in ("part_ended", "part_handled"):
            to = TO["handling"]
            yield Plot(turn(standard.name, action, step), (*to, "ensure_part", *TO[step][len(to) :], f"by:{action}"))
        elif action == "uphold":
            yield Plot(turn(standard.name, action, step), (*BEFORE[action], action))
        elif action == "join":
            yield Plot(turn(standard.name, action, step), (*TO[step], "by:join"))
        else:
            yield Plot(turn(standard.name, action, step), (*TO[step], *BEFORE.get(action, ()), action))
    for action, step in pairs(part):
        moves = (*PART_TO[step], "by:follow_lead" if action == "follow_lead" else action)
        yield Plot(turn(part.name, action, step), moves, part=True)


def everyday(number: int, *, recent: bool) -> Plot:
    """One case of everyday life: a recent one is still under way, an older one has come to its end."""
    turns = UNDER_WAY if recent else ENDINGS
    return Plot(f"everyday:{number}", turns[number % len(turns)])


PLAIN = Plot("everyday:plain", TO["closed"])
"""What any case can play."""
