"""One matter in its form: every control, every judgement beside its field, and what was typed is kept."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import translation

from linli.catalogue import matter_rows
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions.matters import known_now
from linli.catalogue.matter_rows import Known
from linli.core.calendar import Limit
from linli.site.administration.matter_form import PLACES, MatterForm, Setting, said
from tests.journeys.conftest import DISTRICT, Enter
from tests.journeys.drafts import (
    DRAFT,
    LAWFUL,
    REFUSE,
    administrator,
    filled,
    matter,
    query_of,
    send,
    values_of,
)
from tests.journeys.pages import SLUG, assert_sound
from tests.rooms.conftest import Place


def test_every_matter_comes_out_of_its_form_as_it_went_in(place: Place, language: str) -> None:
    del place
    known, taken = known_now(), drafts.standing()
    translation.activate(language)
    for code, standing in taken.items():
        setting = Setting(known, taken, {}, language, code)
        form = MatterForm(setting, query_of(values_of(MatterForm(setting))))
        assert form.is_valid(), (code, form.errors)
        assert form.made.matter == replace(standing.matter, version=0, questions=())  # they have a page of their own


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
    form = MatterForm(setting, query_of(values_of(MatterForm(setting)) | {"lead_unit_type": "gas_company"}))
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
