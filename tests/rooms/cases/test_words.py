"""No raw code is ever shown: everything that the code can say, and everything a procedure asks, has words."""

import ast
import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from linli.cases import words
from linli.catalogue.matter_rows import CASE_KINDS, SENSITIVITIES, LimitSource
from linli.core.calendar import LimitUnit
from linli.core.case.effects import EFFECTS
from linli.core.case.guards import GUARDS
from linli.core.errors import Refusal
from linli.core.policy import Guard, Urgency
from linli.core.procedure import FieldType, Procedure, Role, load
from linli.core.routing import TraceLine
from linli.core.territory import AreaKind, Function
from linli.intake.report import CHANNELS
from linli.site.administration import saying

SOURCE = Path(words.__file__).resolve().parents[1]
BOOK = yaml.safe_load((SOURCE / "cases/data/words.yaml").read_text("utf-8"))
LANGUAGES = ("zh-hans", "en")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH_WORD = re.compile(r"[A-Za-z]{4,}")


def raised(name: str) -> Iterator[tuple[str, str]]:
    """(code, file) of every ``Refusal("code" …)`` or ``TraceLine("code" …)`` in the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and name in (
                getattr(node.func, "id", ""), getattr(node.func, "attr", ""),
            ):  # fmt: skip
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.relative_to(SOURCE).as_posix()


def procedures() -> list[Procedure]:
    folder = files("linli.catalogue") / "data" / "procedures"
    return [load(yaml.safe_load(path.read_text("utf-8"))) for path in folder.iterdir() if path.name.endswith(".yaml")]


def matters() -> list[dict[str, str]]:
    text = (files("linli.catalogue") / "data" / "matters.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_it_has_words_for_every_refusal_that_is_raised() -> None:
    found = dict(raised("Refusal"))
    assert len(found) > 50
    said = BOOK["refusals"].keys() | saying._REFUSALS.keys() | saying.MISSING
    assert {code: path for code, path in found.items() if code not in said} == {}


def test_it_keeps_no_words_for_refusals_that_nobody_raises() -> None:
    assert set(BOOK["refusals"]) - dict(raised("Refusal")).keys() == set()


def test_it_has_words_for_every_trace_line_and_for_routes_that_fail() -> None:
    needed = dict(raised("TraceLine")).keys() | {code for code, _ in raised("Refusal") if code.startswith("route_")}
    assert needed - BOOK["traces"].keys() == set()


@pytest.mark.parametrize("section", ["refusals", "traces"])
def test_its_sentences_are_complete_in_both_languages_and_use_the_same_facts(section: str) -> None:
    for code, texts in BOOK[section].items():
        assert set(texts) == {"zh", "en"}, code
        assert CHINESE.search(texts["zh"]), code
        assert not CHINESE.search(texts["en"]), code
        facts = [sorted(re.findall(r"{(\w+)}", texts[lang])) for lang in ("zh", "en")]
        assert facts[0] == facts[1], code


def test_it_has_words_for_every_guard_effect_and_finding_of_a_procedure() -> None:
    labels, source = BOOK["labels"], (SOURCE / "core/checker.py").read_text("utf-8")
    assert set(labels["guard"]) == set(GUARDS)
    assert set(labels["effect"]) == set(EFFECTS)
    assert set(labels["checker"]) == set(re.findall(r'Finding\("(\w+)"', source))


def test_it_has_words_for_all_that_a_matter_says() -> None:
    labels = BOOK["labels"]
    assert set(labels["matter_guard"]) == set(Guard)
    assert set(labels["sensitivity"]) == set(SENSITIVITIES)
    assert set(labels["limit_source"]) == set(LimitSource)
    assert set(labels["case_kind"]) == set(CASE_KINDS)
    assert set(labels["coverage"]) >= {code for code, _ in raised("Refusal") if code.startswith("route_")}


def test_its_labels_are_complete_in_both_languages() -> None:
    for kind, labels in BOOK["labels"].items():
        for code, texts in labels.items():
            assert isinstance(code, str), f"{kind}: quote {code}"
            assert set(texts) == {"zh", "en"}, (kind, code)
            assert texts["zh"].strip(), (kind, code)
            assert texts["en"].strip(), (kind, code)
            assert not CHINESE.search(texts["en"]), (kind, code)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_labels_every_field_and_choice_of_both_procedures(lang: str) -> None:
    for procedure in procedures():
        for action in procedure.actions.values():
            for field in action.form:
                assert words.field_label(action, field, lang), (action.name, field.name)
                for choice in field.choices:
                    assert words.label(f"choice.{field.name}", choice, lang), (action.name, field.name, choice)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_labels_every_closed_list(lang: str) -> None:
    for urgency in Urgency:
        assert words.label("urgency", urgency, lang)
    for channel in CHANNELS:
        assert words.label("channel", channel, lang)
    for role in Role:
        assert words.label("role", role, lang)
    for function in Function:
        assert words.label("function", function, lang)
    for kind in AreaKind:
        assert words.label("area_kind", kind, lang)
    for item in (FieldType.TEXT, FieldType.CONTACT, FieldType.PHOTO, FieldType.POINT):
        assert words.label("item", item, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_labels_everything_that_the_catalogue_names(lang: str) -> None:
    limits = yaml.safe_load((files("linli.catalogue") / "data" / "limits.yaml").read_text("utf-8"))
    for profile in limits["profiles"].values():
        for name in profile.get("limits", {}):
            assert words.clock_labels(lang)[f"profile:{name}"]
    for row in matters():
        assert words.label("domain", row["domain"], lang)
        assert words.label("platform", row["platform"], lang)
        for unit_type in filter(None, [row["lead_unit_type"], *row["co_unit_types"].split(";")]):
            assert words.label("unit_type", unit_type, lang).strip(), unit_type


@pytest.mark.parametrize("procedure", procedures(), ids=lambda procedure: procedure.name)
def test_it_labels_every_limit_that_a_step_names(procedure: Procedure) -> None:
    for step in procedure.steps.values():
        assert step.limit is None or words.label("limit", step.limit, "en")


def test_it_names_units_fields_roles_and_instants_in_the_readers_language() -> None:
    names = {"500118.city_management": "永川区城市管理局"}
    said = words.refusal(Refusal("unit_does_not_handle", {"unit": "500118.city_management"}), "zh-hans", names)
    assert "永川区城市管理局" in said
    assert words.refusal(Refusal("out_of_range", {"field": "rating", "low": 1, "high": 5}), "en") == (
        "“How satisfied” must lie between 1 and 5. Choose again."
    )
    assert "受理岗、系统到期自动办理" in words.refusal(
        Refusal("not_yours", {"action": "reveal", "by": ("desk", "clock")}), "zh-hans"
    )
    late = Refusal("limit_has_passed", {"due": "2026-11-23T10:00:00+00:00"})
    assert "23 November 2026, 18:00" in words.refusal(late, "en")


def test_it_says_which_fields_are_missing_and_which_are_wrong() -> None:
    fault = Refusal("form_invalid", {"missing": ("matter", "words"), "invalid": ("until",), "unknown": ()})
    assert words.refusal(fault, "zh-hans") == "请更正表单。还没有填写：事项、说明。填写有误：恢复日期。"
    assert words.refusal(fault, "en") == ("Please correct the form. Still missing: Matter, In words. Not right: Until.")


def test_it_says_a_trace_alike_whether_fresh_or_as_an_event_keeps_it() -> None:
    names = {"a": "甲局", "b": "乙局", "500118": "永川区"}
    fresh = TraceLine("route_conflict", {"type": "market_regulation", "area": "500118", "units": ("a", "b")})
    kept = {"code": "route_conflict", "type": "market_regulation", "area": "500118", "units": "a,b"}
    said = words.trace(fresh, "zh-hans", names)
    assert said == words.trace(kept, "zh-hans", names)
    assert "甲局、乙局" in said
    assert "市场监督管理局" in said


def test_it_titles_steps_and_actions_from_the_procedure() -> None:
    standard = next(p for p in procedures() if p.name == "standard")
    rules = type("Rules", (), {"procedures": {("standard", 1): standard}})()
    said = words.refusal(Refusal("not_in_this_step", {"action": "dispatch", "step": "reported"}), "en", None, rules)  # type: ignore[arg-type]
    assert "“Reported”" in said
    assert "“Dispatch”" in said


def test_it_shows_no_code_in_any_english_or_chinese_refusal_without_facts_left_open() -> None:
    for code in BOOK["refusals"]:
        for lang in LANGUAGES:
            said = words.refusal(Refusal(code), lang)
            assert "{" not in said, code
            assert "_" not in said, code
            assert lang == "en" or not ENGLISH_WORD.search(said), (code, said)


def test_its_explanations_of_deadlines_label_every_reason_a_clock_can_carry() -> None:
    labels = words.clock_labels("zh-hans")
    for procedure in procedures():
        for action in procedure.actions.values():
            field = action.field("reason")
            if field is not None and action.name in ("pause", "ask_extension"):
                assert all(choice in labels for choice in field.choices)
    assert {unit.value for unit in LimitUnit} == {"h", "wh", "wd", "d"}
