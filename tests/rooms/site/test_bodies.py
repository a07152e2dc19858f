"""Bodies in pieces, without a length: read as a whole, or refused for their size; never taken for no body."""

import io
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from linli.site import bodies
from linli.site.bodies import measured
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, Place
from tests.rooms.site.calling import API, PROBLEM


@pytest.fixture(autouse=True)
def same_connection() -> Iterator[None]:
    """A handler begins a request by closing old connections, which would end the test's transaction."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


class Trickle(io.BytesIO):
    """Gives at most a few bytes at a time, as a network does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(1000, 1000 if size is None or size < 0 else size))


def send(path: str, body: bytes, content_type: str = "application/json") -> tuple[int, str, bytes]:
    """A POST as the web server hands it over: no length, and an input that ends by itself."""
    environ: dict[str, Any] = (
        RequestFactory(headers={"accept-language": "en"}).post(path, content_type=content_type).environ
    )
    environ |= {"wsgi.input": Trickle(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    del environ["CONTENT_LENGTH"]
    begun: list[tuple[str, dict[str, str]]] = []
    content = b"".join(measured(WSGIHandler())(environ, lambda status, headers: begun.append((status, dict(headers)))))
    status, headers = begun[0]
    return int(status.split()[0]), headers.get("Content-Type", ""), content


def test_it_reads_a_body_that_comes_in_pieces(district: Place) -> None:
    del district
    status, _kind, content = send(
        f"{API}/reports", json.dumps({"detail": "路灯坏了" * 400, "area": COMMUNITY}).encode()
    )

    assert status == HTTPStatus.CREATED, content


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_site")
def test_it_refuses_a_body_in_pieces_that_is_too_large_as_any_other(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
    status, kind, content = send(f"{API}/reports", json.dumps({"detail": "x" * 3_000_000}).encode())

    assert (status, kind) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, PROBLEM)
    assert json.loads(content)["code"] == "body_too_large"
    assert "2 MB" in json.loads(content)["detail"]


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_site")
def test_it_says_so_plainly_on_a_page(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    status, kind, content = send("/", b"detail=" + b"x" * 2_000_000, "application/x-www-form-urlencoded")

    assert status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert kind.startswith("text/html")
    assert b"1 MB" in content


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_site")
def test_it_says_what_to_do_with_a_form_that_is_too_large_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST", 1024 * 1024)
    client = Client(headers={"accept-language": "zh-hans"})
    page = client.post("/report/500118/", {"detail": "路灯坏了", "photos": io.BytesIO(b"x" * 1_100_000)})
    assert page.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "减少照片" in text(page)
    assert_sound(page)
    problem = client.post(f"{API}/reports", b"x" * 1_100_000, content_type="application/json")
    assert (problem.status_code, problem.headers["Content-Type"]) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, PROBLEM)


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_site")
def test_it_says_what_to_do_with_too_many_words_or_a_broken_form(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    client = Client(headers={"accept-language": "zh-hans"}, raise_request_exception=False)
    page = client.post("/report/500118/", {"detail": "路" * 2000})
    assert page.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert_sound(page)
    broken = client.post("/report/500118/", b"abc", content_type="multipart/form-data")
    assert broken.status_code == HTTPStatus.BAD_REQUEST
    assert "无法读取" in text(broken)
    assert_sound(broken)
