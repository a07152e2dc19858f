"""P4: work lists of 50 for every role, filtered and further down, and searches by word; time in the server."""

from statistics import mean, median
from typing import Any

from bench import building, scripts
from bench.plan import Figures, Plan, Row, percentile
from bench.workers import helper

MIDDLE, ENDS = ("community", "town", "department"), ("grid_worker", "district")
WORDS = 30
REPEATS = 3


def run(plan: Plan) -> Figures:
    """Every role's lists and searches at the large size, and the same statements bare, in turns; and the small size."""
    with helper("knowing", plan.place.environment(plan.template(plan.large))) as knowing:
        tokens = scripts.read_tokens(building.tokens_file(plan.place), knowing.ask("holders"))
    small = _measured(plan, plan.small, tokens, 1)
    large = _measured(plan, plan.large, tokens, plan.rounds)
    roles = {role: percentile(times, 0.95) for role, times in large["lists"].items()}
    typical = {role: median(times) for role, times in large["lists"].items()}
    before = {role: median(times) for role, times in small["lists"].items()}
    found = [value for times in large["searches"].values() for value in times]
    return {
        "ratio": mean(typical[role] / large["bare"][role] for role in typical),
        "p95_ms_worst_role": max(roles.values()),
        "middle_over_ends": max(typical[role] for role in MIDDLE) / mean(typical[role] for role in ENDS),
        "search_ms": percentile(found, 0.95),
        **{f"p95_ms_{role}": value for role, value in roles.items()},
        **{f"p50_ms_{role}": value for role, value in typical.items()},
        **{f"limit_ms_{role}": value for role, value in large["bare"].items()},
        "search_p50_ms": median(found),
        "growth_lists": max(typical[role] / before[role] for role in typical),
        "statements": max(large["statements"].values()),
    }


def _measured(plan: Plan, size: int, tokens: dict[str, str], rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {"lists": {}, "searches": {}, "bare": {}}
    with helper("listing", plan.place.environment(plan.template(size))) as listing:
        found["statements"] = listing.ask("statements", tokens)
        bare: list[dict[str, float]] = []
        for _ in range(rounds):
            for kind, given in (("lists", REPEATS), ("searches", WORDS)):
                for role, times in listing.ask(kind, tokens, given).items():
                    found[kind].setdefault(role, []).extend(times)
            bare.append(listing.ask("bare", tokens, REPEATS))
    found["bare"] = {role: median(one[role] for one in bare) for role in bare[0]}
    return found


ROW = Row(
    "P4",
    "work lists of 50 for every role, by step and further down, and searches, in the server; "
    "limit: the same statements by bare psycopg",
    {"p95_ms_worst_role": "≤ 20", "middle_over_ends": "≤ 1.5", "search_ms": "≤ 60"},
    run,
)
