"""The real processes: an act of a desk is seen on a stream, also by who was away, and streams end in good order."""

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from linli.catalogue import actions as catalogue_actions
from linli.directory import actions as directory_actions
from linli.ledger import actions
from linli.ledger.actions import CHANNEL
from linli.ledger.queries import newest_told
from linli.ledger.relay import relay_batch
from linli.site.live import following
from linli.site.live.changes import News
from linli.site.live.scope import Scope, issue
from tests.rooms.conftest import COMMUNITY, DISTRICT, DIVISIONS, FAR, Place
from tests.rooms.site.calling import NOBODYS, STATION

PATIENCE = 30.0
ORIGIN = "http://desk.example"


@pytest.fixture(scope="module")
def committed(own_database: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The small district in a database of its own."""
    file: Path = tmp_path_factory.mktemp("live") / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = timezone.now() - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)


@pytest.fixture
def place(committed: None) -> Place:
    return Place(now=timezone.now() - timedelta(hours=6))


def environment() -> dict[str, str]:
    """Where the processes find this test's database and keys."""
    address = make_conninfo(configured.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"])
    ((key_id, vault_key),) = configured.VAULT_KEYS.items()
    return os.environ | {
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "LINLI_SECRET_KEY": configured.SECRET_KEY,
        "LINLI_VAULT_KEY": vault_key.hex(),
        "LINLI_VAULT_KEY_ID": key_id,
        "LINLI_CODE_KEY": configured.CODE_KEY.hex(),
        "LINLI_ORIGINS": ORIGIN,
        "DJANGO_SETTINGS_MODULE": "linli.site.settings",
    }


@contextmanager
def running(*verb: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of our processes, until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", "linli", *verb], env=environment(), start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def streaming() -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A live process that follows."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with running("live", "--port", str(port)) as process:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert process.poll() is None
            with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as caller:
                caller.request("GET", "/health")
                if caller.getresponse().status == 200:
                    break
            time.sleep(0.05)
        yield process, port


class Stream:
    """An open stream, as a browser would read it."""

    def __init__(self, port: int, unit: str, place: Place, *, since: int, **headers: str) -> None:
        token = issue(Scope.of(place.person(unit), DISTRICT), now=timezone.now())
        self.caller = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        self.caller.request("GET", "/desk/live/?" + urlencode({"token": token, "since": since}), headers=sent)
        self.response = self.caller.getresponse()

    def close(self) -> None:
        self.response.close()
        self.caller.close()

    def answers(self) -> Iterator[dict[str, Any]]:
        for line in self.response:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def until(self, case: str) -> dict[str, Any]:
        """The first answer that names the case."""
        return next(answer for answer in self.answers() if case in {one["id"] for one in answer["cases"]})


Listen = Callable[..., Stream]


@pytest.fixture
def listen(place: Place) -> Iterator[Listen]:
    """Opens streams; they are closed with the test."""
    opened: list[Stream] = []

    def listening(port: int, unit: str = STATION, **how: Any) -> Stream:
        opened.append(Stream(port, unit, place, **how))
        return opened[-1]

    yield listening
    for stream in opened:
        stream.close()


def test_it_shows_an_act_on_every_stream_that_may_know_of_it(place: Place, listen: Listen) -> None:
    with running("relay", "--every", "0.1"), streaming() as (_, first), streaming() as (_, second):
        since = newest_told()
        streams = [listen(port, since=since, Origin=ORIGIN) for port in (first, second)]
        elsewhere = listen(first, f"{FAR}.community_station", since=since)
        for stream in streams:
            assert stream.response.status == 200
            assert stream.response.headers["access-control-allow-origin"] == ORIGIN
        case = place.report("路灯坏了", area=COMMUNITY).case
        for stream in streams:
            assert {"id": case, "version": 1} in stream.until(case)["cases"]
        place.accept(case)
        for stream in streams:
            assert {"id": case, "version": 2} in stream.until(case)["cases"]
        theirs = place.report("井盖坏了", area=FAR).case
        assert [one["id"] for one in elsewhere.until(theirs)["cases"]] == [theirs]


def test_who_was_away_is_told_what_happened_meanwhile(place: Place, listen: Listen) -> None:
    with running("relay", "--every", "0.1"):
        with streaming() as (process, port):
            stream = listen(port, since=newest_told())
            cursor = next(stream.answers())["since"]
            process.terminate()
            assert list(stream.answers()) == []  # the stream was ended, not cut off
            assert process.wait(PATIENCE) == 0
        case = place.report("路灯又坏了", area=COMMUNITY).case
        with streaming() as (_, port):
            again = listen(port, since=0, Last_Event_ID=str(cursor))
            found = again.until(case)
            assert not found["refetch"]
            assert next(listen(port, since=found["since"] + 1000).answers())["refetch"]


def test_it_gives_nothing_to_pages_of_others(place: Place, listen: Listen) -> None:
    with streaming() as (_, port):
        assert listen(port, since=0, Origin="http://elsewhere.example").response.status == 403


def test_the_relay_wakes_who_listens_and_an_act_does_not(place: Place) -> None:
    while relay_batch((), now=place.now):
        pass
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    try:
        case = place.report("路灯坏了", area=COMMUNITY).case
        place.accept(case)
        assert list(connection.connection.notifies(timeout=0.2)) == []
        relay_batch((), now=place.now)
        woken = list(connection.connection.notifies(timeout=PATIENCE, stop_after=1))
        assert [(notice.channel, notice.payload) for notice in woken] == [(CHANNEL, "")]
    finally:
        connection.cursor().execute(f"UNLISTEN {CHANNEL}")


def test_relays_side_by_side_commit_in_the_order_of_their_ids(committed: None) -> None:
    """A reader between the two commits would otherwise go on from the greater id and lose the smaller one."""
    entered, release, order = threading.Event(), threading.Event(), list[int]()

    def slow() -> None:
        with transaction.atomic():
            actions.announce({(DISTRICT, "case"): {NOBODYS: 1}}, now=timezone.now())
            entered.set()
            release.wait(PATIENCE)
            order.append(newest_told())
        connection.close()

    def quick() -> None:
        with transaction.atomic():
            actions.announce({(DISTRICT, "case"): {NOBODYS: 2}}, now=timezone.now())
            order.append(newest_told())
        connection.close()

    first, second = threading.Thread(target=slow), threading.Thread(target=quick)
    first.start()
    assert entered.wait(PATIENCE)
    second.start()
    second.join(0.3)
    assert second.is_alive()  # it waits for the first one's commit
    release.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert order == sorted(order)
    assert len(set(order)) == 2


def test_the_follower_goes_on_after_a_fault(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is taken away while it waits; nothing told meanwhile is lost."""
    monkeypatch.setattr(following, "_AFTER_A_FAULT", 0.05)
    begun, told = queue.Queue[News](), queue.Queue[News]()
    follower = following.Follower(begun.put, told.put)
    follower.start()
    try:
        begun.get(timeout=PATIENCE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        case = place.report("路灯坏了", area=COMMUNITY).case
        while relay_batch((), now=place.now):
            pass
        until = time.monotonic() + PATIENCE
        found: set[str] = set()
        while case not in found and time.monotonic() < until:
            found = {change.sighting.case for change in told.get(timeout=PATIENCE).changes}
        assert case in found
        assert begun.empty()
    finally:
        follower.end()
        follower.join(PATIENCE)
