"""The product as an operator runs it: the web server, and beside it the relay; on a free port, ended with the row."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import clients
from bench.databases import ROOT

WORKERS, THREADS = 2, 4
"""Eight connections in all: more lose on two cores."""

FIRST_PAGES = ("/", "/api/v1/docs")
"""The first page that the site has."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers, its processes, and how long it took from the start to its first page."""

    address: tuple[str, int]
    processes: list[int]
    seconds: float

    def tree(self) -> list[int]:
        """Every process of it, the server's own children too."""
        found = list(self.processes)
        for pid in found:
            found += children(pid)
        return found


@contextmanager
def served(
    environment: Mapping[str, str], *, relay: bool = False, sweep: bool = False, also: Sequence[list[str]] = ()
) -> Iterator[Serving]:
    """Runs the product until the block ends; ``also`` are further verbs."""
    port = free_port()
    verbs = [["serve", "--port", str(port), "--workers", str(WORKERS), "--threads", str(THREADS)]]
    verbs += [["relay", "--every", "0.25"]] if relay else []
    verbs += [["sweep", "--every", "15"]] if sweep else []
    verbs += also
    began = time.perf_counter()
    running = [_started(verb, environment) for verb in verbs]
    try:
        page = _wait(("127.0.0.1", port), running)
        del page
        yield Serving(("127.0.0.1", port), [process.pid for process in running], time.perf_counter() - began)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _started(verb: list[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "linli", *verb],
        env=dict(environment),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait(address: tuple[str, int], running: list["subprocess.Popen[bytes]"]) -> str:
    """The first page that answers; the site may take a while to come up.

    Raises:
        RuntimeError: a process ended, or a minute passed.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(process.poll() is not None for process in running):
            raise RuntimeError("the server ended before it answered; try: ./run linli serve")
        with suppress(OSError, clients.Refused):
            for page in FIRST_PAGES:
                with suppress(clients.Refused):
                    clients.get(address, page)
                    return page
        time.sleep(0.02)
    raise RuntimeError("the server did not answer within a minute")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """Processes that a process started. Linux."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def memory_mb(pid: int, kind: str = "Rss") -> float:
    """Memory of a process in MB: ``Rss``, or ``Pss`` (its share of what it shares). Linux."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
    return 0.0
