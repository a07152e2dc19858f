"""The streams themselves: who gets one, what it says, and when it ends. No network, no database, no waiting."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from linli.cases.queries import Sighting
from linli.site.live import application
from linli.site.live.application import Application
from linli.site.live.changes import Change, News
from linli.site.live.hub import EACH, STALE, Hub
from linli.site.live.scope import LASTS, Scope, issue

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
ORIGIN = "https://desk.example"
SCOPE = Scope("500118", frozenset({"500118001"}), frozenset(), frozenset())
OTHER = Scope("500118", frozenset({"500118002"}), frozenset(), frozenset())
PATIENCE = 20


class World:
    """A live process without a network: its clocks are turned by hand."""

    def __init__(self, most: int = 10, beat: float = 60.0) -> None:
        self.now, self.seconds, self.batch = NOON, 0.0, 10
        self.hub = Hub(most, lambda: self.seconds)
        self.application = Application(self.hub, [ORIGIN], now=lambda: self.now, beat=beat)
        self.hub.begin(News((), 5, self.batch, True))

    def tell(self, *cases: str, area: str = "500118001") -> None:
        self.batch += 1
        changes = (
            Change(self.batch, 3, Sighting(case, "500118", frozenset({area}), frozenset(), frozenset(), False))
            for case in cases
        )
        self.hub.tell(News(tuple(changes), 5, self.batch, True))

    def ask(self, token: str | None = None, path: str = "/live", method: str = "GET", **how: Any) -> "Visitor":
        query = {"token": token if token is not None else issue(SCOPE, now=self.now), "since": how.pop("since", 10)}
        headers = [(name.replace("_", "-").encode(), str(text).encode()) for name, text in how.items()]
        asked = {
            "type": "http", "method": method, "path": path, "query_string": urlencode(query).encode(),
            "headers": headers,
        }  # fmt: skip
        return Visitor(self.application, asked)


class Visitor:
    """One request and what came back of it so far."""

    def __init__(self, app: Application, asked: dict[str, Any]) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.left = asyncio.Event()
        self.reading = asyncio.Event()
        self.reading.set()
        self.task = asyncio.create_task(app(asked, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        await self.sent.put(message)

    async def start(self) -> tuple[int, dict[str, str]]:
        message = await asyncio.wait_for(self.sent.get(), PATIENCE)
        return message["status"], {name.decode(): text.decode() for name, text in message["headers"]}

    async def answer(self) -> dict[str, Any] | None:
        """The next answer; None at the end of the stream."""
        message = await asyncio.wait_for(self.sent.get(), PATIENCE)
        if not message["more_body"]:
            return None
        lines = message["body"].decode().splitlines()
        found: dict[str, Any] = json.loads(next(line[6:] for line in lines if line.startswith("data: ")))
        assert f"id: {found['since']}" in lines
        return found

    async def end(self) -> None:
        await asyncio.wait_for(self.task, PATIENCE)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """The test as an ordinary function that runs it in a loop of its own."""

    def run() -> None:
        asyncio.run(test())  # type: ignore[arg-type]

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def said(since: int, *cases: str, refetch: bool = False) -> dict[str, Any]:
    return {"since": since, "refetch": refetch, "cases": [{"id": case, "version": 3} for case in cases]}


@in_loop
async def test_it_says_where_the_page_stands_and_then_what_moves() -> None:
    world = World()
    world.tell("before")
    mine, theirs = world.ask(), world.ask(issue(OTHER, now=NOON))
    status, headers = await mine.start()
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert "access-control-allow-origin" not in headers
    assert await mine.answer() == said(11, "before")
    await theirs.start()
    assert await theirs.answer() == said(11)
    world.tell("one", "two")
    assert await mine.answer() == said(12, "one", "two")
    world.tell("three", area="500118002")
    assert await theirs.answer() == said(13, "three")
    assert mine.sent.empty()


@in_loop
async def test_it_goes_on_from_the_last_event_that_the_browser_knows() -> None:
    world = World()
    world.tell("one")
    world.tell("two")
    for cursor, expected in (
        (11, said(12, "two")),
        (2, said(12, refetch=True)),
        ("x", said(12, refetch=True)),
        (99, said(12, refetch=True)),
    ):
        back = world.ask(since=10, last_event_id=cursor)
        await back.start()
        assert await back.answer() == expected


@in_loop
async def test_signs_of_life_move_the_cursor_on() -> None:
    world = World(beat=0.01)
    page = world.ask()
    await page.start()
    assert await page.answer() == said(10)
    world.tell("elsewhere", area="500118002")
    while (answer := await page.answer()) != said(11):
        assert answer == said(10)


@in_loop
async def test_what_waits_is_merged_for_a_slow_reader() -> None:
    world = World()
    page = world.ask()
    await page.start()
    await page.answer()
    page.reading.clear()
    world.tell("one")
    await asyncio.sleep(0)
    for _ in range(1000):
        world.tell("one", "two")
    world.tell(*map(str, range(2000)))
    page.reading.set()
    answers = [await page.answer()]
    while answers[-1] and answers[-1]["since"] < world.batch:
        answers.append(await page.answer())
    assert answers[-1] == said(world.batch, refetch=True)
    assert len(answers) <= 2


@in_loop
async def test_who_lets_nothing_through_is_given_up() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "PATIENCE", 0.02)
        world = World()
        page = world.ask()
        await page.start()
        page.reading.clear()
        world.tell("one")
        await page.end()
        assert len(world.hub) == 0


@in_loop
async def test_a_stream_ends_with_its_token_with_its_reader_and_with_the_process() -> None:
    world = World(beat=0.01)
    page = world.ask()
    await page.start()
    await page.answer()
    world.now += LASTS
    while await page.answer() is not None:
        pass
    await page.end()
    gone = world.ask()
    await gone.start()
    gone.left.set()
    await gone.end()
    last = world.ask()
    await last.start()
    await last.answer()
    world.hub.close()
    while await last.answer() is not None:
        pass
    await last.end()
    assert len(world.hub) == 0
    assert (await world.ask().start())[0] == 503


@in_loop
async def test_nobody_waits_for_a_process_that_hears_nothing() -> None:
    world = World(beat=0.01)
    page = world.ask()
    await page.start()
    world.seconds += STALE
    while await page.answer() is not None:
        pass
    assert (await world.ask().start())[0] == 503
    assert (await world.ask(path="/health").start())[0] == 503
    world.tell("one")
    assert (await world.ask().start())[0] == 200
    assert (await world.ask(path="/health").start())[0] == 200


@in_loop
async def test_everybody_reads_again_when_the_process_began_anew() -> None:
    world = World()
    page = world.ask()
    await page.start()
    await page.answer()
    world.hub.begin(News((), 1, 4, True))  # a database that was put back from a copy
    assert await page.answer() == said(4, refetch=True)


@in_loop
async def test_it_refuses_what_it_must() -> None:
    world = World(most=EACH + 1)
    good = issue(SCOPE, now=NOON)
    for expected, asked in (
        (401, world.ask("")),
        (401, world.ask(good + "x")),
        (401, world.ask(issue(SCOPE, now=NOON - LASTS))),
        (403, world.ask(origin="https://elsewhere.example")),
        (403, world.ask(origin="null")),
        (404, world.ask(path="/")),
        (404, world.ask(path="/live/")),
        (405, world.ask(method="POST")),
    ):
        assert (await asked.start())[0] == expected
        await asked.end()
    assert len(world.hub) == 0


@in_loop
async def test_it_holds_no_more_streams_than_it_may() -> None:
    world = World(most=EACH + 1)
    first = [world.ask(issue(SCOPE, now=NOON)) for _ in range(EACH)]
    assert [(await page.start())[0] for page in first] == [200] * EACH
    assert (await world.ask(issue(SCOPE, now=NOON)).start())[0] == 503  # one token, too many
    assert (await world.ask(issue(OTHER, now=NOON)).start())[0] == 200
    assert (await world.ask(issue(OTHER, now=NOON + timedelta(seconds=1))).start())[0] == 503  # the process is full
    first[0].left.set()
    await first[0].end()
    assert (await world.ask(issue(SCOPE, now=NOON)).start())[0] == 200


@in_loop
async def test_pages_of_the_site_may_read_it_from_its_own_origin() -> None:
    world = World()
    status, headers = await world.ask(origin=ORIGIN).start()
    assert (status, headers["access-control-allow-origin"], headers["vary"]) == (200, ORIGIN, "origin")
    assert (await world.ask("", origin=ORIGIN).start())[1]["access-control-allow-origin"] == ORIGIN
