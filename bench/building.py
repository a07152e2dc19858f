"""Building the templates: a real district with its rules and an invented person on every post, then its cases.

    python -m bench.building people TOKENS_FILE
    python -m bench.building share CASES SEED FIRST_NUMBER

are the two parts that run in processes of their own, with the product's settings pointing at the database.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from bench.databases import COPY, PREFIX, ROOT, Place, mark, run

if TYPE_CHECKING:
    from bench.lifecycles import World
    from bench.stamping import Stamp

DISTRICT = "500118"
LAST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The last moment of the generated year."""

KNOWN = timedelta(days=60)
"""Lives are told within this time before the last moment; those that ended are then moved over the year."""

WEEKS = 51
OPEN_IN_100 = 5
CHUNK = 500
TABLES = ("ledger_entry", "cases_searchentry", "vault_item", "cases_case", "intake_report")
WORKERS = 2
SHORT_CODE = "118"


def base(place: Place) -> str:
    """The template without cases: rules, units, and somebody on every post."""
    name = f"{PREFIX}_base_{mark()}"
    if place.exists(name) and tokens_file(place).exists():
        return name
    place.drop_others(mark())
    began, draft = time.monotonic(), f"{PREFIX}_{COPY}_draft"
    place.make(draft)
    place.linli(draft, "migrate", "--quiet")
    place.linli(draft, "import", "areas", str(ROOT / f"src/linli/site/demo/divisions_{DISTRICT}.csv"))
    place.linli(draft, "district", "new", DISTRICT)
    place.linli(draft, "import", "matters", "--publish")
    run([sys.executable, "-m", "bench.building", "people", str(tokens_file(place))], place.environment(draft))
    place.drop(name)
    place.rename(draft, name)
    say(f"district with rules and people: {time.monotonic() - began:.0f} s")
    return name


def tokens_file(place: Place) -> Path:
    """Where the API tokens of the invented people are: ``{"POST": "TOKEN"}``."""
    return place.folder / f"tokens-{mark()}.json"


