"""Changing the catalogue in the browser: one matter's form, the draft with what follows from it, two who publish."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.utils import timezone, translation

from linli.accounts import actions as accounts
from linli.catalogue import actions, matter_rows
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions.matters import known_now
from linli.catalogue.matter_rows import Known
from linli.catalogue.models import Matter as Row
from linli.core.calendar import Limit
from linli.core.policy import Matter
from linli.directory import actions as directory_actions
from linli.site.administration import consequences
from linli.site.administration.matter_form import PLACES, MatterForm, Setting, said
from linli.site.naming import Names
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, PASSWORD, STATION, Enter, Hire
from tests.journeys.pages import SLUG, assert_sound, text
from tests.rooms.conftest import Place

DRAFT = "/desk/admin/catalogue/draft/"
REFUSE, LAWFUL = "CM-006", "EE-005"


def administrator(enter: Enter, language: str = "zh-hans") -> Client:
    return enter(DISTRICT_CENTRE, "administrator", language=language)


@pytest.fixture
def second(enter: Enter, hire: Hire, district: Place) -> Client:
    """Another administrator of the same district."""
    user = accounts.create_user("second", PASSWORD, "Second")
    post = f"{DISTRICT_CENTRE}.administrator"
    directory_actions.hold_posts([(str(user.id), post)], since=district.now - timedelta(days=1))
    client = Client(headers={"accept-language": "zh-hans"})
    assert client.login(username="second", password=PASSWORD)
    del enter, hire
    return client


def filled(page: HttpResponse) -> dict[str, Any]:
    """What the form on a page would send if nothing was changed."""
    return _values(page.context["form"])


def send(client: Client, code: str, **changes: Any) -> HttpResponse:
    address = f"{DRAFT}matter/{code}/"
    return client.post(address, filled(client.get(address)) | changes)


def matter(code: str) -> Matter:
    return drafts.standing()[code].matter


def settle(client: Client, do: str, note: str = "按新标准") -> HttpResponse:
    found = drafts.draft()
    assert found is not None
    return client.post(f"{DRAFT}settle/", {"do": do, "note": note, "revision": found.revision})


# --- the form


def test_every_matter_comes_out_of_its_form_as_it_went_in(place: Place, language: str) -> None:
    del place
    known, taken = known_now(), drafts.standing()
    translation.activate(language)
    for code, standing in taken.items():
        setting = Setting(known, taken, {}, language, code)
        form = MatterForm(setting, _query(_values(MatterForm(setting))))
        assert form.is_valid(), (code, form.errors)
        assert form.made.matter == replace(standing.matter, version=0)


def test_what_is_kept_stands_in_the_draft_and_is_not_in_force(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    assert_sound(client.get(DRAFT))
    page = client.get(f"{DRAFT}matter/{REFUSE}/")
    assert_sound(page)
    lead = {"zh-hans": "城市管理局", "en": "City management bureau"}[language]
    assert lead in page.context["types"]
    answer = send(client, REFUSE, handle_limit_amount="8", lead_unit_type=lead, co_unit_types=["sanitation_office", ""])
    assert answer.status_code == 302, answer.context["form"].errors
    now = matter(REFUSE)
    assert (str(now.handle_limit), now.lead_unit_type, now.co_unit_types) == (
        "8wh", "city_management", ("sanitation_office",),
    )  # fmt: skip
    assert str(catalogue.policy(DISTRICT).matters[REFUSE].handle_limit) == "4wh"
    page = client.get(DRAFT)
    assert_sound(page)
    [changed] = page.context["changed"]
    assert changed.code == REFUSE
    assert [fact.said for fact in changed.facts if fact.before == Limit.parse("4wh").words(language)] == [
        Limit.parse("8wh").words(language)
    ]


PROBLEMS: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "lead_is_co_handler": (REFUSE, {"co_unit_types": ["sanitation_office"]}, "co_unit_types"),
    "co_handler_twice": (REFUSE, {"co_unit_types": ["fire_rescue", "fire_rescue"]}, "co_unit_types"),
    "lead_is_open": (REFUSE, {"lead_unit_type": "responsible_unit"}, "lead_unit_type"),
    "lead_below_level": (REFUSE, {"normal_level": "district", "lead_unit_type": "community_station"}, "normal_level"),
    "guard_sensitivity": (REFUSE, {"guard": ["transfer_only"]}, "sensitivity"),
    "guard_consent": (REFUSE, {"case_kinds": ["mediation"], "guard": []}, "guard"),
    "emergency_hours": (REFUSE, {"urgency_default": "emergency"}, "accept_limit"),
    "accept_after_handle": (REFUSE, {"accept_limit_amount": "9"}, "accept_limit"),
    "company_sensitive": (REFUSE, {"lead_unit_type": "gas_company", "sensitivity": "sensitive"}, "lead_unit_type"),
    "no_legal_basis": (REFUSE, {"limit_source": "statute", "legal_basis": " "}, "legal_basis"),
    "statute_changed": (LAWFUL, {"handle_limit_amount": "46"}, "handle_limit"),
    "statute_left": (LAWFUL, {"limit_source": "project_default"}, "limit_source"),
    "rights_limit": (REFUSE, {"name_zh": "重点人员走访"}, "name_zh"),
    "rights_limit_en": (REFUSE, {"name_en": "Blacklist of callers"}, "name_en"),
    "formula": (REFUSE, {"name_en": "=HYPERLINK(1)"}, "name_en"),
    "wrong_name": (REFUSE, {"name_zh": ""}, "name_zh"),
    "one_lead": (REFUSE, {"lead_unit_type": ""}, "lead_unit_type"),
    "unknown_unit_type": (REFUSE, {"lead_unit_type": "环卫所们"}, "lead_unit_type"),
    "unknown_co_unit_type": (REFUSE, {"co_unit_types": ["nobody at all"]}, "co_unit_types"),
    "unknown_platform": (REFUSE, {"platform": "XX"}, "platform"),
    "wrong_domain": (REFUSE, {"domain": "No Slug"}, "domain"),
    "unknown_case_kinds": (REFUSE, {"case_kinds": []}, "case_kinds"),
    "unknown_normal_level": (REFUSE, {"normal_level": "province"}, "normal_level"),
    "unknown_urgency_default": (REFUSE, {"urgency_default": "soon"}, "urgency_default"),
    "unknown_limit_source": (REFUSE, {"limit_source": "rumour"}, "limit_source"),
    "unknown_sensitivity": (REFUSE, {"sensitivity": "secret"}, "sensitivity"),
    "unknown_guard": (REFUSE, {"guard": ["watch"]}, "guard"),
    "wrong_accept_limit": (REFUSE, {"accept_limit_amount": "0.001"}, "accept_limit"),
    "wrong_handle_limit": (REFUSE, {"handle_limit_amount": "1.5", "handle_limit_unit": "wd"}, "handle_limit"),
    "too_long": (REFUSE, {"legal_basis": "法" * 301}, "legal_basis"),
}
"""Every judgement of ``matter_rows``, out of the form: on which matter, what is sent, beside which field."""


def test_every_judgement_stands_beside_its_field_and_keeps_what_was_typed(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    for problem, (code, changes, field) in PROBLEMS.items():
        answer = send(client, code, notes="my own words", **changes)
        assert answer.status_code == 422, problem
        assert list(answer.context["form"].errors) == [field], (problem, answer.context["form"].errors)
        body = answer.content.decode()
        assert "my own words" in body
        for value in changes.values():
            assert not isinstance(value, str) or not value.strip() or field in CHOSEN or value[:20] in body, problem
        shown = answer.context["form"].errors[field][0]
        assert not SLUG.search(shown), shown
        assert language == "en" or re.search(r"[一-鿿]{2}", shown), shown
    assert drafts.draft() is None


CHOSEN = frozenset({"platform", "domain", "normal_level", "urgency_default", "limit_source", "sensitivity"})
"""Fields whose value was none of the choices: nobody typed it."""


def test_every_problem_of_a_matter_has_its_words_and_its_place(place: Place, language: str) -> None:
    """The problems that ``matter_rows.problems`` can find, read off its source, so that a new one fails here."""
    del place
    translation.activate(language)
    source = inspect.getsource(matter_rows)
    found = set(re.findall(r'yield \(?\s*"([a-z_]+)"', source))
    assert len(found) == 13
    known, taken = known_now(), drafts.standing()
    setting = Setting(known, taken, {}, language, LAWFUL)
    for problem in found:
        assert said(problem, taken[LAWFUL].matter, setting)
    assert found - {"statute_changed", "rights_limit"} == set(PLACES)


def test_a_company_nobody_answers_for_is_refused_at_the_lead(place: Place) -> None:
    del place
    known = known_now()
    units = tuple(replace(k, parent=None) if k.type == "gas_company" else k for k in known.template.units)
    alone = Known(replace(known.template, units=units), known.unit_types, known.published)
    setting = Setting(alone, drafts.standing(), {}, "zh-hans", REFUSE)
    form = MatterForm(setting, _query(_values(MatterForm(setting)) | {"lead_unit_type": "gas_company"}))
    assert list(form.errors) == ["lead_unit_type"]


def test_a_new_matter_gets_the_next_code_of_its_platform(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    page = client.get(f"{DRAFT}new/", {"platform": "EE"})
    assert_sound(page)
    values = filled(page)
    assert values["code"] == drafts.next_codes(["EE"])["EE"]
    values |= {
        "name_zh": "共享单车乱停", "name_en": "Badly parked shared bikes", "domain": "city_event",
        "case_kinds": ["report"], "normal_level": "grid", "lead_unit_type": "sanitation_office",
    }  # fmt: skip
    taken = client.post(f"{DRAFT}new/", values | {"code": REFUSE})
    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["code"])
    assert client.post(f"{DRAFT}new/", values).status_code == 302
    page = client.get(DRAFT)
    assert_sound(page)
    [added] = page.context["changed"]
    assert (added.code, added.kind) == (values["code"], "added")
    assert client.get(f"{DRAFT}matter/{values['code']}/").status_code == 200
    assert client.get(f"{DRAFT}matter/XX-999/").status_code == 404


# --- the draft


def test_two_who_edit_one_matter_meet_and_nothing_is_overwritten_unseen(enter: Enter, second: Client) -> None:
    first = administrator(enter)
    values = filled(second.get(f"{DRAFT}matter/{REFUSE}/"))
    assert send(first, REFUSE, handle_limit_amount="8").status_code == 302
    answer = second.post(f"{DRAFT}matter/{REFUSE}/", values | {"handle_limit_amount": "6"})
    assert answer.status_code == 409
    assert [(fact.before, fact.said) for fact in answer.context["moved"]] == [
        (Limit.parse("8wh").words("zh-hans"), Limit.parse("6wh").words("zh-hans"))
    ]
    assert str(matter(REFUSE).handle_limit) == "8wh"
    again = filled(answer)
    assert again["handle_limit_amount"] == "6"
    assert second.post(f"{DRAFT}matter/{REFUSE}/", again).status_code == 302
    assert str(matter(REFUSE).handle_limit) == "6wh", "knowingly put in its place"


def test_the_draft_says_what_would_change_for_open_cases_and_who_would_lead(
    enter: Enter, district: Place, language: str
) -> None:
    dispatched, waiting = district.report().case, district.report().case
    district.bring_to(dispatched, "handling")
    district.accept(waiting)
    client = administrator(enter, language)
    send(client, REFUSE, handle_limit_amount="8", lead_unit_type="city_management", normal_level="district")
    page = client.get(DRAFT)
    assert_sound(page)
    [changed] = page.context["changed"]
    assert {"zh-hans": "2 件未结案件，其中 1 件尚未派遣", "en": "2 open cases, 1 of them not dispatched"}[
        language
    ] in changed.consequence.cases
    assert len(changed.consequence.truths) == 2
    moved = {(one.places, len(one.towns)) for one in changed.consequence.moved}
    assert sum(places for places, _towns in moved) == 3, "every community of the small district"
    assert not changed.consequence.holes


def test_numbers_of_sensitive_cases_are_not_told_when_they_are_small(enter: Enter, district: Place) -> None:
    del district
    client = administrator(enter)
    code = next(code for code, each in catalogue.policy(DISTRICT).matters.items() if each.is_sensitive)
    send(client, code, notes="checked")
    [changed] = client.get(DRAFT).context["changed"]
    assert "少于五件" in changed.consequence.cases


def test_a_hole_that_would_appear_is_named_with_its_towns(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    missing = "park_office"
    known = drafts.standing()[REFUSE]
    policy = catalogue.policy(DISTRICT)
    then = replace(policy, matters=policy.matters | {REFUSE: replace(known.matter, lead_unit_type=missing)})
    asking = Mock(policy=policy, names=Names(DISTRICT, policy, language))
    translation.activate(language)
    before = policy.matters[REFUSE]
    holes = list(consequences.holes(before, then.matters[REFUSE], then, asking))
    assert [len(hole.towns) for hole in holes] == [2]
    assert list(consequences.holes(before, before, policy, asking)) == []
    del client


def test_one_change_is_undone_and_the_draft_is_thrown_away(enter: Enter) -> None:
    client = administrator(enter)
    send(client, REFUSE, handle_limit_amount="8")
    send(client, LAWFUL, notes="checked")
    stamp = drafts.standing()[REFUSE].stamp
    wrong = client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "undo", "stamp": "old"})
    assert wrong.status_code == 409
    assert client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "undo", "stamp": stamp}).status_code == 302
    assert [each.code for each in client.get(DRAFT).context["changed"]] == [LAWFUL]
    assert client.post(f"{DRAFT}settle/", {"do": "discard", "revision": "1"}).status_code == 409
    assert settle(client, "discard").status_code == 302
    assert client.get(DRAFT).context["draft"] is None
    assert client.post(f"{DRAFT}settle/", {"do": "else"}).status_code == 404
    assert client.post(f"{DRAFT}settle/", {"do": "publish", "revision": "x" * 400}).status_code == 409


def test_a_draft_from_a_file_says_so(enter: Enter, tmp_path: Path) -> None:
    client = administrator(enter)
    header, *rows = (Path(matter_rows.__file__).parent / "data" / "matters.csv").read_text("utf-8").splitlines()
    row = next(r for r in rows if r.startswith(REFUSE)).replace(",1wh,4wh,", ",1wh,8wh,")
    (tmp_path / "new.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    actions.import_matters(tmp_path / "new.csv", now=timezone.now())
    page = client.get(DRAFT)
    assert_sound(page)
    assert "new.csv" in text(page)
    assert page.context["changed"][0].by == "命令行"


# --- publishing


def test_two_publish_and_the_history_says_who_and_why_and_goes_back(enter: Enter, second: Client) -> None:
    first = administrator(enter)
    send(first, REFUSE, handle_limit_amount="8")
    page = first.get(DRAFT)
    assert not page.context["may_publish"]
    assert settle(first, "publish").status_code == 422
    assert settle(first, "propose", " ").status_code == 422
    assert settle(first, "propose").status_code == 302
    assert not first.get(DRAFT).context["may_publish"]
    seen = second.get(DRAFT)
    assert_sound(seen)
    assert (seen.context["may_publish"], seen.context["note"]) == (True, "按新标准")
    assert settle(second, "publish").headers["location"] == "/desk/admin/catalogue/history/"
    assert str(catalogue.policy(DISTRICT).matters[REFUSE].handle_limit) == "8wh"
    page = second.get("/desk/admin/catalogue/history/")
    assert_sound(page)
    newest, older = page.context["publications"]
    assert (newest.by, newest.proposed_by, newest.note) == ("Second", "Officer", "按新标准")
    assert "按新标准" in text(page)
    changed = second.get(f"/desk/admin/catalogue/history/{older.number}/{newest.number}/")
    assert_sound(changed)
    assert [(step.code, step.by) for step in changed.context["steps"]] == [(REFUSE, "Officer")]
    assert "按新标准" in text(changed)
    assert (older.by, newest.same, older.same) == ("某人", True, False)
    copied = second.post(f"/desk/admin/catalogue/history/{older.number}/copy/")
    assert copied.status_code == 302
    assert str(matter(REFUSE).handle_limit) == "4wh"
    assert second.post(f"/desk/admin/catalogue/history/{older.number}/copy/").status_code == 409
    assert second.post("/desk/admin/catalogue/history/999999/copy/").status_code in (404, 409)


def test_a_draft_with_problems_says_which_and_is_not_published(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    send(client, REFUSE, handle_limit_amount="8")
    Row.objects.filter(catalogue_number=drafts.draft().number, code=REFUSE).update(accept_limit="9wh")  # type: ignore[union-attr]
    page = client.get(DRAFT)
    assert_sound(page)
    assert page.context["changed"][0].problems
    answer = settle(client, "publish")
    assert answer.status_code == 422
    assert_sound(answer)
    assert [REFUSE in each for each in answer.context["problems"]] == [True]
    assert "按新标准" in answer.content.decode(), "the note is kept"


def test_what_is_retired_is_offered_to_nobody_from_then_on(enter: Enter, visitor: Client, district: Place) -> None:
    client = administrator(enter)

    def offered() -> str:
        return visitor.get(f"/report/{DISTRICT}/").content.decode()

    assert f'value="{REFUSE}"' in offered()
    assert (
        client.post(
            f"{DRAFT}matter/{REFUSE}/change/", {"do": "retire", "stamp": drafts.standing()[REFUSE].stamp}
        ).status_code
        == 302
    )
    page = client.get(DRAFT)
    assert_sound(page)
    assert page.context["changed"][0].kind == "retired"
    assert f'value="{REFUSE}"' in offered()
    assert settle(client, "publish").status_code == 302
    assert f'value="{REFUSE}"' not in offered()
    for address in (f"/desk/admin/catalogue/matter/{REFUSE}/", f"{DRAFT}matter/{REFUSE}/", "/desk/admin/catalogue/"):
        page = client.get(address)
        assert_sound(page)
        assert "停用" in text(page)
    clerk, case = enter(STATION, "desk_clerk"), district.report().case
    assert f'value="{REFUSE}"' not in clerk.get(f"/desk/case/{case}/?act=accept").content.decode()
    client.post(f"{DRAFT}matter/{REFUSE}/change/", {"do": "restore", "stamp": drafts.standing()[REFUSE].stamp})
    assert client.get(DRAFT).context["changed"][0].kind == "restored"


def _values(form: MatterForm) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if bound.name in ("accept_limit", "handle_limit"):
            values |= {f"{bound.name}_amount": value[0], f"{bound.name}_unit": value[1]}
        elif value is not None:
            values[bound.name] = value
    return values


def _query(values: Mapping[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
