"""Runs the live process: the follower's thread, the event loop with the streams, and their end."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from linli.site.live.application import Application
from linli.site.live.changes import News
from linli.site.live.following import Follower
from linli.site.live.hub import Hub

FAREWELL = 5.0
"""Seconds that open streams get to end by themselves."""


async def run(host: str, port: int, *, most: int, origins: Iterable[str]) -> None:
    """Serves streams until the process is told to end (SIGTERM, Ctrl-C); open ones are then ended in good order.

    granian's embedded server is used because it leaves signals and the loop to us: the usual one waits for open
    streams, which never end by themselves, and then kills.
    """
    hub = Hub(most, time.monotonic)
    loop = asyncio.get_running_loop()

    def in_loop(deed: Callable[[News], None]) -> Callable[[News], None]:
        return lambda news: _hand_over(loop, deed, news)

    follower = Follower(in_loop(hub.begin), in_loop(hub.tell))
    server: Any = Server(
        Application(hub, origins),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        backlog=1024,
        backpressure=most + 64,  # requests above the limit of streams still get their refusal
        log_enabled=False,
    )
    ending = _told_to_end(loop)
    follower.start()
    serving = asyncio.create_task(server.serve())
    await asyncio.wait([serving, asyncio.create_task(ending.wait())], return_when=asyncio.FIRST_COMPLETED)
    follower.end()
    hub.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL):
            while len(hub):
                await asyncio.sleep(0.02)
    server.stop()
    await serving


def _hand_over(loop: asyncio.AbstractEventLoop, deed: Callable[[News], None], news: News) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended in between
        loop.call_soon_threadsafe(deed, news)


def _told_to_end(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    ending = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(ending.set))
        else:
            loop.add_signal_handler(name, ending.set)
    return ending
