"""Questions and answers over HTTP: the public list of matters, and reports that answer what they ask."""

import json
from typing import Any

import pytest
from django.test import Client

from linli.cases import queries
from tests.rooms.conftest import COMMUNITY, DISTRICT, Place

LAMP = {"lamp": "dark", "how_many": "few", "wires_bare": False, "post_number": "12"}
BAD = [
    "text", 7, [], {"lamp": {}}, {"lamp": 1.5}, {"lamp": None}, {"lamp": ["dark"]}, {"": "x"}, {"A b": "x"},
    {"lamp": "x" * 600}, {"lamp": "\u0000"}, {"lamp": []}, {"lamp": [["dark"]]}, {"lamp": "dark", "how_many": 10**30},
    {f"key_{n}": "x" for n in range(40)}, {"__proto__": "x"},
]  # fmt: skip


@pytest.mark.parametrize("answers", BAD, ids=lambda bad: json.dumps(bad)[:30])
def test_the_api_answers_any_bad_answers_with_422(district: Place, answers: Any) -> None:
    body = {"detail": "路灯不亮", "district": DISTRICT, "area": COMMUNITY, "matter": "CM-003", "answers": answers}
    answer = Client().post("/api/v1/reports", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert answer.json()["code"] in ("answers_invalid", "body_invalid")


def test_the_api_lists_the_matters_and_takes_what_they_ask(district: Place) -> None:
    listed = Client().get(f"/api/v1/{DISTRICT}/matters")
    assert listed["Cache-Control"] == "public, max-age=300"
    found = {matter["code"]: matter for matter in listed.json()["matters"]}
    one = Client().get(f"/api/v1/{DISTRICT}/matters", {"matter": "CM-003"}).json()["matters"]
    assert one == [found["CM-003"]]
    lamp = {question["key"]: question for question in found["CM-003"]["questions"]}
    assert [option["code"] for option in lamp["lamp"]["options"]] == ["dark", "flickers", "day_on", "post_damaged"]
    body = {"detail": "路灯不亮", "district": DISTRICT, "area": COMMUNITY, "matter": "CM-003", "answers": LAMP}
    answer = Client().post("/api/v1/reports", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.content
    case = answer.json()["case"]
    assert queries.load(DISTRICT, [case])[case].state.answers["how_many"] == "few"
