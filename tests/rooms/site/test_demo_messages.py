"""The demo's own hotline file and phrases: complete, varied, invented, and free of personal data."""

import csv
import gzip
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "src" / "linli" / "site" / "demo"
SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or ROOT.parent / "shared" / "data")
SHIPPED_MATTERS = ROOT / "src" / "linli" / "catalogue" / "data" / "matters.csv"
PROCEDURE = ROOT / "src" / "linli" / "catalogue" / "data" / "procedures" / "standard.yaml"

COLUMNS = [
    "source_no", "channel", "title", "detail", "matter", "expected", "duplicate_of", "complaint_target_type",
    "area_kind", "place_words", "hour", "contact_given",
]  # fmt: skip
CLOSED_LISTS = {
    "channel": {"hotline", "portal", "wechat_mini", "walk_in", "patrol", "mailbox"},
    "expected": {"normal", "decline", "divert", "duplicate"},
    "area_kind": {"urban", "rural"},
    "contact_given": {"yes", "no"},
}
PERSONAL_NUMBERS = {
    "a telephone number": re.compile(r"(?<!\d)1\d{10}(?!\d)|\d{11}|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"),
    "an identity number": re.compile(r"\d{17}[\dXx]"),
    "a number plate": re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·•\s]?[A-Z0-9]{5,6}"
    ),
}
RUN = 16
"""Length in characters of a run that may not be shared with the real messages, which the licence keeps out."""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def messages() -> list[dict[str, str]]:
    return _rows(DEMO / "messages.csv")


