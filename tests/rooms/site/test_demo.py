"""The demo's plot, played for real: every action in every step, and a database that proves afterwards."""

from itertools import islice
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from linli.cases import replay
from linli.catalogue import queries as catalogue
from linli.ledger import queries as ledger
from linli.site.demo import building, working
from linli.site.demo.building import DISTRICT, first_day, hire
from linli.site.demo.story import pairs


@pytest.mark.slow
@pytest.mark.django_db
def test_it_takes_every_action_in_every_step_by_acts_a_person_could_take(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SHARED_DATA = Path("/nonexistent")  # the package's own messages: the demo must work without the real ones
    monkeypatch.setattr(building, "EVERYDAY", 20)
    said: list[str] = []
    now = timezone.now()
    building.set_up_rules(now, said.append)
    staff, logins = hire(DISTRICT, building.new_password(), now=first_day(now))
    building.bring_in(None, now, said.append)
    tally = building.carry(staff, now=now, say=said.append)
    policy = catalogue.policy(DISTRICT)
    wanted = {
        (procedure.name, action, step)
        for procedure in (policy.current_procedure("standard"), policy.current_procedure("part"))
        for action, step in pairs(procedure)
    }
    assert wanted - {turn for turn, times in tally.acts.items() if times} == set()
    assert tally.stuck == {}
    assert len(logins) > 10
    monkeypatch.setattr(working, "PAUSE_SECONDS", 0)
    before = len(list(building.waiting(timezone.now())))
    carried = list(islice(working.work(), 20))
    assert len(set(carried)) == 20
    assert len(list(building.waiting(timezone.now()))) <= before - 15, "the staff goes on working afterwards"
    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify())
