"""Who a caller is, and that a request may be sent twice: tokens, sessions, idempotency keys."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.accounts import actions as accounts
from linli.accounts.models import ApiToken, User
from tests.rooms.conftest import COMMUNITY, DISTRICT, Place
from tests.rooms.site.calling import API, HERE, STATION, Caller, Hire

REPORT = {"detail": "路灯坏了", "area": COMMUNITY}


def cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return int(cursor.fetchone()[0])


# --- idempotency


def test_it_gives_the_same_answer_again_and_makes_one_case(district: Place, stranger: Caller) -> None:
    first = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-1")
    again = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert cases() == 1


def test_it_makes_a_case_for_each_report_without_a_key(district: Place, stranger: Caller) -> None:
    numbers = {stranger.post(f"{API}/reports", REPORT).body["number"] for _ in range(2)}
    assert len(numbers) == cases() == 2


def test_it_answers_a_repeated_request_whose_first_answer_was_lost(
    district: Place, stranger: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(monkeypatch):
        assert stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-2").status == 500
    assert cases() == 1
    again = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-2")
    assert again.status == 201
    assert cases() == 1
    told = stranger.post(f"{HERE}/followed", {"number": again.body["number"], "code": again.body["code"]})
    assert told.status == 200


@contextmanager
def lost_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The answer is lost after everything was written."""

    def lose(*given: Any, **named: Any) -> None:
        raise ConnectionResetError("the answer never arrived")

    with monkeypatch.context() as patched:
        patched.setattr("linli.intake.api.shown", lose)
        yield


@pytest.mark.parametrize("change", [{"detail": "井盖坏了"}, {"contact": "13812345678"}, {"photos": []}, {"area": None}])
def test_it_refuses_a_key_that_was_used_for_something_else(
    district: Place, stranger: Caller, change: dict[str, Any]
) -> None:
    first = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-3")
    other = stranger.post(f"{API}/reports", REPORT | change, Idempotency_Key="k-3")
    if change == {"photos": []}:
        assert other.body == first.body  # says the same
        return
    assert (other.status, other.code) == (422, "idempotency_body_differs")
    assert "fresh key" in other.body["detail"]
    assert cases() == 1


def test_it_does_not_keep_the_key_of_a_refused_report(district: Place, stranger: Caller) -> None:
    assert stranger.post(f"{API}/reports", REPORT | {"area": "500118999"}, Idempotency_Key="k-4").status == 422
    assert stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-4").status == 201


def test_it_lets_a_key_be_used_again_after_a_day(district: Place, stranger: Caller) -> None:
    first = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-5")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_answered SET at = at - interval '25 hours'")
    again = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-5")
    assert again.status == 201
    assert again.body["number"] != first.body["number"]
    assert stranger.post(f"{API}/reports", REPORT, Idempotency_Key="k-5").body == again.body


@pytest.mark.parametrize("key", ["x" * 200, "\xe9", "🙂".encode().decode("latin-1"), " k ", "'; --"])
def test_it_takes_any_key_of_up_to_200_characters(district: Place, stranger: Caller, key: str) -> None:
    answers = [stranger.post(f"{API}/reports", REPORT, Idempotency_Key=key) for _ in range(2)]
    assert answers[0].status == 201
    assert answers[0].body == answers[1].body


def test_it_refuses_a_longer_key(district: Place, stranger: Caller) -> None:
    answer = stranger.post(f"{API}/reports", REPORT, Idempotency_Key="x" * 201)
    assert (answer.status, answer.code) == (422, "body_invalid")