@pytest.fixture(scope="module")
def phrases() -> dict[str, Any]:
    loaded = yaml.safe_load((DEMO / "phrases.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def matters() -> list[dict[str, str]]:
    path = SHIPPED_MATTERS if SHIPPED_MATTERS.exists() else SHARED / "matters.csv"
    if not path.exists():
        pytest.skip("no matters.csv: neither shipped with the package nor in the folder LINLI_SHARED_DATA names")
    return _rows(path)


def _sentences(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _sentences(value)
    elif isinstance(node, list):
        for value in node:
            yield from _sentences(value)
    else:
        yield node


def test_it_has_the_promised_columns_and_at_least_340_rows(messages: list[dict[str, str]]) -> None:
    assert list(messages[0]) == COLUMNS
    assert len(messages) >= 340
    assert all(None not in row and None not in row.values() for row in messages)


def test_it_keeps_to_the_closed_lists_and_uses_every_value(messages: list[dict[str, str]]) -> None:
    for column, allowed in CLOSED_LISTS.items():
        assert {row[column] for row in messages} == allowed, column
    assert all(re.fullmatch(r"\d{1,2}", row["hour"]) and int(row["hour"]) < 24 for row in messages)


def test_it_numbers_every_message_once_and_in_order(messages: list[dict[str, str]]) -> None:
    assert [row["source_no"] for row in messages] == [f"D{number:05d}" for number in range(1, len(messages) + 1)]


def test_it_brings_each_matter_at_least_four_times_and_no_unknown_one(
    messages: list[dict[str, str]], matters: list[dict[str, str]]
) -> None:
    codes = {matter["code"] for matter in matters}
    assert {row["matter"] for row in messages} <= codes
    ordinary = Counter(row["matter"] for row in messages if row["expected"] == "normal")
    assert {code: ordinary[code] for code in codes if ordinary[code] < 4} == {}


def test_it_names_a_unit_type_of_the_catalogue_only_where_recusal_applies(
    messages: list[dict[str, str]], matters: list[dict[str, str]]
) -> None:
    types = {slug for matter in matters for slug in [matter["lead_unit_type"], *matter["co_unit_types"].split(";")]}
    guarded = {matter["code"] for matter in matters if "complaint_guard" in matter["guard"].split(";")}
    named = [row for row in messages if row["complaint_target_type"]]
    assert {row["complaint_target_type"] for row in named} <= types
    assert {row["matter"] for row in named} == guarded


def test_it_has_about_fifteen_messages_out_of_scope(messages: list[dict[str, str]]) -> None:
    outcome = Counter(row["expected"] for row in messages)
    assert outcome["decline"] >= 6
    assert outcome["divert"] >= 6
    assert 12 <= outcome["decline"] + outcome["divert"] <= 25


def test_it_links_each_duplicate_to_an_earlier_ordinary_message_of_the_same_matter(
    messages: list[dict[str, str]],
) -> None:
    by_number = {row["source_no"]: row for row in messages}
    groups = set()
    for row in messages:
        assert (row["expected"] == "duplicate") == bool(row["duplicate_of"]), row["source_no"]
        if row["duplicate_of"]:
            first = by_number[row["duplicate_of"]]
            assert first["expected"] == "normal", row["source_no"]
            assert first["matter"] == row["matter"], row["source_no"]
            assert first["source_no"] < row["source_no"]
            groups.add(first["source_no"])
    assert len(groups) >= 10


def test_it_tells_no_two_messages_in_nearly_the_same_words(messages: list[dict[str, str]]) -> None:
    texts = [row["title"] + row["detail"] for row in messages]
    bigrams = [frozenset(map("".join, itertools.pairwise(text))) for text in texts]
    pairs = itertools.combinations(zip(messages, bigrams, strict=True), 2)
    alike = [(a["source_no"], b["source_no"]) for (a, p), (b, q) in pairs if len(p & q) > 0.8 * len(p | q)]
    assert alike == []


def test_it_varies_from_a_shout_to_a_letter(messages: list[dict[str, str]]) -> None:
    lengths = [len(row["detail"]) for row in messages]
    assert 8 <= min(lengths) <= 12
    assert 300 <= max(lengths) <= 400
    assert sum(length < 30 for length in lengths) >= 12
    assert sum(length > 150 for length in lengths) >= 25


def test_it_is_text_that_every_table_program_reads_back(messages: list[dict[str, str]]) -> None:
    for row in messages:
        for value in row.values():
            assert value == value.strip(), row["source_no"]
            assert not re.search(r"[\x00-\x1f\ufffd]", value), row["source_no"]
            assert not value.startswith(("=", "+", "-", "@")), row["source_no"]


@pytest.mark.parametrize("kind", PERSONAL_NUMBERS)
def test_it_holds_no_number_that_could_belong_to_a_person(
    messages: list[dict[str, str]], phrases: dict[str, Any], kind: str
) -> None:
    texts = [value for row in messages for value in row.values()] + [str(text) for text in _sentences(phrases)]
    assert [text for text in texts if PERSONAL_NUMBERS[kind].search(text)] == []


def test_it_holds_some_masked_numbers_to_try_the_masking_on(messages: list[dict[str, str]]) -> None:
    assert sum("***" in row["detail"] for row in messages) >= 4


def test_it_has_words_for_every_act_that_takes_words(phrases: dict[str, Any]) -> None:
    acts = phrases["acts"]
    if PROCEDURE.exists():
        actions = yaml.safe_load(PROCEDURE.read_text(encoding="utf-8"))["actions"]
        worded = {
            name for name, action in actions.items() if any("text" in str(f) for f in action.get("form", {}).values())
        }
        assert worded - set(acts) == set()
    assert {act: len(lines) for act, lines in acts.items() if not 6 <= len(lines) <= 15} == {}


def test_it_has_words_for_every_choice_of_the_procedure_that_it_tells_apart(phrases: dict[str, Any]) -> None:
    if not PROCEDURE.exists():
        pytest.skip("the standard procedure is not in this checkout")
    actions = yaml.safe_load(PROCEDURE.read_text(encoding="utf-8"))["actions"]
    for key, by_code in phrases["by_choice"].items():
        act, _, field = key.partition(".")
        form = actions[act]["form"]
        fields = [form[field]] if field else [f for f in form.values() if isinstance(f, dict)]
        codes = {code for spec in fields for code in spec["choices"]}
        assert set(by_code) <= codes, key


def test_it_tells_of_results_for_every_domain_and_each_matter_of_a_wide_one(
    phrases: dict[str, Any], matters: list[dict[str, str]]
) -> None:
    size = Counter(matter["domain"] for matter in matters)
    wide = {matter["code"] for matter in matters if size[matter["domain"]] > 1}
    for act in ("report_back", "reply"):
        assert set(phrases[act]) == set(size)
        assert all(3 <= len(lines) <= 6 for lines in phrases[act].values())
        assert {code for code in wide if len(phrases[f"{act}_of_matter"].get(code, [])) < 2} == set()


def test_it_says_no_phrase_twice_and_only_in_words(phrases: dict[str, Any]) -> None:
    sentences = list(_sentences(phrases))
    assert all(isinstance(sentence, str) and len(sentence) >= 5 for sentence in sentences)
    assert [sentence for sentence, times in Counter(sentences).items() if times > 1] == []


def _real_texts(folder: Path) -> Iterator[str]:
    csv.field_size_limit(10_000_000)
    for path in sorted([*folder.glob("*.csv.gz"), *folder.glob("train*.csv")]):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as source:
            for row in csv.DictReader(source):
                yield from (re.sub(r"\s", "", row.get(column) or "") for column in ("title", "detail", "reply"))


def test_it_shares_no_run_of_sixteen_characters_with_the_real_messages(
    messages: list[dict[str, str]], phrases: dict[str, Any]
) -> None:
    folder = SHARED / "messages_zhengwu"
    if not folder.is_dir():
        pytest.skip("the real messages are not here; LINLI_SHARED_DATA names the folder that holds messages_zhengwu")
    own = [row[column] for row in messages for column in ("title", "detail")] + [str(s) for s in _sentences(phrases)]
    runs = {text[start : start + RUN] for text in own for start in range(len(text) - RUN + 1)}
    real = list(_real_texts(folder))
    assert len(real) > 10_000
    shared = [text[at : at + RUN] for text in real for at in range(len(text) - RUN + 1) if text[at : at + RUN] in runs]
    assert len(shared) == 0, f"{len(shared)} runs are shared with the real messages; write those sentences anew"
