"""Whatever is sent, the API answers with a problem document that says what to do, never with a fault of its own."""

import base64
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from linli.core.errors import Refusal
from linli.vault.photos import re_encoded
from tests.rooms.conftest import COMMUNITY, DISTRICT, Place
from tests.rooms.site.calling import API, HERE, NOBODYS, STATION, Answer, Caller, Hire

REPORT = {"detail": "路灯坏了", "area": COMMUNITY}


def picture(width: int, height: int) -> bytes:
    """A black PNG of any size, a few kilobytes long: rows of zeros compress well."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeeze = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def assert_problem(answer: Answer) -> None:
    """The document has everything that RFC 9457 and our readers expect."""
    assert 400 <= answer.status < 500, (answer.status, answer.body)
    assert answer.is_problem, (answer.headers, answer.body)
    assert answer.body["status"] == answer.status
    assert answer.body["type"] == f"urn:linli:problem:{answer.body['code']}"
    assert answer.body["title"]
    assert len(answer.body["detail"]) > 10, answer.body


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{detail: 1}",
    "cut off": b'{"detail": "x"',
    "an array": b"[]",
    "a text": b'"detail"',
    "a number": b"7",
    "null": b"null",
    "NaN": b'{"detail": "x", "lon": NaN, "lat": NaN}',
    "Infinity": b'{"detail": "x", "lon": Infinity, "lat": 1}',
    "a number beyond all": b'{"detail": "x", "lon": 1e400, "lat": 1}',
    "five thousand digits": b'{"detail": "x", "lon": ' + b"9" * 5000 + b', "lat": 1}',
    "nested a hundred thousand deep": b'{"detail": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested eight hundred deep": b'{"detail": ' + b"[" * 800 + b"]" * 800 + b"}",
    "a lone surrogate": b'{"detail": "\\ud800 lamp"}',
    "a lone surrogate in a key": b'{"detail": "lamp", "\\udc00": 1}',
    "a surrogate in UTF-8": b'{"detail": "\xed\xa0\x80"}',
    "Latin-1": '{"detail": "café"}'.encode("latin-1"),
    "GBK": '{"detail": "路灯坏了"}'.encode("gbk"),
    "UTF-16": '{"detail": "路灯坏了"}'.encode("utf-16"),
    "form data": b"detail=x",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_it_refuses_a_body_that_is_not_a_json_object(district: Place, stranger: Caller, body: bytes) -> None:
    assert_problem(stranger.send("POST", f"{API}/reports", raw=body))


FIELDS: dict[str, dict[str, Any]] = {
    "no detail": {"detail": None},
    "blank detail": {"detail": "  \n "},
    "a number for a text": {"detail": 5},
    "a list for a text": {"detail": ["x"]},
    "true for a number": {"lon": True, "lat": True},
    "a text for a number": {"lon": "east", "lat": "north"},
    "an unknown key": {"urgency": "high"},
    "a NUL byte in a text": {"detail": "坏\x00了"},
    "a NUL byte in the title": {"title": "\x00"},
    "a NUL byte in a contact": {"contact": "\x00"},
    "a NUL byte in a code": {"area": "\x00"},
    "a NUL byte in the district": {"district": "\x00"},
    "a NUL byte in the matter": {"matter": "CM-\x00"},
    "a NUL byte in the channel": {"channel": "\x00"},
    "a megabyte of text": {"detail": "长" * 400_000},
    "a long title": {"title": "长" * 121},
    "a huge number": {"lon": 1e300, "lat": 1e300},
    "an unknown area": {"area": "500118999"},
    "an area elsewhere": {"area": "5001"},
    "emoji for an area": {"area": "🏘️"},
    "an unknown matter": {"matter": "XX-999"},
    "an unknown district": {"district": "999999"},
    "an unknown channel": {"channel": "pigeon"},
    "an unknown unit": {"complaint_targets": ["nobody"]},
    "a NUL byte in a unit": {"complaint_targets": ["\x00"]},
    "numbers for units": {"complaint_targets": [1, 2]},
    "too many units": {"complaint_targets": [STATION] * 11},
    "half a point": {"lon": 105.9},
    "swapped coordinates": {"lon": 29.35, "lat": 105.92},
    "a point elsewhere": {"lon": 2.35, "lat": 48.85},
    "broken base64": {"photos": ["not base64!"]},
    "base64 of text": {"photos": [in_base64(b"hello")]},
    "an empty photo": {"photos": [""]},
    "too many photos": {"photos": [in_base64(picture(1, 1))] * 7},
    "a photo cut off": {"photos": [in_base64(picture(400, 400)[:-30])]},
    "a photo bomb": {"photos": [in_base64(picture(30_000, 30_000))]},
    "a photo bomb below the library's own limit": {"photos": [in_base64(picture(9_000, 9_000))]},
    "a GIF": {"photos": [in_base64(b"GIF89a" + bytes(20))]},
}


@pytest.mark.parametrize("change", FIELDS.values(), ids=list(FIELDS))
def test_it_says_what_is_wrong_with_a_report(district: Place, stranger: Caller, change: dict[str, Any]) -> None:
    answer = stranger.post(f"{API}/reports", REPORT | change)
    assert_problem(answer)
    assert answer.status in (404, 422)


@pytest.mark.parametrize("size", [(30_000, 30_000), (9_000, 9_000), (6_000, 5_000)])
def test_it_opens_no_photo_that_would_fill_the_memory(district: Place, stranger: Caller, size: tuple[int, int]) -> None:
    bomb = picture(*size)
    assert len(bomb) < 250_000
    answer = stranger.post(f"{API}/reports", REPORT | {"photos": [in_base64(bomb)]})
    assert (answer.status, answer.code) == (422, "photo_too_large")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("turned", [1, 6])
def test_it_makes_a_camera_s_photo_small_and_upright(mode: str, turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    source = io.BytesIO()
    Image.new(mode, (7000, 5000)).save(source, "JPEG", exif=exif)
    with Image.open(io.BytesIO(re_encoded(source.getvalue()))) as clean:
        assert (clean.format, clean.mode) == ("JPEG", "RGB")
        assert clean.size == ((2048, 1463) if turned == 1 else (1463, 2048))
        assert not clean.getexif()


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "RGB", "RGBA", "I;16"])
def test_it_takes_every_kind_of_png(mode: str) -> None:
    source = io.BytesIO()
    Image.new(mode, (60, 40)).save(source, "PNG")
    with Image.open(io.BytesIO(re_encoded(source.getvalue()))) as clean:
        assert (clean.format, clean.mode, clean.size) == ("JPEG", "RGB", (60, 40))


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_it_refuses_or_cleans_a_photo_damaged_anywhere(kind: str, data: st.DataObject) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    source = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).convert("RGB").save(source, kind, exif=exif)
    damaged = bytearray(source.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(damaged)) in ("cleaned", "photo_unreadable", "photo_too_large")


def outcome(content: bytes) -> str:
    """``cleaned``, or why it was refused."""
    try:
        return "cleaned" if re_encoded(content).startswith(b"\xff\xd8") else "not a JPEG"
    except Refusal as refusal:
        return refusal.code


def test_it_takes_emoji_and_everything_else_that_text_may_hold(district: Place, stranger: Caller) -> None:
    for text in (
        "楼道灯不亮😡",
        "𠮷野家",
        "\u202eright to left",
        "a\r\nb\tc",
        "'; DROP TABLE x; --",
        "=cmd|' /C calc'!A0",
    ):
        assert stranger.post(f"{API}/reports", REPORT | {"detail": text}).status == 201


def test_it_refuses_a_body_of_twenty_megabytes(district: Place, stranger: Caller) -> None:
    answer = stranger.send("POST", f"{API}/reports", raw=b'{"detail": "' + b"x" * 20_000_000 + b'"}')
    assert_problem(answer)
    assert answer.status == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""])
def test_it_refuses_another_content_type(district: Place, stranger: Caller, kind: str) -> None:
    for raw in (b"detail=x", b"--x\r\nContent-Disposition: form-data; name=detail\r\n\r\nx\r\n--x--\r\n"):
        assert_problem(stranger.send("POST", f"{API}/reports", raw=raw, content_type=kind))


ADDRESSES = [
    ("PUT", "/reports"),
    ("GET", "/reports"),
    ("DELETE", f"/{DISTRICT}/cases"),
    ("PATCH", f"/{DISTRICT}/cases/{NOBODYS}"),
    ("POST", f"/{DISTRICT}/search"),
    ("GET", "/"),
    ("GET", "/nothing"),
    ("POST", "/nothing"),
    ("GET", f"/{DISTRICT}/cases/not-a-uuid"),
    ("GET", f"/{DISTRICT}/cases/{NOBODYS}/"),
    ("GET", "/%00/cases"),
    ("GET", f"/{DISTRICT}/cases/{NOBODYS}%00"),
    ("GET", "/%ED%A0%80/cases"),
    ("GET", "/999999/cases"),
    ("GET", "/999999/search?q=lamp"),
    ("GET", f"/999999/cases/{NOBODYS}"),
    ("GET", f"/999999/cases/{NOBODYS}/ledger"),
    ("GET", f"/{DISTRICT}/cases/{NOBODYS}"),
    ("GET", f"/{DISTRICT}/cases/{NOBODYS}/ledger"),
    ("GET", f"/{DISTRICT}/cases?size=0"),
    ("GET", f"/{DISTRICT}/cases?size=1000000000"),
    ("GET", f"/{DISTRICT}/cases?size=-1"),
    ("GET", f"/{DISTRICT}/cases?size=many"),
    ("GET", f"/{DISTRICT}/cases?scope=world"),
    ("GET", f"/{DISTRICT}/cases?step=%00"),
    ("GET", f"/{DISTRICT}/cases?step=x"),
    ("GET", f"/{DISTRICT}/cases?key=%00"),
    ("GET", f"/{DISTRICT}/search"),
    ("GET", f"/{DISTRICT}/search?q="),
    ("GET", f"/{DISTRICT}/search?q={'x' * 201}"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_it_answers_wrong_addresses_methods_and_parameters(hired: Hire, method: str, path: str) -> None:
    answer = hired(STATION).send(method, f"{API}{path}")
    assert_problem(answer)
    assert answer.status in (404, 405, 422)


def test_it_finds_nothing_where_a_search_holds_no_words(hired: Hire) -> None:
    clerk = hired(STATION)
    for text in ("%00", "%ED%A0%80", "%F0%9F%98%A1", "%27", "%25", "__", "118-0000001-"):
        assert clerk.get(f"{HERE}/search?q={text}").body == {"lines": [], "after": None}


CURSORS = [
    "x",
    "====",
    "%00",
    "路",
    in_base64(b"x|y"),
    in_base64(b"2026-11-16T01:00:00|" + NOBODYS.encode()),
    in_base64(f"0001-01-01T00:00:00+23:59|{NOBODYS}".encode()),
    in_base64(f"9999-12-31T23:59:59-23:59|{NOBODYS}".encode()),
    in_base64(f"2026-11-16T01:00:00+00:00|{NOBODYS}|z".encode()),
    in_base64(b"\xff\xfe|\x00"),
    "A" * 201,
]


@pytest.mark.parametrize("cursor", CURSORS)
def test_it_refuses_a_cursor_that_it_did_not_give(hired: Hire, cursor: str) -> None:
    assert_problem(hired(STATION).get(f"{HERE}/cases?after={cursor}"))


ACCEPT = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
FORMS: dict[str, Any] = {
    "no form": {},
    "an array": {"form": []},
    "a text": {"form": "x"},
    "unknown keys": {"form": {"x": 1, "\x00": 2, "🙂": 3}},
    "a thousand keys": {"form": {f"k{n}": n for n in range(1000)}},
    "numbers for codes": {"form": {"matter": 1, "urgency": 2, "area": 3}},
    "lists for codes": {"form": {"matter": [], "urgency": ["x"], "area": {}}},
    "NUL bytes": {"form": {"matter": "\x00", "urgency": "\x00", "area": "\x00"}},
    "emoji": {"form": {"matter": "🙂", "urgency": "🙂", "area": "🙂"}},
    "a number for units": {"form": ACCEPT | {"complaint_targets": 5}},
    "true for units": {"form": ACCEPT | {"complaint_targets": True}},
    "an object for units": {"form": ACCEPT | {"complaint_targets": {"a": 1}}},
    "nested lists for units": {"form": {"complaint_targets": [[["x"]]]}},
    "an unknown unit": {"form": ACCEPT | {"complaint_targets": ["x"]}},
    "a wrong version": {"form": {}, "version": "new"},
    "version 0": {"form": {}, "version": 0},
    "version true": {"form": {}, "version": True},
    "an extra key": {"form": {}, "force": True},
}  # fmt: skip


@pytest.mark.parametrize("body", FORMS.values(), ids=list(FORMS))
def test_it_says_what_is_wrong_with_a_form(district: Place, hired: Hire, body: dict[str, Any]) -> None:
    case = district.report().case
    answer = hired(STATION).post(f"{HERE}/cases/{case}/actions/accept", body)
    assert_problem(answer)
    assert answer.status == 422
    assert district.state(case).version == 1


@pytest.mark.parametrize(
    "action", ["fly", "%00", "%F0%9F%99%82", "a" * 500, "accept%2F", "join", "part_ended", "remind"]
)
def test_it_refuses_an_action_that_is_not_to_be_had(district: Place, hired: Hire, action: str) -> None:
    case = district.report().case
    assert_problem(hired(STATION).post(f"{HERE}/cases/{case}/actions/{action}", {"form": {}}))
    assert district.state(case).version == 1


MERGES = ["x", "\x00", NOBODYS, "🙂", 5, ["x"], {"a": 1}, "", "0" * 5000, "118-0000001-1"]


@pytest.mark.parametrize("into", MERGES)
def test_it_refuses_to_merge_into_nothing(district: Place, hired: Hire, into: Any) -> None:
    case = district.report().case
    answer = hired(STATION).act(case, "merge", into=into)
    assert_problem(answer)
    assert answer.status == 422


NUMBERS = ["x", "--5", "9" * 5000, "1e3", 1.5, 1e308, True, [1], "²", -1, 0, 10**30, 2**53, "\x00"]


@pytest.mark.parametrize("amount", NUMBERS)
def test_it_refuses_a_number_that_is_none(district: Place, hired: Hire, amount: Any) -> None:
    case = district.report().case
    state = district.bring_to(case, "handling")
    answer = hired(state.owner or "").act(case, "ask_extension", reason="complex", words="难", amount=amount)
    assert_problem(answer)
    assert answer.status == 422


TEXTS = [5, True, ["x"], {"a": "b"}, "   ", "", None, "\x00", "长" * 20_001]


@pytest.mark.parametrize("text", TEXTS)
def test_it_refuses_a_text_that_is_none(district: Place, hired: Hire, text: Any) -> None:
    case = district.report().case
    form = {"reason": "outside_remit", "right_channel": "court", "words": text}
    answer = hired(STATION).act(case, "decline", **form)
    assert_problem(answer)
    assert answer.status == 422


def test_it_keeps_a_photo_of_a_form_only_when_it_is_one(district: Place, hired: Hire) -> None:
    case = district.report().case
    state = district.bring_to(case, "handling")
    worker = hired(state.owner or "")
    form = {"result": "solved", "what_was_done": "好了。", "reporter_contacted": "yes"}
    for evidence in ("not base64!", in_base64(b"text"), in_base64(picture(30_000, 30_000)), 5, ["x"], {"a": 1}):
        answer = worker.act(case, "report_back", evidence=evidence, **form)
        assert_problem(answer)
        assert answer.status == 422
    exif = Image.Exif()
    exif[0x9286] = "secret comment"
    source = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(source, "JPEG", exif=exif)
    assert worker.act(case, "report_back", evidence=in_base64(source.getvalue()), **form).status == 200
    assert opened_photo(district, case).startswith(b"\xff\xd8")
    assert b"secret" not in opened_photo(district, case)


def opened_photo(place: Place, case: str) -> bytes:
    """The photo of a case as it lies in the vault."""
    from linli.vault import actions as vault
    from linli.vault import queries as vaulted

    item = next(item for item, kind, _ in vaulted.kinds(DISTRICT, case) if kind == "photo")
    return vault.reveal(place.person(STATION), district=DISTRICT, case=case, item=item, reason="核对", now=place.now)


BULKS: dict[str, Any] = {
    "no case": {"cases": []},
    "no list": {"cases": NOBODYS},
    "no uuid": {"cases": ["x"]},
    "a NUL byte": {"cases": ["\x00"]},
    "numbers": {"cases": [1]},
    "too many": {"cases": [NOBODYS] * 501},
    "an extra key": {"cases": [NOBODYS], "version": 1},
}


@pytest.mark.parametrize("body", BULKS.values(), ids=list(BULKS))
def test_it_says_what_is_wrong_with_a_bulk_act(hired: Hire, body: dict[str, Any]) -> None:
    assert_problem(hired(STATION).post(f"{HERE}/actions/accept", body))


def test_it_gives_each_case_of_a_bulk_act_its_own_refusal(district: Place, hired: Hire) -> None:
    mine = district.report().case
    answer = hired(STATION).post(f"{HERE}/actions/accept", {"cases": [mine, NOBODYS], "form": {"area": 5}})
    assert answer.status == 200
    assert [line["refused"] for line in answer.body] == ["form_invalid", "case_unknown"]
    assert all(line["words"] for line in answer.body)


def test_it_speaks_the_readers_language(district: Place) -> None:
    said = {
        language: Caller(language=language).post(f"{API}/reports", {"detail": "x", "size": 1}).body
        for language in ("zh-CN", "zh-Hans", "en", "en-GB,en;q=0.8", "fr", "", "\xe9", "x" * 5000)
    }
    assert "更正" in said["zh-CN"]["detail"]
    assert "point" in said["en"]["detail"]
    assert said["zh-CN"]["detail"] == said["zh-Hans"]["detail"] == said["fr"]["detail"] == said[""]["detail"]
    assert said["en"]["detail"] == said["en-GB,en;q=0.8"]["detail"]
    assert said["en"]["errors"][0]["where"] == ["body", "body", "size"] or "size" in said["en"]["errors"][0]["where"]
    assert said["en"]["errors"][0]["what"] != said["zh-CN"]["errors"][0]["what"]
