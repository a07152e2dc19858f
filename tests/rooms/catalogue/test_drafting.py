"""Changing the catalogue: drafts, conflicts, retired matters, four eyes; open cases keep what was promised to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from linli.accounts import actions as accounts
from linli.cases import replay
from linli.catalogue import actions, coverage, queries, queries_drafts
from linli.catalogue.actions import Preparing, PublishError
from linli.catalogue.actions.publishing import stream_of
from linli.catalogue.matter_rows import MatterRow
from linli.catalogue.models import Matter
from linli.core.calendar import Limit
from linli.core.errors import Refusal
from linli.directory import actions as directory
from linli.directory.queries import keep_lookups
from linli.ledger import queries as ledger
from tests.rooms.conftest import DISTRICT, MONDAY, Place

LAMP, FRAUD = "CM-006", "SL-009"
CENTRE = f"{DISTRICT}.district_centre"


def who(by: str = "u1") -> Preparing:
    return Preparing(by, f"{CENTRE}.administrator", DISTRICT, "1.1", MONDAY)


def stamp(code: str) -> str:
    return queries_drafts.standing()[code].stamp


def keep(code: str, by: str = "u1", seen: str | None = None, **changes: Any) -> bool:
    found = queries_drafts.standing()[code]
    made = MatterRow(0, found.wave, replace(found.matter, **changes))
    return actions.keep_matter(who(by), made, found.stamp if seen is None else seen)


def revision() -> int:
    found = queries_drafts.draft()
    assert found is not None
    return found.revision


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


@pytest.fixture
def administrators(place: Place) -> list[str]:
    """Two people who administer the district."""
    del place
    users = [accounts.create_user(name, None, name) for name in ("one", "two")]
    directory.hold_posts([(str(user.id), f"{CENTRE}.administrator") for user in users], since=MONDAY - timedelta(1))
    return [str(user.id) for user in users]


# --- the draft


def test_the_first_change_begins_a_draft_as_a_copy_of_what_is_published(place: Place) -> None:
    before = dict(place.policy.matters)
    assert queries_drafts.draft() is None
    assert keep(LAMP, handle_limit=Limit.parse("8wh"))
    found = queries_drafts.draft()
    assert found is not None
    assert (found.base, found.source, found.revision) == (before[LAMP].version, "", 1)
    assert set(queries.matters(found.number)) == set(before)
    assert place.policy.matters == before, "a draft is not in force"
    assert queries_drafts.standing()[LAMP].published == before[LAMP]


def test_it_says_who_changed_what_and_when_in_the_draft_and_in_the_ledger(place: Place) -> None:
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    actions.retire_matter(who("u2"), FRAUD, stamp(FRAUD), retired=True)
    number = queries.draft_number()
    assert number is not None
    changes = [(change.code, change.what, change.by) for change in queries_drafts.changes(number)]
    assert changes == [(FRAUD, "retired", "u2"), (LAMP, "edited", "u1")]
    entries = ledger.stream(DISTRICT, "catalogue", str(stream_of(DISTRICT)))[1:]
    assert [(entry.type, entry.actor, entry.post) for entry in entries] == [
        ("policy.draft_changed", "u1", f"{CENTRE}.administrator"),
        ("policy.draft_changed", "u2", f"{CENTRE}.administrator"),
    ]
    assert f'"matter":"{LAMP}"' in entries[0].payload


def test_keeping_what_stands_already_changes_nothing(place: Place) -> None:
    del place
    assert not keep(LAMP)
    assert queries_drafts.draft() is None


def test_two_who_edit_the_same_matter_conflict_and_two_matters_do_not(place: Place) -> None:
    del place
    seen = stamp(LAMP)
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    assert refused(lambda: keep(LAMP, "u2", seen, handle_limit=Limit.parse("6wh"))) == "draft_matter_moved"
    assert refused(lambda: actions.retire_matter(who("u2"), LAMP, seen, retired=True)) == "draft_matter_moved"
    assert refused(lambda: actions.undo_matter(who("u2"), LAMP, seen)) == "draft_matter_moved"
    assert keep(FRAUD, "u2", notes="checked")
    assert queries_drafts.standing()[LAMP].matter.handle_limit == Limit.parse("8wh")


def test_two_who_add_the_same_code_conflict(place: Place) -> None:
    lamp = place.policy.matters[LAMP]
    new = MatterRow(0, 1, replace(lamp, code="EE-099", name_zh="新事项", name_en="New"))
    assert actions.keep_matter(who(), new, "")
    assert refused(lambda: actions.keep_matter(who("u2"), new, "")) == "draft_matter_moved"


def test_the_next_code_follows_all_that_were_ever_given(place: Place) -> None:
    numbers = sorted(code for code in place.policy.matters if code.startswith("EE-"))
    first = queries_drafts.next_codes(["EE", "ZZ"])
    assert first["ZZ"] == "ZZ-001"
    assert first["EE"] > numbers[-1]
    lamp = place.policy.matters[LAMP]
    actions.keep_matter(who(), MatterRow(0, 1, replace(lamp, code=first["EE"], name_zh="新", name_en="New")), "")
    assert queries_drafts.next_codes(["EE"])["EE"] > first["EE"]


def test_a_matter_with_problems_does_not_get_into_the_draft(place: Place) -> None:
    del place
    with pytest.raises(PublishError, match="is longer than handle_limit"):
        keep(LAMP, accept_limit=Limit.parse("9wh"), handle_limit=Limit.parse("8wh"))
    assert queries_drafts.draft() is None


def test_one_change_is_undone_and_the_others_stay(place: Place) -> None:
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    keep(FRAUD, notes="checked")
    actions.undo_matter(who(), LAMP, stamp(LAMP))
    found = queries_drafts.standing()
    assert found[LAMP].matter.handle_limit == place.policy.matters[LAMP].handle_limit
    assert found[FRAUD].matter.notes == "checked"


def test_undoing_or_retiring_what_was_never_published_drops_it(place: Place) -> None:
    lamp = place.policy.matters[LAMP]
    for code in ("EE-098", "EE-099"):
        actions.keep_matter(who(), MatterRow(0, 1, replace(lamp, code=code, name_zh=code, name_en=code)), "")
    actions.undo_matter(who(), "EE-098", stamp("EE-098"))
    actions.retire_matter(who(), "EE-099", stamp("EE-099"), retired=True)
    assert not {"EE-098", "EE-099"} & set(queries_drafts.standing())


def test_a_discarded_draft_is_gone_with_its_rows_and_its_changes_stay_written_down(place: Place) -> None:
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    number = queries.draft_number()
    assert number is not None
    assert refused(lambda: actions.discard_draft(who(), 7)) == "draft_moved"
    actions.discard_draft(who(), 1)
    assert queries_drafts.draft() is None
    assert not Matter.objects.filter(catalogue_number=number).exists()
    assert len(queries_drafts.changes(number)) == 1
    assert refused(lambda: actions.discard_draft(who(), 1)) == "draft_moved"
    del place


def test_a_file_goes_into_the_same_draft_and_is_named_and_keeps_what_it_has_no_column_for(
    place: Place, tmp_path: Path
) -> None:
    del place
    actions.retire_matter(who(), LAMP, stamp(LAMP), retired=True)
    header, *rows = (Path(actions.__file__).parents[1] / "data" / "matters.csv").read_text("utf-8").splitlines()
    row = next(r for r in rows if r.startswith(LAMP)).replace(",1wh,4wh,", ",1wh,8wh,")
    (tmp_path / "m.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    actions.propose_draft(who(), revision(), "why")
    actions.import_matters(tmp_path / "m.csv", now=MONDAY)
    found = queries_drafts.draft()
    assert found is not None
    assert (found.source, found.proposed_by) == ("m.csv", "")
    matter = queries_drafts.standing()[LAMP].matter
    assert (matter.retired, str(matter.handle_limit)) == (True, "8wh")
    assert queries_drafts.changes(found.number)[0].what == "imported"


# --- publishing


def test_one_administrator_alone_publishes_with_a_note(place: Place) -> None:
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    assert refused(lambda: actions.publish_draft(who(), 1, "  ")) == "draft_note_missing"
    published = actions.publish_draft(who(), 1, "按 2027 年标准")
    newest = queries.publications()[0]
    assert (newest.number, newest.note, newest.published_by) == (published.number, "按 2027 年标准", "u1")
    entry = ledger.stream(DISTRICT, "catalogue", str(stream_of(DISTRICT)))[-1]
    assert entry.type == "policy.published"
    assert '"note":"' in entry.payload
    assert "2027" not in entry.payload, "texts do not belong into the ledger"
    assert place.policy.matters[LAMP].handle_limit == Limit.parse("8wh")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Matter.objects.filter(catalogue_number=newest.catalogue).update(retired=True)


def test_where_two_administer_one_proposes_and_the_other_publishes(administrators: list[str]) -> None:
    one, two = administrators
    keep(LAMP, one, handle_limit=Limit.parse("8wh"))
    assert refused(lambda: actions.publish_draft(who(one), 1, "why")) == "draft_second_person"
    actions.propose_draft(who(one), 1, "why")
    assert refused(lambda: actions.publish_draft(who(one), 1, "why")) == "draft_second_person"
    actions.publish_draft(who(two), 1, "why")
    newest = queries.publications()[0]
    assert (newest.proposed_by, newest.published_by) == (one, two)
    entry = ledger.stream(DISTRICT, "catalogue", str(stream_of(DISTRICT)))[-1]
    assert (entry.actor, f'"proposed_by":"{one}"' in entry.payload) == (two, True)


def test_any_change_takes_the_proposal_back(administrators: list[str]) -> None:
    one, two = administrators
    keep(LAMP, one, handle_limit=Limit.parse("8wh"))
    actions.propose_draft(who(one), 1, "why")
    keep(FRAUD, two, notes="checked")
    assert refused(lambda: actions.publish_draft(who(two), 1, "why")) == "draft_moved"
    assert refused(lambda: actions.publish_draft(who(two), 2, "why")) == "draft_second_person"
    actions.propose_draft(who(two), 2, "why")
    assert actions.publish_draft(who(one), 2, "why").new


def test_the_setting_lets_one_person_publish(administrators: list[str], settings: Any) -> None:
    settings.PUBLISH_BY_TWO = False
    keep(LAMP, administrators[0], handle_limit=Limit.parse("8wh"))
    assert actions.publish_draft(who(administrators[0]), 1, "why").new


def test_a_draft_that_differs_in_nothing_is_not_published(place: Place) -> None:
    del place
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    actions.undo_matter(who(), LAMP, stamp(LAMP))
    assert refused(lambda: actions.publish_draft(who(), 2, "why")) == "draft_unchanged"
    assert refused(lambda: actions.propose_draft(who(), 2, "why")) == "draft_unchanged"


def test_what_the_checks_find_stops_the_publication(place: Place) -> None:
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    Matter.objects.filter(catalogue_number=queries.draft_number(), code=LAMP).update(accept_limit="9wh")
    with pytest.raises(PublishError, match=LAMP):
        actions.publish_draft(who(), 1, "why")
    assert place.policy.matters[LAMP].handle_limit == Limit.parse("4wh")
    Matter.objects.filter(catalogue_number=queries.draft_number(), code=LAMP).update(retired=True)
    assert actions.publish_draft(who(), 1, "why").new, "what is retired is not judged any more"


def test_what_another_process_published_is_followed(place: Place) -> None:
    """Within a test nothing is committed, so this process was told nothing: it asks for the version each time."""
    before = place.policy
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    actions.publish_draft(who(), 1, "why")
    assert queries.policy(DISTRICT).version != before.version
    assert queries.policy(DISTRICT).matters[LAMP].handle_limit == Limit.parse("8wh")


def test_what_this_process_published_it_goes_by_at_once(place: Place, django_capture_on_commit_callbacks: Any) -> None:
    """A web server asks for the version only once a second; after its own publication it asks at once."""
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    assert place.policy.matters[LAMP].handle_limit == Limit.parse("4wh")
    keep_lookups(60)
    try:
        with django_capture_on_commit_callbacks() as told:
            actions.publish_draft(who(), 1, "why")
        assert place.policy.matters[LAMP].handle_limit == Limit.parse("4wh"), "the transaction goes on"
        for tell in told:
            tell()
        assert place.policy.matters[LAMP].handle_limit == Limit.parse("8wh")
    finally:
        keep_lookups(0)


# --- earlier versions


def test_a_draft_from_an_earlier_publication_brings_it_back_and_retires_what_came_since(place: Place) -> None:
    first = queries.publications()[0]
    lamp = place.policy.matters[LAMP]
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    actions.keep_matter(who(), MatterRow(0, 1, replace(lamp, code="EE-099", name_zh="新", name_en="New")), "")
    assert refused(lambda: actions.copy_publication(who(), first.number)) == "draft_open"
    actions.publish_draft(who(), 2, "why")
    assert refused(lambda: actions.copy_publication(who(), queries.publications()[0].number)) == "draft_same"
    assert refused(lambda: actions.copy_publication(who(), 12345)) == "publication_unknown"
    actions.copy_publication(who(), first.number)
    found = queries_drafts.standing()
    assert found[LAMP].matter.handle_limit == lamp.handle_limit
    assert found["EE-099"].matter.retired
    actions.publish_draft(who(), revision(), "back")
    assert [p.catalogue for p in queries.publications()] == sorted({p.catalogue for p in queries.publications()})[::-1]
    assert len(queries.publications()) == 3


# --- cases under way


def test_an_open_case_keeps_its_promise_and_a_new_one_gets_the_new_limit(place: Place) -> None:
    case, waiting = place.report().case, place.report().case
    place.bring_to(case, "dispatched")
    place.accept(waiting)
    promised = place.state(case).promise
    keep(LAMP, handle_limit=Limit.parse("8wh"))
    actions.publish_draft(who(), 1, "why")
    for act in ("acknowledge",):
        place.act(case, act)
    assert place.state(case).promise == promised
    assert str(place.state(case).promise.limit) == "4wh"  # type: ignore[union-attr]
    for fresh in (place.report().case, waiting):
        if fresh != waiting:
            place.accept(fresh)
        place.dispatch(fresh)
        assert str(place.state(fresh).promise.limit) == "8wh", "what is dispatched from now on"  # type: ignore[union-attr]
    assert [found for found in replay.compare(DISTRICT) if found] == []


@pytest.mark.parametrize("step", ["registered", "dispatched", "handling", "done", "verified", "replied"])
def test_a_case_of_a_retired_matter_is_carried_to_its_end(place: Place, step: str) -> None:
    case = place.report().case
    place.bring_to(case, step)
    actions.retire_matter(who(), LAMP, stamp(LAMP), retired=True)
    actions.publish_draft(who(), 1, "why")
    assert LAMP not in place.policy.offered
    rest = ["registered", "dispatched", "handling", "done", "verified", "replied", "closed"]
    for name in rest[rest.index(step) + 1 :]:
        _one_step(place, case, name)
    assert place.state(case).step == "closed"
    assert [found for found in replay.compare(DISTRICT) if found] == []


def test_a_case_of_a_retired_matter_can_be_reclassified_and_no_other_can_come_to_it(place: Place) -> None:
    kept, other, fresh = (place.report().case for _ in range(3))
    place.accept(kept)
    place.accept(other, "CM-001")
    actions.retire_matter(who(), LAMP, stamp(LAMP), retired=True)
    actions.publish_draft(who(), 1, "why")
    assert refused(lambda: place.accept(fresh)) == "matter_retired"
    assert refused(lambda: _reclassify(place, other, LAMP)) == "matter_retired"
    assert _reclassify(place, kept, LAMP).matter == LAMP
    assert _reclassify(place, kept, "CM-001").matter == "CM-001"
    assert refused(lambda: place.report(matter=LAMP)) == "matter_retired"


def test_a_retired_matter_comes_back(place: Place) -> None:
    for retired in (True, False):
        actions.retire_matter(who(), LAMP, stamp(LAMP), retired=retired)
        actions.publish_draft(who(), 1, "why")
        assert (LAMP in place.policy.offered) is not retired


def test_the_coverage_check_leaves_retired_matters_out(place: Place) -> None:
    unled = replace(place.policy.matters[LAMP], lead_unit_type="nobody", co_unit_types=())
    for retired in (False, True):
        matters = {LAMP: replace(unled, retired=retired)}
        found = coverage.check(replace(place.policy, matters=matters), queries.facts(DISTRICT, MONDAY))
        assert any(finding.where == LAMP for finding in found) is not retired


def _reclassify(place: Place, case: str, matter: str) -> Any:
    state = place.state(case)
    return place.act(case, "reclassify", matter=matter, urgency="standard", area=state.place.area)


def _one_step(place: Place, case: str, name: str) -> None:
    moves: dict[str, Callable[[], object]] = {
        "dispatched": lambda: place.dispatch(case),
        "handling": lambda: place.act(case, "acknowledge"),
        "done": lambda: place.act(
            case, "report_back", result="solved", what_was_done="已清运。", reporter_contacted="yes"
        ),
        "verified": lambda: place.act(case, "verify", finding="confirmed_on_site"),
        "replied": lambda: place.act(case, "reply", decision="supported", reason="已清运完毕。", remedy="done"),
        "closed": lambda: place.act(case, "satisfied", place.reporter(case), rating=5),
    }
    moves[name]()
