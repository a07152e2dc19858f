"""P6: the board's first data at 100,000 open cases, and a report seen on 200 open pages.

The report is timed from before it is sent until each page's stream has named the case.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from bench import building, clients, scripts
from bench.clients import Client
from bench.plan import Figures, Plan, Row, percentile
from bench.serving import free_port, served
from bench.workers import helper

PAGES = 200
REPORTS_A_SECOND = 10
PATIENCE = 30.0
ON_THE_BOARD = 100_000
ASKED = 5
"""How often in a round the board's data are asked for, and the bare statement said."""


def run(plan: Plan) -> Figures:
    """The site with relay and live process, 200 streams of readers of the whole district, and reports one by one."""
    port = free_port()
    database = building.base(plan.place)
    with plan.place.copy(database) as name:
        environment = plan.place.environment(name)
        live = ["live", "--port", str(port)]
        with helper("knowing", environment) as knowing:
            visits = scripts.visits(knowing.ask("routes", 20, 6), 6, 100)
        with (
            served(environment, relay=True, also=[live]) as serving,
            helper("living", environment) as living,
            listening(port, living.ask("tokens", PAGES), living.ask("cursor")) as pages,
        ):
            sent = _reports(serving.address, visits, round(plan.seconds * REPORTS_A_SECOND))
            waits = pages.waits(sent)
    return {
        **_first_data(plan),
        "live_p95_ms": percentile(waits, 0.95) * 1000,
        "live_p50_ms": percentile(waits, 0.5) * 1000,
        "live_max_ms": max(waits) * 1000,
        "pages": PAGES,
        "reports": len(sent),
    }


def _first_data(plan: Plan) -> dict[str, float | int]:
    """The numbers of the whole district's board beside the same as GeoJSON made by one statement, in turns."""
    with plan.place.copy(plan.template(plan.small), "board") as name:
        _fill(plan.place.owner(name))
        environment = plan.place.environment(name)
        with helper("knowing", environment) as knowing:
            tokens = scripts.read_tokens(building.tokens_file(plan.place), knowing.ask("holders"))
        with helper("paging", environment) as paging:
            ours: list[float] = []
            limits: dict[str, list[float]] = {}
            for _ in range(plan.rounds):
                ours += paging.ask("numbers", tokens, ASKED)
                for how, milliseconds in paging.ask("bare", ASKED).items():
                    limits.setdefault(how, []).append(milliseconds)
            shown = paging.ask("open_cases")
    limit, by_index = median(limits["rows"]), median(limits["halves"])
    return {
        "ratio": median(ours) / limit,
        "ratio_by_index": median(ours) / by_index,
        "first_data_ms": median(ours),
        "first_data_p95_ms": percentile(ours, 0.95),
        "limit_ms": limit,
        "limit_by_index_ms": by_index,
        "open_cases": shown,
    }


def _fill(address: str) -> None:
    """Copies the open cases' rows until there are 100,000: the board reads rows of cases and nothing else."""
    fresh = {"id": "gen_random_uuid()", "number": "'118-B' || row_number() OVER ()"}
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position"
        ).fetchall()
        names = [name for (name,) in found]
        values = sql.SQL(", ").join(sql.SQL(fresh[n]) if n in fresh else sql.Identifier("c", n) for n in names)
        whole = "ended_at IS NULL AND parent_id IS NULL"
        (there,) = connection.execute(f"SELECT count(*) FROM cases_case WHERE {whole}").fetchone() or (0,)
        connection.execute(
            sql.SQL(
                "INSERT INTO cases_case ({}) SELECT {} FROM cases_case c, generate_series(1, %s) {} LIMIT %s"
            ).format(sql.SQL(", ").join(map(sql.Identifier, names)), values, sql.SQL(f"WHERE {whole}")),
            [-(-ON_THE_BOARD // there), ON_THE_BOARD - there],
        )
        connection.execute("VACUUM ANALYZE cases_case")


def _reports(address: tuple[str, int], visits: list[dict[str, str]], count: int) -> dict[str, float]:
    """Reports at an even pace; when each case was about to be sent."""
    sent: dict[str, float] = {}

    def pacing() -> Client:
        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / REPORTS_A_SECOND - time.monotonic()))
            before = time.monotonic()
            answer = yield scripts.report_request(scripts.Visit(**visits[number % len(visits)]))
            sent[str(answer.json["case"])] = before

    clients.drive(address, [pacing()], seconds=PATIENCE + count / REPORTS_A_SECOND)
    return sent


class Pages:
    """Open streams in a thread of their own; each notes when it first heard of a case."""

    def __init__(self, port: int, tokens: list[str], since: int) -> None:
        self.heard: list[dict[str, float]] = [{} for _ in tokens]
        self.open = 0
        self._port, self._tokens, self._since = port, tokens, since
        self._closing = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._all(),))

    def begin(self) -> None:
        """Opens every stream and waits until each has said where it stands."""
        self._thread.start()
        _wait(lambda: self.open == len(self._tokens), "the streams did not open")

    def waits(self, sent: dict[str, float]) -> list[float]:
        """Seconds from each report to each page, once everybody has heard of everything."""
        _wait(lambda: all(sent.keys() <= heard.keys() for heard in self.heard), "a page did not hear of a case")
        return [heard[case] - at for case, at in sent.items() for heard in self.heard]

    def end(self) -> None:
        """Closes every stream."""
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _all(self) -> None:
        one_by_one = zip(self._tokens, self.heard, strict=True)
        streams = [asyncio.create_task(self._listen(token, heard)) for token, heard in one_by_one]
        await self._closing.wait()
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)

    async def _listen(self, token: str, heard: dict[str, float]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        query = urlencode({"token": token, "since": self._since})
        writer.write(f"GET /live?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        first = True
        try:
            async for line in reader:
                if line.startswith(b"data: "):
                    now = time.monotonic()
                    for case in json.loads(line[6:])["cases"]:
                        heard.setdefault(case["id"], now)
                    self.open, first = self.open + first, False
        finally:
            writer.close()


@contextmanager
def listening(port: int, tokens: list[str], since: int) -> Iterator[Pages]:
    """As many open pages, until the block ends."""
    _wait(lambda: clients.is_up(("127.0.0.1", port), "/health"), "the live process did not come up")
    pages = Pages(port, tokens, since)
    try:
        pages.begin()
        yield pages
    finally:
        pages.end()


def _wait(done: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise RuntimeError(what)
        time.sleep(0.01)


ROW = Row(
    "P6",
    "the board's first data at 100,000 open cases; limit: the same as GeoJSON by one SQL statement; "
    "and a report seen on 200 open pages, from before it is sent to the event on each stream",
    {"ratio": "≤ 1.5", "live_p95_ms": "≤ 1000"},
    run,
)
