"""P2: a case's whole life through the API, at each size, against bare psycopg saying the same statements."""

from contextlib import ExitStack
from statistics import median

from bench import building, scripts
from bench.clients import Client, drive
from bench.plan import Figures, Plan, Row, percentile
from bench.serving import served
from bench.workers import helper, together

CLIENTS = 16
CONNECTIONS, PROCESSES = 8, 2
STATEMENTS_AHEAD = 70
"""Lives for which each connection of the limit prepares its values, for every second."""


def run(plan: Plan) -> Figures:
    """Lives a second at the small and the large size (and the huge one), and the limit at the large size, in turns."""
    sizes = [size for size in (plan.small, plan.large, plan.huge) if size is not None]
    with ExitStack() as until:
        environments = {size: plan.place.environment(plan.copy(size)) for size in sizes}
        knowing = until.enter_context(helper("knowing", environments[plan.large]))
        routes, holders = knowing.ask("routes", 60, 2), knowing.ask("holders")
        tokens = scripts.read_tokens(building.tokens_file(plan.place), holders)
        visits = scripts.visits(routes, 2, 800)
        helpers = [until.enter_context(helper("replaying", environments[plan.large])) for _ in range(PROCESSES)]
        said = together(helpers, "record", "life", "one_life", False, visits[0], tokens)[0]
        servers = {size: until.enter_context(served(environments[size], relay=True)) for size in sizes}
        for server in servers.values():
            _lives(server.address, visits, tokens, plan.seconds / 2)
        rates: dict[str, list[float]] = {}
        slowest: list[float] = []
        for _ in range(plan.rounds):
            for size, server in servers.items():
                rate, latency = _lives(server.address, visits, tokens, plan.seconds)
                rates.setdefault(str(size), []).append(rate)
            slowest.append(latency)
            ahead = max(4, int(plan.seconds * STATEMENTS_AHEAD))
            limit = together(helpers, "say_again", "life", plan.seconds, CONNECTIONS // PROCESSES, ahead)
            rates.setdefault("limit", []).append(sum(limit))
    middle = {name: median(values) for name, values in rates.items()}
    growth = {f"growth_{_short(size)}": middle[str(plan.small)] / middle[str(size)] for size in sizes[1:]}
    return {
        "ratio": middle[str(plan.large)] / middle["limit"],
        "lifecycles_per_s": middle[str(plan.large)],
        **growth,
        "lifecycles_per_s_small": middle[str(plan.small)],
        "request_p99_ms": median(slowest),
        "limit_per_s": middle["limit"],
        "statements": said["statements"],
        "round_trips": said["round_trips"],
    }


def _lives(
    address: tuple[str, int], visits: list[dict[str, str]], tokens: dict[str, str], seconds: float
) -> tuple[float, float]:
    """Lives a second, and the 99th percentile of a request in milliseconds."""
    done: list[float] = []
    clients: list[Client] = [scripts.carrying(visits[n::CLIENTS], tokens, done) for n in range(CLIENTS)]
    ran = drive(address, clients, seconds=seconds)
    # A life is nine requests; those under way at the end count by the requests that were answered.
    return len(ran.latencies) / scripts.REQUESTS_A_LIFE / ran.seconds, percentile(ran.latencies, 0.99) * 1000


def _short(size: int) -> str:
    return f"{size // 1_000_000}m" if size >= 1_000_000 else str(size)


ROW = Row(
    "P2",
    "a whole life (report, accept, dispatch, acknowledge, report back, verify, reply, close, search) through the API; "
    "limit: bare psycopg saying the same statements on 8 connections",
    {"lifecycles_per_s": "≥ 150", "growth_1m": "≤ 1.2", "growth_10m": "≤ 1.2"},
    run,
)