# --- tokens


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer  ", "bearer x", "Basic eDp4", "Bearer linli_wrong", "linli_wrong", "\xe9",
        "Bearer " + "x" * 10_000, "Bearer \xff\xfe", "Token x", "Bearer a b c", "Bearer 'OR 1=1--",
    ],
)  # fmt: skip
def test_it_asks_for_a_login_where_the_authorization_is_no_good(district: Place, header: str) -> None:
    for method, path in (("GET", "/cases"), ("POST", "/actions/accept"), ("GET", "/search?q=x")):
        answer = Caller().send(method, f"{HERE}{path}", authorization=header)
        assert (answer.status, answer.code) == (401, "login_needed")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_it_takes_a_token_whatever_the_case_of_its_scheme(hired: Hire) -> None:
    clerk = hired(STATION)
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert Caller().get(f"{HERE}/cases", authorization=f"{scheme} {clerk.token}").status == 200


def test_it_refuses_a_token_that_has_expired_or_was_revoked_or_whose_user_left(hired: Hire) -> None:
    expired, revoked, left = hired(STATION), hired(STATION), hired(STATION)
    ApiToken.objects.filter(user_id=expired.user).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accounts.revoke_tokens(User.objects.get(id=revoked.user), "test") == 1
    User.objects.filter(id=left.user).update(is_active=False)
    for caller in (expired, revoked, left):
        answer = caller.get(f"{HERE}/cases")
        assert (answer.status, answer.code) == (401, "login_needed")


def test_it_keeps_only_the_hash_of_a_token(hired: Hire) -> None:
    clerk = hired(STATION)
    stored = ApiToken.objects.get(user_id=clerk.user)
    assert clerk.token not in (stored.token_hash, stored.name)
    assert len(clerk.token) > 40


# --- sessions


def logged_in(caller: Caller) -> Caller:
    """The same person in a browser: a session instead of a token, and CSRF tokens demanded."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(User.objects.get(id=caller.user))
    return Caller(client=client)


def test_it_knows_somebody_who_logged_in_on_a_page(district: Place, hired: Hire) -> None:
    case = district.report().case
    assert logged_in(hired(STATION)).get(f"{HERE}/cases/{case}").status == 200


def test_it_demands_the_csrf_token_where_a_session_writes(district: Place, hired: Hire) -> None:
    case = district.report().case
    browser = logged_in(hired(STATION))
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    for headers in ({}, {"X_CSRFToken": "x" * 64}, {"X_CSRFToken": ""}):
        answer = browser.post(f"{HERE}/cases/{case}/actions/accept", {"form": form}, **headers)
        assert (answer.status, answer.code) == (403, "csrf_missing")
    assert district.state(case).version == 1
    token = "a" * 32
    browser.client.cookies["csrftoken"] = token
    assert browser.post(f"{HERE}/cases/{case}/actions/accept", {"form": form}, X_CSRFToken=token).status == 200


def test_it_tells_a_stranger_who_writes_to_log_in_and_not_about_csrf(district: Place, stranger: Caller) -> None:
    case = district.report().case
    answer = stranger.act(case, "accept")
    assert (answer.status, answer.code) == (401, "login_needed")
    stranger.client.cookies["sessionid"] = "x" * 32
    assert stranger.act(case, "accept").code == "login_needed"


def test_it_needs_no_csrf_token_beside_an_access_token(district: Place, hired: Hire) -> None:
    case = district.report().case
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    assert hired(STATION).act(case, "accept", **form).status == 200


def test_it_ends_a_session_with_the_account(district: Place, hired: Hire) -> None:
    clerk = hired(STATION)
    browser = logged_in(clerk)
    User.objects.filter(id=clerk.user).update(is_active=False)
    assert browser.get(f"{HERE}/cases").status == 401


def test_it_lets_no_cache_keep_an_answer(district: Place, stranger: Caller, hired: Hire) -> None:
    for answer in (
        hired(STATION).get(f"{HERE}/cases"),
        stranger.post(f"{API}/reports", REPORT),
        stranger.get("/api/x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


def test_it_says_nothing_of_its_inside_when_it_breaks(
    district: Place, stranger: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lost_answers(monkeypatch):
        answer = stranger.post(f"{API}/reports", REPORT)
    assert (answer.status, answer.code) == (500, "fault")
    assert "never arrived" not in json.dumps(answer.body)
    assert DISTRICT not in json.dumps(answer.body)
