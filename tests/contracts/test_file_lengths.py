"""No file grows into an attic."""

from pathlib import Path

from tools import lengths

ROOT = Path(__file__).resolve().parents[2]


def test_it_has_no_file_over_600_lines() -> None:
    assert lengths.long_files(ROOT, lengths.FAIL) == []


def test_it_notices_a_file_that_is_too_long(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("short\n")
    long = tmp_path / "src" / "linli" / "cases" / "everything.py"
    long.parent.mkdir(parents=True)
    long.write_text("x = 1\n" * 601)
    (long.parent / "long_table.csv").write_text("1\n" * 5000)
    assert lengths.long_files(tmp_path, lengths.FAIL) == [(601, long)]
