"""Not a speed: the product's own proofs over a generated database, with the time they take."""

import sys
import time

from bench.databases import run as run_program
from bench.plan import Figures, Plan, Row
from bench.workers import helper

CASES = 100_000


def run(plan: Plan) -> Figures:
    """``linli replay --check`` and ``linli ledger verify`` over generated cases; either one's doubt is an error."""
    cases = min(CASES, plan.large)
    environment = plan.place.environment(plan.template(cases))
    found: dict[str, float | int | str | None] = {"cases": cases}
    for name, verb in (("replay", ("replay", "--check")), ("verify", ("ledger", "verify"))):
        began = time.perf_counter()
        told = run_program([sys.executable, "-m", "linli", *verb], environment).strip().splitlines()[-1]
        found |= {name: told, f"{name}_s": time.perf_counter() - began}
    with helper("proving", environment) as proving:
        found["search_entries_that_differ"] = proving.ask("search_entries_that_differ", min(cases, 2000))
    return found


ROW = Row(
    "prove",
    "every row is what its ledger says, and every chain proves, over generated cases",
    {"search_entries_that_differ": "≤ 0"},
    run,
)
