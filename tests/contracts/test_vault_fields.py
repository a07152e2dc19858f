"""Personal data lives in the vault: what a form types as text, contact, photo or point never reaches an event."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import world
import yaml
from django.apps import apps
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.filling import sealed_form
from linli.core.case.decide import check_form
from linli.core.case.events import ActionTaken, Tick, Vaulted
from linli.core.errors import Refusal
from linli.core.procedure import VAULT_TYPES, Action, FieldType, FormField, load
from linli.ledger.actions import canonical
from linli.vault.sealing import unseal

PROCEDURES = Path(world.PROCEDURES)
POLICY = world.policy()
ACTIONS = [
    (path.stem, action)
    for path in sorted(PROCEDURES.glob("*.yaml"))
    for action in load(yaml.safe_load(path.read_text("utf-8"))).actions.values()
]
WITH_VAULT = [(name, action) for name, action in ACTIONS if any(f.type in VAULT_TYPES for f in action.form)]
"""Every action of every shipped procedure that asks for something personal."""
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=4, max_size=60)
contents = words.map(lambda text: f"王某 13900000000 {text}")


def vault_fields(action: Action) -> list[FormField]:
    """The fields of an action whose content is personal."""
    return [field for field in action.form if field.type in VAULT_TYPES]


def test_it_has_procedures_to_look_at() -> None:
    assert {name for name, _ in ACTIONS} >= {"standard", "part"}
    assert len(WITH_VAULT) > 20


@given(st.sampled_from(WITH_VAULT), st.data())
def test_it_puts_only_references_into_an_event(named: tuple[str, Action], data: st.DataObject) -> None:
    action = named[1]
    words = [field for field in vault_fields(action) if field.type is not FieldType.PHOTO]  # a picture holds none
    form = {field.name: data.draw(contents, field.name) for field in words}
    values, items = sealed_form(action, form)
    event = ActionTaken(
        action=action.name, source="a", target="b", role="unit", at=world.MONDAY, owner=None, tick=Tick(), form=values
    )
    payload = canonical(event)
    assert all(isinstance(value, Vaulted) for value in values.values())
    assert [text for text in form.values() if text in payload.replace("\\\\", "\\")] == []
    kept = {i.field: unseal(i.id, i.key_id, i.wrapped_key, i.nonce, i.sealed).decode() for i in items}
    assert kept == {name: text.strip() for name, text in form.items()}


@given(st.sampled_from(WITH_VAULT), contents)
def test_it_refuses_plain_words_where_a_reference_belongs(named: tuple[str, Action], text: str) -> None:
    action = named[1]
    form = {field.name: text for field in vault_fields(action)}
    with pytest.raises(Refusal) as refused:
        check_form(action, form, POLICY)
    assert set(refused.value.facts["invalid"]) == set(form)


@given(st.sampled_from(ACTIONS), st.data())
def test_it_takes_no_free_words_in_any_other_field(named: tuple[str, Action], data: st.DataObject) -> None:
    action = named[1]
    plain = [field for field in action.form if field.type not in VAULT_TYPES]
    form: Mapping[str, Any] = {
        field.name: (text,) if field.type is FieldType.UNITS else text
        for field in plain
        if (text := data.draw(contents.map(lambda drawn: f"他说 {drawn}"), field.name))
    }
    if not form:
        return
    with pytest.raises(Refusal) as refused:
        check_form(action, form, POLICY)
    assert set(refused.value.facts["invalid"]) == set(form)


ROOMS_WITHOUT_RESIDENTS: Mapping[str, str] = {
    "catalogue": "what is promised: rules, limits and their names",
    "directory": "who answers for what: places, units, posts",
}
"""Rooms whose rows are public rules and offices, so that their words need no look one by one."""
FREE_TEXT: Mapping[str, str] = {
    "accounts_apitoken.name": "what staff call a machine that has a token",
    "accounts_savedfilter.name": "what staff call a work list of their own; deleted with the account",
    "accounts_user.password": "a hash, of staff",
    "accounts_user.username": "staff, chosen by them",
    "accounts_user.display_name": "staff, shown beside their post",
    "accounts_user.language": "a language code",
    "cases_case.state": "the folded events, so codes and references into the vault",
    "cases_standardanswer.title_zh": "what officers call a text of everybody, kept by heads and administrators",
    "cases_standardanswer.title_en": "the same in English",
    "cases_standardanswer.text_zh": "a text for any case; facts of a case come in by placeholders, never a person",
    "cases_standardanswer.text_en": "the same in English",
    "cases_wakefault.what": "a program's own words on an act of the clock that failed",
    "intake_importjob.file_name": "what an office calls a file that it uploads; what is in the file lies sealed",
    "intake_savedmapping.name": "what administrators call a mapping of columns",
    "intake_savedmapping.document": "column names of an export and what its codes mean, kept by an administrator",
    "ledger_outgoing.fault": "a program's own words on a handler that failed",
    "notices_alert.words": "what has happened and is to be done, for officers; masked before it is stored",
    "notices_delivery.fault": "a status code or the name of an error, never a server's words",
    "notices_delivery.reference": "under what a provider knows a message",
    "notices_wish.least": "channels and urgencies, by their codes",
    "supervision_followup.words": "what a unit is to do at a place after a visit; masked before it is stored",
    "supervision_problem.title": "what officers call a problem of work, not of a person; masked before storing",
    "supervision_problem.words": "what is wrong and when it counts as solved; masked before storing",
    "supervision_problem.outcome": "what the owner did about it; masked before storing",
    "supervision_problem.remark": "what the supervisor still misses; masked before storing",
    "supervision_shift.report": "numbers and ids of open cases as they stood at a hand-over",
    "supervision_shift.words": "what the next shift must know, with a hint to name no person; masked before storing",
    "supervision_visit.findings": "what a leader saw at a place, with a hint to name no person; masked before storing",
}
"""Columns elsewhere outside the vault that can hold free words, each with what it holds."""


def our_fields() -> Iterator[tuple[str, str, "models.Field[Any, Any]"]]:
    """App, ``table.column`` and field of every column of ours."""
    for model in apps.get_models():
        if model.__module__.startswith("linli."):
            for field in model._meta.get_fields():
                if isinstance(field, models.Field):
                    yield model._meta.app_label, f"{model._meta.db_table}.{field.column}", field


def free_text_columns() -> set[str]:
    """Columns of ours outside the vault that hold words. Codes and ids are collated "C" and don't count."""
    wordy = (models.CharField, models.TextField, models.JSONField)
    return {
        name
        for app, name, field in our_fields()
        if app not in ("vault", *ROOMS_WITHOUT_RESIDENTS)
        and isinstance(field, wordy)
        and getattr(field, "db_collation", None) != "C"
    }


