"""The stable command `linli understand`, and its measures on the real data where that is present."""

import csv
import json
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from linli.intake.understanding import LABELS, suggest
from linli.intake.understanding.evaluate import calibration_error, evaluate_matters, load_grades, measure, share_at
from linli.intake.understanding.label import LabelModel, load
from linli.intake.understanding.match import load_keywords
from linli.intake.understanding.propose import KEYWORDS, WEIGHTS
from linli.intake.understanding.stream import answer
from linli.intake.understanding.train import fit, fit_temperature, in_validation, load_rows, model_scores, need_trainer
from linli.site.cli.understand import understand

GRADES = Path(__file__).with_name("test_understanding_grades.csv")


def ndjson(*messages: object) -> bytes:
    return b"".join(json.dumps(message, ensure_ascii=False).encode() + b"\n" for message in messages)


def run(text: bytes, *options: str) -> tuple[int, list[dict[str, object]], str]:
    result = CliRunner().invoke(understand, ["--ndjson", *options], input=text)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_it_answers_each_line_with_the_stable_four_fields() -> None:
    status, lines, said = run(
        ndjson({"id": 1, "title": "路灯不亮", "detail": "巷子漆黑。"}, {"id": "x-2", "title": "", "detail": "谢谢"})
    )
    told = suggest("路灯不亮", "巷子漆黑。")
    assert status == 0
    assert said == ""
    assert lines[0] == {"id": 1, "label": told.label, "matter": "CM-003", "confidence": told.confidence}
    assert set(lines[1]) == {"id", "label", "matter", "confidence"}
    assert lines[1]["id"] == "x-2"
    assert lines[1]["matter"] is None


