"""P10: from a standing start to the first page, and the memory of the whole when nothing happens."""

import sys
from pathlib import Path
from statistics import median

import psycopg

from bench import building, clients, scripts
from bench.databases import Place
from bench.databases import run as run_program
from bench.plan import Figures, Plan, Row
from bench.serving import children, memory_mb, served
from bench.workers import helper
from linli.site import embedded


def run(plan: Plan) -> Figures:
    """Starts everything from a stopped database several times; then measures memory after some use.

    With a server of one's own (``DATABASE_URL``) the database keeps running and its memory is not counted.
    """
    database = building.base(plan.place)
    cold = _cold_environment(plan.place, database)
    starts: list[float] = []
    for _ in range(plan.rounds):
        if cold is not None:
            embedded.stop(plan.place.folder)
        with served(cold or plan.place.environment(database)) as serving:
            starts.append(serving.seconds)
    with helper("knowing", plan.place.environment(database)) as knowing:
        visits = scripts.visits(knowing.ask("routes", 20, 3), 3, 100)
    with plan.place.copy(database) as name, served(plan.place.environment(name), relay=True, sweep=True) as serving:
        clients.drive(serving.address, [scripts.reporting(visits[n::4]) for n in range(4)], seconds=plan.seconds)
        workers = [pid for pid in serving.tree() if pid not in serving.processes]
        everything = [*serving.tree(), *(_postgres(plan.place) if cold is not None else [])]
        return {
            "cold_start_s": median(starts),
            "worker_mb": max((memory_mb(pid) for pid in workers), default=0.0),
            "idle_mb": sum(memory_mb(pid, "Pss") for pid in everything),
            "processes": len(everything),
        }


def _cold_environment(place: Place, database: str) -> dict[str, str] | None:
    """The environment in which ``linli serve`` starts the embedded database itself; None where there is none."""
    if not place.is_embedded:
        return None
    environment = place.environment(database)
    del environment["DATABASE_URL"], environment["DATABASE_OWNER_URL"]
    run_program([sys.executable, "-m", "linli", "migrate", "--quiet"], environment)
    return environment


def _postgres(place: Place) -> list[int]:
    """The processes of the embedded database."""
    with psycopg.connect(place.owner("postgres")) as connection:
        told = Path(f"/proc/{connection.info.backend_pid}/stat")
        found = [int(told.read_text().rsplit(")", 1)[1].split()[1])] if told.exists() else []
    for pid in found:
        found += children(pid)
    return found


ROW = Row(
    "P10",
    "cold start (database, server, first page) and memory: a web worker, and everything at rest with the database",
    {"cold_start_s": "≤ 3", "worker_mb": "≤ 200", "idle_mb": "≤ 700"},
    run,
)
