"""Inside the product: its WSGI application, called without a server."""

import io
import sys
from collections.abc import Callable
from typing import Any

from bench.clients import Answer, Client


class Inside:
    """The application, ready to be asked."""

    def __init__(self) -> None:
        from linli.site.wsgi import application

        self._application: Callable[..., Any] = application

    def ask(self, content: bytes) -> Answer:
        """Answers a request as :func:`bench.clients.request` writes it."""
        head, _, body = content.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        told: list[str] = []
        answer = self._application(
            _environ(method, path, query, lines, body), lambda status, _headers: told.append(status)
        )
        try:
            return Answer(int(told[0][:3]), b"".join(answer))
        finally:
            answer.close()

    def follow(self, client: Client) -> None:
        """Carries a client's script to its end."""
        content = next(client)
        while True:
            answer = self.ask(content)
            if answer.status >= 400:
                raise RuntimeError(f"{content[:200]!r} -> {answer.status} {answer.body.decode()}")
            try:
                content = client.send(answer)
            except StopIteration:
                return


def _environ(method: str, path: str, query: str, lines: list[str], body: bytes) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for line in lines:
        name, _, value = line.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
