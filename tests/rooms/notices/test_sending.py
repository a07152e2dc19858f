"""Messages go out over a real SMTP server and a real HTTP gateway, are tried again, and are logged."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.notifying import Channel, Kind, Tiding, Wishes
from linli.core.policy import Urgency
from linli.directory import queries as directory
from linli.ledger.relay import relay_batch
from linli.notices import actions, queries
from linli.notices.actions import News
from linli.notices.actions.delivering import LEASE, TRIES
from linli.notices.models import Address, Delivery
from linli.site.notifying import message
from linli.site.subscriptions import SUBSCRIPTIONS
from tests.rooms.conftest import DISTRICT, Place
from tests.rooms.site.calling import STATION, hire

KEY = "k" * 40


class Mailbox:
    """What the mail server took in; ``answer`` is what it says to the recipient."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS, settings.DEFAULT_FROM_EMAIL = False, "Linli <linli@district.example>"
    settings.SITE_ADDRESS = "https://linli.example"
    settings.NOTICE_TRANSPORTS = {"email": "linli.notices.transports.mail.Mail"}
    yield box
    server.stop()


class Gateway:
    """A provider's end of the HTTP contract."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200

    def serve(self) -> ThreadingHTTPServer:
        taken = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.requests.append((dict(self.headers), body))
                self.send_response(taken.status)
                if taken.status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(b'{"reference": "p-17"}')

            def log_message(self, *_unused: Any) -> None:
                """Says nothing."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    found = Gateway()
    server = found.serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.NOTICE_GATEWAYS = {"sms": {"url": f"http://127.0.0.1:{server.server_port}/send", "key": KEY}}
    settings.NOTICE_TRANSPORTS = {"sms": "linli.notices.transports.gateway.TextMessages"}
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def clerk(place: Place) -> Actor:
    """Somebody at the desk of the community; the day is today."""
    place.now = timezone.now() - timedelta(hours=1)
    return directory.actor(hire(place, STATION, ["desk_clerk"], language="en").user, timezone.now())


def wish(actor: Actor, channel: Channel, to: str, least: Urgency = Urgency.EXTENDED, **more: Any) -> None:
    actions.keep_address(actor, channel, to)
    actions.keep_wishes(actor, Wishes(((channel, least),), **more))


def reported(place: Place, count: int = 1) -> list[str]:
    numbers = [place.report(f"第{n}盏路灯不亮，电话13812345678。").number for n in range(count)]
    while relay_batch(SUBSCRIPTIONS, now=timezone.now()):
        pass
    return numbers


def send(at: datetime | None = None) -> Any:
    moment = at or timezone.now()
    return actions.deliver(DISTRICT, lambda: moment, message)


