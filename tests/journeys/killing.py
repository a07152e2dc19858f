"""Kills processes and the database at random points, many times, and compares what was acknowledged with the ledger.

Run as a program by ``test_kill.py``: ``python killing.py FOLDER KILLS SEED``. It prints one JSON line at the end. The
workers are forked from this process, which has Django loaded and no connection open, so that a kill costs milliseconds.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

FOLDER, KILLS, SEED = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.environ |= {"LINLI_DATA": str(FOLDER / "data"), "LINLI_AS_OWNER": "true", "LINLI_POOL": "2"}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
os.environ.pop("DATABASE_URL", None)

from linli.site import embedded  # noqa: E402

DATA = FOLDER / "data"
DISTRICT, COMMUNITY = "500118", "500118001001"
ROWS = 12_000
dice = random.Random(SEED)


def prepare() -> None:
    """A small district and a hotline file."""
    import django

    embedded.ensure(DATA)
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from linli.catalogue import actions as catalogue
    from linli.directory import actions as directory
    from tests.rooms.conftest import DIVISIONS

    call_command("migrate", verbosity=0)
    (FOLDER / "divisions.csv").write_text(DIVISIONS, "utf-8")
    now = timezone.now() - timedelta(days=60)
    directory.import_areas(FOLDER / "divisions.csv", now=now)
    directory.set_up_district(DISTRICT, now=now)
    catalogue.import_matters(None, now=now)
    catalogue.publish(by="test", at=now)
    rows = (
        json.dumps({"source_number": f"N{n}", "title": f"第{n}件", "detail": f"第{n}件事：路灯坏了"})
        for n in range(ROWS)
    )
    (FOLDER / "hotline.ndjson").write_text("\n".join(rows), "utf-8")
    close()


def close() -> None:
    """Closes every connection, so that a fork shares none."""
    from django.db import connection

    connection.close()
    connection.close_pool()


def act_for_ever(acknowledge: Callable[[str], None]) -> None:
    """Reports, accepts and dispatches without end; says each answer only after it has it."""
    from django.utils import timezone

    from linli.cases import actions, queries
    from linli.catalogue.queries import policy
    from linli.core.actor import Actor, ActorKind, PostHeld
    from linli.core.routing import Question, route
    from linli.intake.actions import submit
    from linli.intake.report import Report

    rules = policy(DISTRICT)
    while True:
        receipt = submit(Report(DISTRICT, "portal", "垃圾没人清", area=COMMUNITY), now=timezone.now())
        acknowledge(f"{receipt.case} 1")
        for action in ("accept", "dispatch", "acknowledge"):
            state = queries.load(DISTRICT, [receipt.case])[receipt.case].state
            unit = rules.territory.units[state.owner or ""]
            actor = Actor(ActorKind.PERSON, "p", (PostHeld("p", unit.id, unit.area, unit.functions),))
            form: dict[str, object] = {}
            if action == "accept":
                form = {"matter": "EE-009", "urgency": "standard", "area": COMMUNITY}
            if action == "dispatch":
                found = route(Question(rules.matters["EE-009"], COMMUNITY), rules)
                form = {"lead": found.lead, "co_handlers": found.co_handlers}
            after = actions.act(actor, DISTRICT, receipt.case, action, form, now=timezone.now())
            acknowledge(f"{receipt.case} {after.version}")


def sweep_for_ever(acknowledge: Callable[[str], None]) -> None:
    """Lets the clock act on what lies about, some days later; nobody else acts on those cases any more."""
    from django.utils import timezone

    from linli.cases import actions, queries

    while True:
        late = timezone.now() + timedelta(days=5)
        due = queries.due_cases(DISTRICT, late, 100)
        for woken in actions.wake_each(DISTRICT, due, clock=lambda moment=late: moment):
            acknowledge(f"{woken.case} {woken.version}" if not woken.fault else "faults 1")
        time.sleep(0.005)  # nothing may be due: a loop without rest would keep the others from the machine


def import_file(acknowledge: Callable[[str], None]) -> None:
    """Imports the hotline file once."""
    from django.utils import timezone

    from linli.intake.actions import ImportOptions, import_reports

    done = import_reports(
        FOLDER / "hotline.ndjson", district=DISTRICT, now=timezone.now(), options=ImportOptions(understand=False)
    )
    acknowledge(f"imported {done.new + done.already}")


def start_up(acknowledge: Callable[[str], None]) -> None:
    """Starts the database."""
    embedded.ensure(DATA)
    acknowledge("started 0")


def run_and_kill(
    work: Callable[[Callable[[str], None]], None], log: Path, wait: float, *, server: bool = False
) -> bool:
    """Forks a worker, kills it (or the database under it) after ``wait`` seconds; whether it was still working."""
    child = os.fork()
    if child == 0:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            work(lambda line: os.write(handle, f"{line}\n".encode()))
        except BaseException:  # noqa: BLE001 - the database was taken away: the worker just ends
            os._exit(3)
        os._exit(0)
    time.sleep(wait)
    try:
        if server:
            os.kill(int((DATA / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
            return bool(_ended(child))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    except BaseException:
        os.kill(child, signal.SIGKILL)  # a worker must not outlive a failing ordeal
        raise


def _ended(child: int) -> int:
    """Waits for a worker whose database was taken away; one that does not notice within seconds is killed."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found, _ = os.waitpid(child, os.WNOHANG)
        if found:
            return found
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[0]


