"""An installation where something is still missing says what, and who can help."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from linli.accounts import actions as accounts
from linli.directory import actions as directory_actions
from tests.rooms.conftest import DISTRICT, DIVISIONS
from tests.rooms.site.calling import API, HERE, NOBODYS, Caller

REPORT = {"detail": "路灯坏了"}
RECEIPT = {"number": "118-0000001-1", "code": "AAAA-AAAA-AAAA"}


@pytest.fixture
def clerk(db: None, plain_site: None) -> Caller:
    """Somebody with an account and no post."""
    user = accounts.create_user("clerk", None, "Clerk")
    return Caller(accounts.create_token(user, "test", now=timezone.now()))


def test_it_asks_for_a_district_where_none_runs(db: None, stranger: Caller, clerk: Caller) -> None:
    asked = [
        (stranger.post(f"{API}/reports", REPORT), "district_missing"),
        (stranger.post(f"{HERE}/followed", RECEIPT), "district_unknown"),
        (clerk.get(f"{HERE}/search?q=lamp"), "district_unknown"),
    ]
    assert [(answer.status, answer.code) for answer, _ in asked] == [(422, code) for _, code in asked]


def test_it_says_who_can_help_where_no_rules_are_published(
    db: None, stranger: Caller, clerk: Caller, tmp_path: Path
) -> None:
    file = tmp_path / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    now = timezone.now() - timedelta(days=1)
    directory_actions.import_areas(file, now=now)
    directory_actions.set_up_district(DISTRICT, now=now)
    for answer in (
        stranger.post(f"{API}/reports", REPORT),
        clerk.get(f"{HERE}/cases"),
        clerk.get(f"{HERE}/cases/{NOBODYS}"),
        clerk.act(NOBODYS, "accept"),
        clerk.post(f"{HERE}/actions/accept", {"cases": [NOBODYS]}),
    ):
        assert (answer.status, answer.code) == (503, "not_ready")
        assert "linli import matters --publish" in answer.body["detail"]


def test_it_shows_nothing_to_somebody_without_a_post(db: None, stranger: Caller, clerk: Caller, place: object) -> None:
    assert clerk.get(f"{HERE}/cases").body == {"lines": [], "after": None}
    assert clerk.get(f"{HERE}/search?q=lamp").body == {"lines": [], "after": None}
    assert clerk.get(f"{HERE}/cases/{NOBODYS}").status == 404
