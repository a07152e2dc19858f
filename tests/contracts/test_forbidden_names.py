"""Rights, global guard (a): no table, column or form field is named for a thing that this platform must not hold."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.db import models

PROCEDURES = Path(__file__).resolve().parents[2] / "src/linli/catalogue/data/procedures"
FORBIDDEN = (
    "blacklist", "black_list", "key_person", "key_people", "sentiment", "score_resident", "resident_score", "face",
    "plate", "id_card_no", "id_card", "religion", "party_member", "track", "belief", "opinion", "attitude",
    "suspicious", "social_score", "watch_list", "petition_count", "household_register",
)  # fmt: skip
"""The list of the design's rights page, its plurals and word orders, and what its rows R2, R5, R8 and R12 name."""
EXPERT = "a reason for pausing the clock: a survey or a test of the facility is awaited"
REVIEWED: Mapping[str, str] = {
    "part.pause.reason.expert_opinion": EXPERT,
    "standard.pause.reason.expert_opinion": EXPERT,
}
"""Allowed all the same, by full name, each with why it is no danger to anybody."""


def forbidden_in(name: str) -> str | None:
    """The forbidden name that stands in a name as whole words, singular or plural."""
    words = "_".join(re.findall(r"[a-z]+|[0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    return next((bad for bad in FORBIDDEN if re.search(rf"(?:^|_){bad}s?(?:_|$)", words)), None)


def schema_names() -> Iterator[str]:
    """Every table and column of ours, as ``table`` and ``table.column``."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("linli."):
            yield model._meta.db_table
            yield from (f"{model._meta.db_table}.{field.column}" for field in _columns(model))


def _columns(model: type[models.Model]) -> list["models.Field[object, object]"]:
    return [field for field in model._meta.get_fields() if isinstance(field, models.Field) and field.column]


def form_names() -> Iterator[str]:
    """Every form field and choice of the shipped procedures."""
    for path in sorted(PROCEDURES.glob("*.yaml")):
        for action, spec in yaml.safe_load(path.read_text("utf-8"))["actions"].items():
            for field, kind in (spec.get("form") or {}).items():
                yield f"{path.stem}.{action}.{field}"
                choices = kind.get("choices", ()) if isinstance(kind, Mapping) else ()
                yield from (f"{path.stem}.{action}.{field}.{choice}" for choice in choices)


def test_it_has_no_forbidden_table_or_column() -> None:
    names = list(schema_names())
    assert len(names) > 50
    assert [(name, bad) for name in names if (bad := forbidden_in(name)) and name not in REVIEWED] == []


def test_it_has_no_forbidden_form_field() -> None:
    names = list(form_names())
    assert len(names) > 30
    assert [(name, bad) for name in names if (bad := forbidden_in(name)) and name not in REVIEWED] == []


def test_it_reviews_only_names_that_exist() -> None:
    assert set(REVIEWED) <= {*schema_names(), *form_names()}


@pytest.mark.parametrize(
    "name", ["care_person.religion", "blacklist", "KeyPerson", "camera.face_id", "car.plates", "worker_tracks.at"]
)
def test_it_notices_a_forbidden_name(name: str) -> None:
    assert forbidden_in(name) is not None


@pytest.mark.parametrize("name", ["interface", "template.name", "surface_area", "tracked", "case.number", "facet"])
def test_it_reads_whole_words_only(name: str) -> None:
    assert forbidden_in(name) is None