def test_it_gives_all_fields_when_asked() -> None:
    _, lines, _ = run(ndjson({"id": 1, "title": "闻到煤气味", "detail": ""}), "--full")
    assert lines[0]["urgency"] == "emergency"
    assert lines[0]["words"]
    assert lines[0]["label"] in LABELS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"no json", "not JSON"),
        (b'"text"', "an object"),
        (b'{"title": "a"}', '"id"'),
        (b'{"id": true, "title": "a"}', '"id"'),
        (b'{"id": 1}', "must be there"),
        (b'{"id": 1, "title": 5}', "must be strings"),
        (b'{"id": NaN, "title": "a"}', "not JSON"),
        (b'{"id": 1, "title": "\xc2\xb7\xb5"}', "UTF-8"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_it_names_a_broken_line_and_goes_on(line: bytes, reason: str) -> None:
    good = ndjson({"id": 7, "title": "停水", "detail": "自来水停水两天了"})
    status, lines, said = run(good + b"\n" + line + b"\n" + good)
    assert status == 1
    assert [entry["id"] for entry in lines] == [7, None, 7]
    assert lines[1]["line"] == 3
    assert reason in str(lines[1]["error"])
    assert said.startswith("1 of 4 lines")


def test_it_answers_a_thousand_lines_in_their_order() -> None:
    messages = [{"id": number, "title": f"第{number}条", "detail": "路灯不亮"} for number in range(1000)]
    status, lines, _ = run(ndjson(*messages))
    assert status == 0
    assert [line["id"] for line in lines] == list(range(1000))


def test_it_answers_a_last_line_without_an_end_and_nothing_at_all() -> None:
    assert [line["id"] for line in run(ndjson({"id": 1, "title": "a"}).rstrip())[1]] == [1]
    assert run(b"") == (0, [], "")


def test_it_gives_back_ids_that_only_json_can_write() -> None:
    answers = answer([b'{"id": "\\ud800", "title": "a"}'])
    assert json.loads(answers.lines)["id"] == "\ud800"
    assert answers.broken == 0


def test_it_says_what_it_can_do_when_nothing_was_asked() -> None:
    result = CliRunner().invoke(understand, [])
    assert result.exit_code == 2
    assert "--ndjson" in result.stderr


def test_it_says_what_training_needs_when_the_tools_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(RuntimeError, match="scikit-learn"):
        need_trainer()


def test_its_phrase_book_covers_the_catalogue() -> None:
    with (resources.files("linli.catalogue") / "data" / "matters.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    book = load_keywords(KEYWORDS)
    assert set(book.matters) == {row["code"] for row in rows}
    for row in rows:
        if row["teddy_label"]:
            assert LABELS.index(row["teddy_label"]) in book.labels[row["code"]], row["code"]


def test_it_measures_what_it_is_given() -> None:
    truth = np.array([0, 0, 1, 2])
    measured = measure(truth, np.array([0, 1, 1, 2]))
    assert measured.accuracy == 0.75
    assert measured.per_label[LABELS[0]] == (1.0, 0.5, pytest.approx(2 / 3), 2)
    assert measured.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 7)
    assert measured.calibration_error is None


def test_it_measures_calibration_and_what_could_be_taken_unseen() -> None:
    right = np.array([True, True, True, False])
    assert calibration_error(np.array([0.75, 0.75, 0.75, 0.75]), right) == pytest.approx(0.0)
    assert calibration_error(np.array([1.0, 1.0, 1.0, 1.0]), right) == pytest.approx(0.25)
    assert share_at(np.array([0.9, 0.8, 0.7, 0.6]), right, 0.97) == 0.75
    assert share_at(np.array([0.6, 0.7, 0.8, 0.9]), right, 0.97) == 0.0


def test_it_finds_the_temperature_that_made_the_data() -> None:
    scores = np.random.default_rng(5).normal(size=(4000, 7))
    shares = np.exp(scores / 0.5)
    shares /= shares.sum(axis=1, keepdims=True)
    drawn = np.array([np.random.default_rng(n).choice(7, p=row) for n, row in enumerate(shares)])
    assert fit_temperature(scores, drawn) == pytest.approx(0.5, abs=0.05)


def write_rows(folder: Path) -> tuple[str, ...]:
    """84 invented rows that seven words each tell apart; every third has raw text."""
    header = "doc_id,label,title,detail,posted_at,text_seg,raw_source\n"
    texts = (
        "小区 物业 业主",
        "工资 社保 公司",
        "学校 老师 学生",
        "商家 退款 消费",
        "污染 废气 环保",
        "医院 医生",
        "公交 司机",
    )
    lines = []
    for n in range(84):
        text = f"{texts[n % 7]} {'甲乙丙丁戊己'[n % 6]}{n}"
        raw = "标题," + text.replace(" ", "，").replace(",", "，") + ",2020-01-01T00:00:00" if n % 3 == 0 else ",,"
        lines.append(f"M{n},{LABELS[n % 7]},{raw},{text},{'s1' if n % 3 == 0 else ''}\n")
    (folder / "train.csv").write_text(header + "".join(lines), encoding="utf-8")
    return texts


def test_it_fits_what_it_is_shown_and_ships_it_whole(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    asked = [("", text) for text in write_rows(tmp_path)]
    model = fit(load_rows(tmp_path))
    assert model_scores(model, asked).argmax(axis=1).tolist() == list(range(7))
    again = load(model.to_bytes())
    assert (model_scores(again, asked) == model_scores(model, asked)).all()


def test_it_trains_and_measures_by_command(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    write_rows(tmp_path)
    out = tmp_path / "new.npz"
    result = CliRunner().invoke(understand, ["train", "--data", str(tmp_path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "baseline" in result.output
    assert "fitted on all 84 rows" in result.output
    assert load(out).temperature > 0
    measured = CliRunner().invoke(understand, ["evaluate", "--data", str(tmp_path)])
    assert measured.exit_code == 0
    assert measured.output.splitlines()[0] == result.output.splitlines()[0]


def test_it_says_which_file_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(understand, ["train", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "train.csv" in result.output


def test_it_refuses_labels_and_weights_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("doc_id,label,title,detail,posted_at,text_seg,raw_source\nM1,别的,,,,字,\n")
    with pytest.raises(ValueError, match="label must be one of"):
        load_rows(tmp_path)
    np.savez(tmp_path / "other.npz", gap=np.zeros(1))
    with pytest.raises(ValueError, match="linli understand train"):
        load(tmp_path / "other.npz")


def test_its_validation_split_stays_as_it_was(shared_data: Path) -> None:
    rows = load_rows(shared_data / "messages_zhengwu")
    inside = [row for row in rows if in_validation(row)]
    assert (len(rows), len(inside), sum(row.has_raw for row in inside)) == (6432, 1297, 223)
    assert {row.tokens for row in inside}.isdisjoint(row.tokens for row in rows if not in_validation(row))


@pytest.mark.slow
def test_it_understands_messages_it_has_not_seen_as_well_as_the_model_card_says(shared_data: Path) -> None:
    pytest.importorskip("sklearn")
    rows = load_rows(shared_data / "messages_zhengwu")
    fitted = fit([row for row in rows if not in_validation(row)])
    model = LabelModel(fitted.table, fitted.scale, fitted.bias, load(WEIGHTS).temperature)
    for raw, accuracy, macro_f1, error in ((False, 0.92, 0.915, 0.03), (True, 0.89, 0.88, 0.06)):
        inside = [row for row in rows if in_validation(row) and (row.has_raw or not raw)]
        asked = [(row.title, row.detail) if raw else ("", row.tokens) for row in inside]
        scores = model_scores(model, asked)
        truth = np.array([row.label for row in inside])
        measured = measure(truth, scores.argmax(axis=1), model.probabilities(scores))
        assert measured.accuracy >= accuracy
        assert measured.macro_f1 >= macro_f1
        assert measured.calibration_error is not None
        assert measured.calibration_error <= error


def test_it_suggests_matters_as_well_as_the_model_card_says(shared_data: Path) -> None:
    result = evaluate_matters(shared_data / "messages_zhengwu", load_grades(GRADES, part="evaluation"))
    assert result.messages == 150
    assert result.suggested >= 115
    assert result.accepted / result.suggested >= 0.83
    share, accepted = result.at[0.9]
    assert share >= 0.42
    assert accepted >= 0.95
    assert result.calibration_error <= 0.10