def template(place: Place, cases: int) -> str:
    """The template with that many cases, built the first time; the time is printed, not counted."""
    begin = base(place)
    name = f"{PREFIX}_{cases}_{mark()}"
    if place.exists(name):
        return name
    began, draft = time.monotonic(), f"{PREFIX}_{COPY}_draft"
    place.make(draft, begin)
    with psycopg.connect(place.owner(draft), autocommit=True) as connection:
        later = take_indexes(connection)
        _load(place, draft, cases)
        loaded = time.monotonic()
        say(f"{cases:,} cases generated and copied: {loaded - began:.0f} s")
        settle(place, draft, later)
        connection.execute("SELECT setval('cases_running_number', %s)", [64 * (2 * cases // 64 + 64) + 1])
    place.rename(draft, name)
    say(f"{cases:,} cases: template built in {time.monotonic() - began:.0f} s")
    return name


def _load(place: Place, database: str, cases: int) -> None:
    share = -(-cases // WORKERS)
    command = [sys.executable, "-m", "bench.building", "share", str(share)]
    environment = place.environment(database, LINLI_AS_OWNER="true")
    running = [
        subprocess.Popen([*command, str(worker), str(1 + worker * share)], env=environment, cwd=ROOT)
        for worker in range(WORKERS)
    ]
    ends = [process.wait() for process in running]
    if any(ends):
        raise RuntimeError(f"a worker failed (exit status {ends}); see above")


def take_indexes(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Takes away every index and key of the tables of cases; gives the statements that bring them back, by table."""
    later: dict[str, list[str]] = {}
    for table in TABLES:
        keys = connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
            [table],
        ).fetchall()
        names = {name for name, _ in keys}
        plain = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table]
        ).fetchall()
        later[table] = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}' for name, text in keys]
        later[table] += [text for name, text in plain if name not in names]
        for name in names:
            connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*map(sql.Identifier, (table, name))))
        for name, _ in plain:
            if name not in names:
                connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)").format(sql.Identifier(table)))
    return later


def settle(place: Place, database: str, later: dict[str, list[str]]) -> None:
    """Brings indexes back and gathers statistics, two tables at a time."""

    def one(table: str) -> None:
        with psycopg.connect(place.owner(database), autocommit=True) as connection:
            connection.execute("SET maintenance_work_mem = '768MB'")
            connection.execute("SET max_parallel_maintenance_workers = 1")
            for statement in later[table]:
                connection.execute(statement.encode())
            connection.execute(sql.SQL("ALTER TABLE {} RESET (autovacuum_enabled)").format(sql.Identifier(table)))
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, TABLES))


def say(text: str) -> None:
    """Tells how the building goes, on the error stream."""
    print(f"  [{text}]", file=sys.stderr, flush=True)


# --- what follows runs in processes of its own, inside the product


def people(tokens: Path) -> None:
    """Somebody on every post, each with an API token."""
    from django.utils import timezone

    from linli.accounts import actions as accounts
    from linli.accounts import queries as users
    from linli.directory import queries as directory
    from linli.site.demo.people import hire

    now = timezone.now()
    hire(DISTRICT, _password(), now=LAST - timedelta(days=400))
    found: dict[str, str] = {}
    for post in directory.posts(DISTRICT):
        user = users.named(post.id)
        assert user is not None
        found[post.id] = accounts.create_token(user, "bench", now=now, days=3650)
    handle = os.open(tokens, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(found, file)


def world() -> "World":
    """What lives are made of, from the database in use."""
    from bench.lifecycles import World
    from linli.catalogue import queries as catalogue
    from linli.core.territory import AreaKind
    from linli.site.demo.people import hire

    policy = catalogue.policy(DISTRICT)
    staff, _ = hire(DISTRICT, _password(), now=LAST - timedelta(days=400))
    found = [
        area.code
        for area in policy.territory.areas.values()
        if area.kind in (AreaKind.COMMUNITY, AreaKind.GRID) and not area.placeholder
    ]
    return World(DISTRICT, policy, staff, messages(), sorted(found))


def messages() -> Sequence[dict[str, str]]:
    """The package's own messages, written for the demo."""
    import csv

    with (ROOT / "src/linli/site/demo/messages.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["expected"] == "normal"]


def share(cases: int, seed: int, first_number: int) -> None:
    """Generates one worker's share of the cases, in the order in which they were reported, and copies them in."""
    from bench.stamping import COLUMNS, empty

    random = Random(f"linli-{seed}")
    ended, open_ = _stamps(random, ended=max(40, min(2500, cases // 12)), open_=max(20, min(600, cases // 60)))
    turns = _turns(ended, open_, cases, random)
    number = first_number
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        for start in range(0, len(turns), CHUNK):
            rows = empty()
            for _, _, stamp, days in turns[start : start + CHUNK]:
                stamp.rows(rows, number=_number(number), days=days)
                number += 1
            for table, columns in COLUMNS.items():
                with cursor.copy(f"COPY {table} ({','.join(columns)}) FROM STDIN".encode()) as copy:
                    for row in rows[table]:
                        copy.write_row(row)
            connection.commit()


def _stamps(random: Random, *, ended: int, open_: int) -> tuple[list["Stamp"], list["Stamp"]]:
    """Lives told once: those that ended, and those still open at the last moment."""
    from bench.lifecycles import families
    from bench.stamping import Stamp

    over: list[Stamp] = []
    going: list[Stamp] = []
    for family in families(world(), random, first=LAST - KNOWN, last=LAST):
        if family.is_open and len(going) < open_:
            going.append(Stamp(family))
        elif not family.is_open and len(over) < ended:
            over.append(Stamp(family))
        if len(over) == ended and len(going) == open_:
            break
    return over, going


def _turns(
    ended: list["Stamp"], open_: list["Stamp"], cases: int, random: Random
) -> list[tuple[datetime, int, "Stamp", int]]:
    """Which life is used when: (beginning, tie-breaker, life, days moved), oldest first."""
    turns: list[tuple[datetime, int, Stamp, int]] = []
    made = 0
    while made < cases:
        if random.randrange(100) < OPEN_IN_100:
            stamp, days = random.choice(open_), 0
        else:
            stamp = random.choice(ended)
            days = 7 * random.randint(-WEEKS, (LAST - stamp.ended) // timedelta(weeks=1))
        turns.append((stamp.began + timedelta(days=days), made, stamp, days))
        made += stamp.cases
    return sorted(turns, key=lambda turn: turn[:2])


def _number(running: int) -> str:
    from linli.core.numbers import case_number

    return case_number(SHORT_CODE, running)


def _password() -> str:
    """Nobody logs in to a bench with it: it only has to be one."""
    import secrets

    return secrets.token_urlsafe(16)


if __name__ == "__main__":
    import django

    django.setup()
    match sys.argv[1:]:
        case ["people", file]:
            people(Path(file))
        case ["share", cases, seed, first]:
            share(int(cases), int(seed), int(first))
        case other:
            raise SystemExit(f"unknown part {other}")