def check(log: Path) -> dict[str, int]:
    """Compares acknowledged answers with the ledger and proves the whole database."""
    from django.db import connection

    from linli.cases import replay
    from linli.ledger import queries as ledger

    said = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    cases: dict[str, int] = {}
    for name, version in said:
        if len(name) == 36:
            cases[name] = max(cases.get(name, 0), int(version))
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream_id::text, max(seq) FROM ledger_entry WHERE stream_kind = 'case' GROUP BY 1")
        held = dict(cursor.fetchall())
        cursor.execute("SELECT count(*), count(DISTINCT source_number) FROM intake_report WHERE source = 'hotline'")
        imported, distinct = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM vault_item v WHERE NOT EXISTS (SELECT FROM cases_case c WHERE c.id = v.case_id)"
        )
        (orphans,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM ledger_entry a JOIN ledger_entry b USING (district_id, stream_kind, stream_id, type) "
            "WHERE a.type = 'case.remind' AND b.seq = a.seq + 1"
        )
        (reminded_twice,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE actor = 'clock'")
        (by_the_clock,) = cursor.fetchone()
    result = {
        "acknowledged": len([1 for name, _ in said if len(name) == 36]),
        "lost": sum(1 for case, version in cases.items() if held.get(case, 0) < version),
        "different": sum(1 for found in replay.compare(DISTRICT) if found),
        "unproven": sum(1 for found in ledger.verify() if isinstance(found, ledger.Fault)),
        "imported": imported,
        "doubled": imported - distinct,
        "orphans": orphans,
        "reminded_twice": reminded_twice,
        "by_the_clock": by_the_clock,
        "faults": sum(1 for name, _ in said if name == "faults"),
    }
    close()
    return result


def main() -> None:
    """The whole ordeal."""
    prepare()
    log = FOLDER / "acknowledged.log"
    struck = {"act": 0, "sweep": 0, "import": 0, "server": 0, "start": 0}
    while sum(struck.values()) < KILLS:
        kind = dice.choices(["act", "sweep", "import", "server", "start"], [45, 20, 20, 10, 5])[0]
        if kind == "start":
            embedded.stop(DATA)
            hit = run_and_kill(start_up, log, dice.uniform(0.01, 0.6))
            embedded.ensure(DATA)
        elif kind == "server":
            hit = run_and_kill(act_for_ever, log, dice.uniform(0.1, 0.5), server=True)
            embedded.ensure(DATA)
        else:
            work = {"act": act_for_ever, "sweep": sweep_for_ever, "import": import_file}[kind]
            hit = run_and_kill(work, log, dice.uniform(0.03, 0.4))
        struck[kind] += hit
    import_file(lambda line: None)
    print(json.dumps({"struck": struck} | check(log)))
    embedded.stop(DATA)


main()
