"""Behind a reverse proxy: HTTPS ends there, and callers are told apart. Without one nobody can pretend."""

from typing import Any

from tests.rooms.conftest import Place
from tests.rooms.site.calling import API, HERE, Caller

WRONG = {"number": "118-0000001-8", "code": "AAAA-AAAA-AAAA"}


def try_wrong_codes(stranger: Caller, start: int, addresses: list[str]) -> list[int]:
    """Statuses of wrong tries, each for another number, so that only the address is counted."""
    numbers = (f"118-{start + count:07d}" for count in range(len(addresses)))
    return [
        stranger.post(f"{HERE}/followed", WRONG | {"number": number}, X_Forwarded_For=address).status
        for number, address in zip(numbers, addresses, strict=True)
    ]


def test_it_counts_callers_behind_the_proxy_one_by_one(district: Place, stranger: Caller, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    assert set(try_wrong_codes(stranger, 0, ["6.6.6.6, 203.0.113.7"] * 60)) == {404}
    assert try_wrong_codes(stranger, 100, ["203.0.113.7", "1.1.1.1, 203.0.113.7", "203.0.113.8"]) == [429, 429, 404]


def test_it_believes_no_header_without_a_proxy(district: Place, stranger: Caller) -> None:
    assert set(try_wrong_codes(stranger, 0, [f"203.0.113.{count}" for count in range(60)])) == {404}
    assert try_wrong_codes(stranger, 100, ["203.0.113.200"]) == [429]


def test_it_does_not_send_a_caller_round_in_circles_whose_https_ends_at_the_proxy(
    district: Place, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    report = {"detail": "路灯坏了"}
    assert Caller().post(f"{API}/reports", report, X_Forwarded_Proto="https").status == 201
    assert Caller().post(f"{API}/reports", report, X_Forwarded_Proto="http").status == 301
