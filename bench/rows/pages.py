"""pages: every page in the server, at the small size and at the large one."""

from statistics import median

from bench import building, scripts
from bench.plan import Figures, Plan, Row, percentile
from bench.workers import helper

ASKED = 12
"""How often each page is asked for in a round."""


def run(plan: Plan) -> Figures:
    """The 95th of 100 of every page at both sizes, the slowest, and how each grows."""
    large, small = (_measured(plan, size) for size in (plan.large, plan.small))
    worst = {page: percentile(times, 0.95) for page, times in large.items()}
    growth = {page: median(large[page]) / median(small[page]) for page in large if page in small}
    slowest, grown = max(worst, key=lambda page: worst[page]), max(growth, key=lambda page: growth[page])
    return {
        "p95_ms_worst": worst[slowest],
        "worst": slowest,
        "growth_worst": growth[grown],
        "grown": grown,
        "pages": len(worst),
        **{f"{page}": value for page, value in sorted(worst.items(), key=lambda one: -one[1])},
        **{f"{page}, growth": growth[page] for page in sorted(growth, key=lambda one: -growth[one])[:8]},
    }


def _measured(plan: Plan, size: int) -> dict[str, list[float]]:
    with helper("knowing", plan.place.environment(plan.template(size))) as knowing:
        tokens = scripts.read_tokens(building.tokens_file(plan.place), knowing.ask("holders"))
    with helper("paging", plan.place.environment(plan.template(size))) as paging:
        found: dict[str, list[float]] = paging.ask("pages", tokens, ASKED)
    return found


ROW = Row("pages", "every page in the server, without HTTP", {"p95_ms_worst": "≤ 200", "growth_worst": "≤ 2"}, run)
