"""HTTP clients over connections that stay open: many at a time in one thread, as little of the machine as possible.

A client is a generator that yields requests and is sent answers; so a client whose next request depends on the last
answer (a whole lifecycle) is written as straight code.
"""

import json
import selectors
import socket
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


Client = Generator[bytes, Answer, None]


@dataclass
class Ran:
    """What the clients did: seconds in all, the time of every request, and how many clients' scripts came to an end."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    finished: int = 0

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


class Refused(Exception):
    """The server answered something else than success: a figure made of errors is none."""


def request(method: str, path: str, body: object = None, token: str = "", **headers: str) -> bytes:
    """A request ready to be sent."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if body is not None:
        lines += ["Content-Type: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class _Connection:
    """One open connection and the client that uses it."""

    def __init__(self, address: tuple[str, int], client: Client) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client = client
        self.received = b""
        self.began = 0.0

    def send(self, content: bytes) -> None:
        self.began = time.perf_counter()
        self.socket.sendall(content)

    def receive(self) -> Answer | None:
        """The answer, if all of it is there."""
        part = self.socket.recv(262_144)
        if not part:
            raise Refused("the server closed the connection")
        self.received += part
        head, mark, rest = self.received.partition(b"\r\n\r\n")
        if not mark:
            return None
        lower = head.lower()
        place = lower.find(b"content-length:")
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(rest) < length:
            return None
        self.received = rest[length:]
        return Answer(int(head[9:12]), rest[:length])


def drive(address: tuple[str, int], clients: list[Client], *, seconds: float) -> Ran:
    """Lets the clients run side by side; each stops at its first answer after ``seconds``.

    Raises:
        Refused: an answer had a status of 400 or more.
    """
    ran = Ran()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            connection = _Connection(address, client)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began = time.perf_counter()
        for key in list(selector.get_map().values()):
            key.data.send(next(key.data.client))
        while selector.get_map():
            for key, _ in selector.select():
                if not _step(key.data, ran, began + seconds):
                    selector.unregister(key.data.socket)
                    key.data.socket.close()
        ran.seconds = time.perf_counter() - began
    return ran


def _step(connection: _Connection, ran: Ran, until: float) -> bool:
    """Takes an answer, if it is whole, and sends the next request; False when the client is done."""
    answer = connection.receive()
    if answer is None:
        return True
    now = time.perf_counter()
    ran.latencies.append(now - connection.began)
    if answer.status >= 400:
        raise Refused(f"{answer.status}: {answer.body[:2000].decode(errors='replace')}")
    try:
        following = connection.client.send(answer)
    except StopIteration:
        ran.finished += 1
        return False
    if now >= until and following is not None:
        connection.client.close()
        return False
    connection.send(following)
    return True


def endless(requests: list[bytes]) -> Client:
    """A client that sends one request after the other, round and round."""
    while True:
        yield from requests


def is_up(address: tuple[str, int], path: str) -> bool:
    """Whether a server answers there with success."""
    try:
        return get(address, path).status == HTTPStatus.OK
    except (OSError, Refused):
        return False


def get(address: tuple[str, int], path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One request on a connection of its own; used to see whether the server is up."""
    found: list[Answer] = []

    def once() -> Client:
        found.append((yield request("GET", path, **(headers or {}))))

    drive(address, [once()], seconds=60)
    return found[0]