def test_an_e_mail_names_the_case_and_nothing_of_what_it_is_about(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    (number,) = reported(place)

    assert send().messages == 1
    ((to, mail),) = mailbox.mails
    assert to == ["clerk@district.example"]
    subject = str(make_header(decode_header(mail["Subject"])))
    text = mail.get_payload(decode=True).decode()
    assert number in subject
    assert "https://linli.example/desk/notices/" in text
    for secret in ("路灯", "138", "第0盏"):
        assert secret not in subject + text
    (logged,) = queries.sendings_of(clerk, DISTRICT)
    assert (logged.state, logged.attempts) == ("sent", 1)
    assert send().messages == 0


def test_an_alert_of_several_lines_arrives_whole_under_a_subject_of_one(
    place: Place, clerk: Actor, mailbox: Mailbox
) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    head = directory.actor(hire(place, f"{DISTRICT}.district_centre").user, timezone.now())
    actions.send_alert(
        head, DISTRICT, [STATION], "河水漫上堤路。\n立即封路。", now=timezone.now(), policy=place.policy,
        tz=place.policy.calendar.tz,
    )  # fmt: skip
    assert send().messages == 1
    ((_to, mail),) = mailbox.mails
    assert "河水漫上堤路。 立即封路。" in str(make_header(decode_header(mail["Subject"])))
    text = mail.get_payload(decode=True).decode()
    assert "河水漫上堤路。\n立即封路。" in text.replace("\r\n", "\n")


def test_several_at_once_are_one_message(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    numbers = reported(place, 3)
    assert send().messages == 1
    ((_to, mail),) = mailbox.mails
    text = mail.get_payload(decode=True).decode()
    assert all(number in text for number in numbers)


def test_nobody_gets_what_they_did_not_ask_for(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    reported(place)
    assert Delivery.objects.count() == 0  # no wishes at all
    wish(clerk, Channel.EMAIL, "clerk@district.example", Urgency.EMERGENCY)
    reported(place)
    assert Delivery.objects.count() == 0
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    actions.keep_address(clerk, Channel.EMAIL, "")
    reported(place)
    assert Delivery.objects.count() == 0


def test_a_server_that_is_down_is_tried_again_with_growing_pauses(
    place: Place, clerk: Actor, settings: Any, mailbox: Mailbox
) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    reported(place)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = timezone.now()
    for _ in range(3):
        assert send(now).failed == 1
        row = Delivery.objects.get()
        assert (row.state, bool(row.fault)) == ("waiting", True)
        assert row.due_at > now
        assert send(row.due_at - timedelta(seconds=1)).failed == 0
        now = row.due_at
    settings.EMAIL_PORT = there
    assert send(now).messages == 1
    assert len(mailbox.mails) == 1
    assert Delivery.objects.get().fault == ""


def test_a_message_that_never_gets_out_is_given_up_and_can_be_sent_again(
    place: Place, clerk: Actor, settings: Any, mailbox: Mailbox
) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    reported(place)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = timezone.now()
    for _ in range(TRIES):
        send(now)
        now += timedelta(hours=3)
    (failed,) = queries.failed_sendings(DISTRICT)
    assert failed.attempts == TRIES
    settings.EMAIL_PORT = there
    assert send(now).messages == 0
    assert actions.send_again(DISTRICT, failed.id, now=now)
    assert send(now).messages == 1
    assert not actions.send_again(DISTRICT, failed.id, now=now)


def test_an_address_that_the_server_refuses_is_given_up_at_once(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    mailbox.answer = "550 5.1.1 <clerk@district.example> is not here"
    reported(place)
    assert send().given_up == 1
    assert Delivery.objects.get().fault == "SMTP 550 5.1.1"

    Delivery.objects.all().delete()
    mailbox.answer = "451 later"
    reported(place)
    assert send().given_up == 0


def test_a_process_that_dies_while_sending_is_made_up_for_after_the_lease(
    place: Place, clerk: Actor, mailbox: Mailbox
) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    reported(place)
    now = timezone.now()

    def dies(*_unused: Any) -> Any:
        raise SystemExit

    with pytest.raises(SystemExit):
        actions.deliver(DISTRICT, lambda: now, dies)
    assert send(now + LEASE - timedelta(seconds=1)).messages == 0
    assert send(now + LEASE).messages == 1


def test_quiet_hours_put_off_what_can_wait(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    local = timezone.localtime()
    minute = local.hour * 60 + local.minute
    wish(
        clerk, Channel.EMAIL, "clerk@district.example", quiet_from=(minute - 5) % 1440, quiet_until=(minute + 30) % 1440
    )
    reported(place)
    assert send().messages == 0
    assert send(timezone.now() + timedelta(minutes=31)).messages == 1


def test_a_text_message_is_signed_and_carries_its_key(place: Place, clerk: Actor, gateway: Gateway) -> None:
    wish(clerk, Channel.SMS, "138 1234 5678")
    (number,) = reported(place)
    assert send().messages == 1
    ((headers, body),) = gateway.requests
    said = json.loads(body)
    assert (said["to"], said["channel"]) == ("138 1234 5678", "sms")
    assert number in said["text"]
    assert headers["X-Linli-Signature"] == f"sha256={hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()}"
    assert headers["Idempotency-Key"] == said["id"] == str(Delivery.objects.get().id)
    assert Delivery.objects.get().reference == "p-17"


@pytest.mark.parametrize(
    ("status", "lasting"),
    [(400, True), (404, True), (302, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_the_gateway_says_whether_trying_again_is_of_use(
    place: Place, clerk: Actor, gateway: Gateway, status: int, lasting: bool
) -> None:
    wish(clerk, Channel.SMS, "13812345678")
    gateway.status = status
    reported(place)
    assert send().given_up == lasting
    assert len(gateway.requests) == 1
    assert str(status) in Delivery.objects.get().fault


def test_a_channel_that_the_site_has_given_up_is_said_so(
    place: Place, clerk: Actor, gateway: Gateway, settings: Any
) -> None:
    wish(clerk, Channel.SMS, "13812345678")
    reported(place)
    settings.NOTICE_TRANSPORTS = {}
    assert send().given_up == 1


def test_an_address_is_kept_encrypted_and_checked(clerk: Actor) -> None:
    actions.keep_address(clerk, Channel.EMAIL, " clerk@district.example ")
    row = Address.objects.get()
    assert b"district.example" not in bytes(row.sealed)
    assert queries.address(clerk.id, Channel.EMAIL) == "clerk@district.example"
    for channel, wrong in (
        (Channel.EMAIL, "nobody"),
        (Channel.EMAIL, "a@b.example\nBcc: x@y.example"),
        (Channel.SMS, "abc"),
    ):
        with pytest.raises(Refusal, match=r"^address_invalid"):
            actions.keep_address(clerk, channel, wrong)
    assert queries.address(clerk.id, Channel.EMAIL) == "clerk@district.example"
    actions.keep_address(clerk, Channel.EMAIL, "")
    assert queries.address(clerk.id, Channel.EMAIL) is None


def test_two_senders_send_each_message_once(place: Place, clerk: Actor, mailbox: Mailbox) -> None:
    wish(clerk, Channel.EMAIL, "clerk@district.example")
    told = tuple(Tiding(Kind.CAME_IN, STATION) for _ in range(1))
    actions.post(
        DISTRICT, [News(told, Urgency.STANDARD, case=place.report().case, seq=1)],
        now=timezone.now(), tz=place.policy.calendar.tz,
    )  # fmt: skip
    moment = timezone.now()
    claimed: list[Any] = []

    def while_the_first_writes(*given: Any) -> Any:
        claimed.append(actions.deliver(DISTRICT, lambda: moment, message))
        return message(*given)

    assert actions.deliver(DISTRICT, lambda: moment, while_the_first_writes).messages == 1
    assert [done.messages for done in claimed] == [0]
    assert len(mailbox.mails) == 1
