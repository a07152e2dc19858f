"""How big, how long, how often: what every row is told, and what it answers."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from bench import building
from bench.databases import Place

Figures = Mapping[str, float | int | str | None]


@dataclass
class Plan:
    """The run: where its databases are, the sizes in cases (small, large, maybe huge), seconds a turn, rounds."""

    place: Place
    small: int = 10_000
    large: int = 1_000_000
    huge: int | None = None
    seconds: float = 4.0
    rounds: int = 3
    clients: tuple[int, ...] = (1, 4, 16)
    entries: int = 1_000_000
    rows: int = 20_000
    until: ExitStack = field(default_factory=ExitStack)
    _copies: dict[int, str] = field(default_factory=dict)

    def template(self, cases: int) -> str:
        """The template of that size: rows read from it and leave it as it is."""
        return building.template(self.place, cases)

    def copy(self, cases: int) -> str:
        """A copy of that template, shared by the rows of this run that write; dropped when the run ends."""
        if cases not in self._copies:
            template = self.template(cases)
            self._copies[cases] = self.until.enter_context(self.place.copy(template))
        return self._copies[cases]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page: its name, what it measures, and the goals that its figures are held to."""

    name: str
    what: str
    goals: Mapping[str, str]
    run: Callable[[Plan], Figures]


def interleaved(plan: Plan, **measures: Callable[[], float]) -> dict[str, float]:
    """Runs every measure in turn, round after round, and gives the median of each.

    What disturbs the machine for a while so hits all of them alike.
    """
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(plan.rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: median(values) for name, values in found.items()}


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies, exactly (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def meets(value: float, goal: str) -> bool:
    """Whether a figure meets a goal such as ``≥ 0.40`` or ``≤ 50``."""
    sign, _, limit = goal.partition(" ")
    return value >= float(limit) if sign == "≥" else value <= float(limit)
