"""P1: one report through the API, against bare psycopg writing the same rows."""

from contextlib import ExitStack
from statistics import median

from bench import scripts
from bench.clients import Ran, drive
from bench.plan import Figures, Plan, Row, percentile
from bench.serving import served
from bench.workers import Helper, helper, together

CONNECTIONS = 8
PROCESSES = 2


def run(plan: Plan) -> Figures:
    """Reports from 1, 4 and 16 clients, at the small and at the large size, and the limit, in turns."""
    small, large = plan.copy(plan.small), plan.copy(plan.large)
    with ExitStack() as until:
        helpers = [until.enter_context(helper("replaying", plan.place.environment(small))) for _ in range(PROCESSES)]
        routes = until.enter_context(helper("knowing", plan.place.environment(small))).ask("routes", 60, 1)
        visits = scripts.visits(routes, 1, 400)
        said = together(helpers, "record", "report", "one_report", True, visits[0])[0]
        together(helpers, "record_plain", "plain", "one_report", visits[0])
        keyed = helpers[0].ask("record", "keyed", "one_report", True, visits[0], True)
        address = until.enter_context(served(plan.place.environment(small))).address
        address_large = until.enter_context(served(plan.place.environment(large))).address
        warm = [_ran(place, visits, 8, plan.seconds / 2) for place in (address, address_large)]
        del warm
        rates: dict[str, list[float]] = {}
        slowest: list[float] = []
        for _ in range(plan.rounds):
            for count in plan.clients:
                ran = _ran(address, visits, count, plan.seconds if count == plan.clients[-1] else plan.seconds / 2)
                rates.setdefault(f"per_s_{count}", []).append(ran.per_second)
            slowest.append(percentile(ran.latencies, 0.99) * 1000)
            rates.setdefault("limit", []).append(_limit(helpers, "plain", plan.seconds))
            rates.setdefault("limit_joined", []).append(_limit(helpers, "report", plan.seconds))
            ran = _ran(address_large, visits, plan.clients[-1], plan.seconds)
            rates.setdefault("large", []).append(ran.per_second)
    middle = {name: median(values) for name, values in rates.items()}
    ours = middle[f"per_s_{plan.clients[-1]}"]
    return {
        "ratio": ours / middle["limit"],
        "per_s": ours,
        "p99_ms": median(slowest),
        **{f"per_s_{count}": middle[f"per_s_{count}"] for count in plan.clients[:-1]},
        "limit_per_s": middle["limit"],
        "ratio_one_statement": ours / middle["limit_joined"],
        "limit_one_statement_per_s": middle["limit_joined"],
        "growth_large": ours / middle["large"],
        "statements": said["statements"],
        "statements_with_key": keyed["statements"],
        "round_trips": said["round_trips"],
    }


def _ran(address: tuple[str, int], visits: list[dict[str, str]], clients: int, seconds: float) -> Ran:
    shares = [visits[number::clients] for number in range(clients)]
    return drive(address, [scripts.reporting(share) for share in shares], seconds=seconds)


def _limit(helpers: list[Helper], name: str, seconds: float) -> float:
    each = CONNECTIONS // len(helpers)
    return float(sum(together(helpers, "say_again", name, seconds, each, int(seconds * 800))))


ROW = Row(
    "P1",
    "one report through POST /api/v1/reports; limit: bare psycopg writing the same rows on 8 connections",
    {"ratio": "≥ 0.40", "p99_ms": "≤ 50", "growth_large": "≤ 1.2"},
    run,
)
