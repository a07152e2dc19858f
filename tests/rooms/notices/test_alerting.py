"""One call to several units: who may call whom, who is told, and the proof of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.directory import queries as directory
from linli.ledger import queries as ledger
from linli.notices import actions, queries
from tests.rooms.conftest import DISTRICT, OTHER_TOWN, TOWN, Place
from tests.rooms.site.calling import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, hire

OTHER_CENTRE = f"{OTHER_TOWN}.command_centre"
EMPTY = f"{TOWN}.town_enforcement_team"


@pytest.fixture
def head(place: Place) -> Actor:
    place.now = timezone.now() - timedelta(hours=1)
    return someone(place, DISTRICT_CENTRE)


def someone(place: Place, unit: str) -> Actor:
    return directory.actor(hire(place, unit).user, timezone.now())


def call(place: Place, actor: Actor, *units: str, words: str = "河水漫上堤路，立即封路。") -> str:
    return actions.send_alert(
        actor, DISTRICT, units, words, now=timezone.now(), policy=place.policy, tz=place.policy.calendar.tz
    )


def proof(place: Place, actor: Actor, alert: str) -> dict[str, tuple[int, int]]:
    found = queries.alert(actor, DISTRICT, alert)
    assert found is not None
    return {one.unit: (one.told, one.read) for one in queries.proofs(found, DISTRICT)}


def test_everybody_who_is_there_is_told_and_reading_is_proven_by_unit(place: Place, head: Actor) -> None:
    chief, clerk = someone(place, CENTRE), someone(place, STATION)
    alert = call(place, head, CENTRE, STATION, EMPTY)
    assert proof(place, head, alert) == {CENTRE: (1, 0), STATION: (1, 0), EMPTY: (0, 0)}

    (notice,) = queries.of_alert(chief, DISTRICT, alert)
    assert actions.read_one(chief, DISTRICT, notice.id, now=timezone.now())
    assert proof(place, head, alert)[CENTRE] == (1, 1)
    assert proof(place, head, alert)[STATION] == (1, 0)
    assert queries.unread(clerk, DISTRICT) == 1


def test_marking_all_as_read_acknowledges_no_alert(place: Place, head: Actor) -> None:
    chief = someone(place, CENTRE)
    call(place, head, CENTRE)
    actions.read_all(chief, DISTRICT, now=timezone.now())
    assert queries.unread(chief, DISTRICT) == 1


def test_the_ledger_holds_its_digest_and_the_words_are_masked(place: Place, head: Actor) -> None:
    alert = call(place, head, CENTRE, words="联系老王 13812345678")
    found = queries.alert(head, DISTRICT, alert)
    assert found is not None
    assert "13812345678" not in found.words
    (entry,) = ledger.stream(DISTRICT, "alert", alert)
    assert (entry.type, entry.actor) == ("alert.sent", head.id)
    assert "13812345678" not in entry.payload
    assert "老王" not in entry.payload


@pytest.mark.parametrize(
    ("caller", "units", "words", "code"),
    [
        (CENTRE, (OTHER_CENTRE,), "x", "alert_not_yours"),
        (CENTRE, (DISTRICT_CENTRE,), "x", "alert_not_yours"),
        (SANITATION, (STATION,), "x", "alert_not_yours"),
        (CENTRE, ("no.such",), "x", "alert_not_yours"),
        (CENTRE, (), "x", "alert_empty"),
        (CENTRE, (STATION,), "  ", "alert_empty"),
        (CENTRE, (STATION,), "x" * 501, "alert_too_large"),
    ],
)
def test_it_refuses_what_is_not_the_callers(
    place: Place, caller: str, units: tuple[str, ...], words: str, code: str
) -> None:
    place.now = timezone.now()
    with pytest.raises(Refusal, match=f"^{code}"):
        call(place, someone(place, caller), *units, words=words)


def test_others_do_not_see_it(place: Place, head: Actor) -> None:
    stranger = someone(place, OTHER_CENTRE)
    alert = call(place, head, CENTRE)
    assert queries.alert(stranger, DISTRICT, alert) is None
    assert queries.of_alert(stranger, DISTRICT, alert) == []