def test_it_keeps_free_words_out_of_ordinary_columns() -> None:
    assert free_text_columns() == set(FREE_TEXT), "words of residents go to the vault; else say here what it holds"


def test_it_stores_no_personal_type_outside_the_vault() -> None:
    kinds = (models.EmailField, models.ImageField, models.FileField, models.GenericIPAddressField)
    assert [name for _, name, field in our_fields() if isinstance(field, kinds)] == []


def test_it_keeps_an_uploaded_file_and_what_was_read_of_it_only_sealed() -> None:
    columns = {name.partition(".")[2] for _, name, _ in our_fields() if name.startswith("intake_importpart.")}
    assert columns == {"id", "job_id", "part", "key_id", "wrapped_key", "nonce", "sealed"}
    binary = {n for _, n, field in our_fields() if isinstance(field, models.BinaryField) and "importpart" in n}
    assert binary == {f"intake_importpart.{column}" for column in ("wrapped_key", "nonce", "sealed")}
    plain = {n for _, n, field in our_fields() if isinstance(field, models.JSONField) and "importjob" in n}
    assert plain == set(), "what a job shows of a file lies in its sealed parts"


def test_it_keeps_a_telephone_number_as_a_keyed_hash_beside_the_contact_and_nowhere_else() -> None:
    named = [n for app, n, _ in our_fields() if app != "directory" and re.search(r"phone|lookup|caller", n)]
    assert named == ["vault_item.lookup"]
    calls = {name for _, name, _ in our_fields() if name.startswith("intake_call.")}
    of_the_officer = ("id", "district_id", "actor", "post", "started_at", "consent_at", "looks", "ended_at", "case_id")
    assert calls == {f"intake_call.{column}" for column in of_the_officer}, "nothing about the caller (rights R19)"
