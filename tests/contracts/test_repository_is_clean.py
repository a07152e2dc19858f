"""What must never be committed: paths of a machine, addresses of registries, large files, real people's sentences."""

import csv
import gzip
import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 700 * 1024
WEIGHTS = {".npz", ".npy"}
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".gz", ".xlsx", ".pmtiles", *WEIGHTS}
SENTENCE = 20
"""So many Chinese characters in a row that stand in a real message too are no coincidence."""
# Written in pieces, so that this file passes its own test.
MACHINE_FOLDERS = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w", "/op" + "t/wheels")
MACHINE = re.compile("|".join(MACHINE_FOLDERS))
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "deb.debian" + ".org",
    "tuna.tsinghua" + ".edu",
    "mirrors.aliyun" + ".com",
    "npmmirror" + ".com",
    "registry.yarn" + "pkg",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]{%d,}" % SENTENCE)  # noqa: UP031 - braces of the pattern


def committed() -> list[Path]:
    """Files under version control."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout, so nothing says what is committed")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every committed text file."""
    for path in committed():
        if path.suffix not in BINARY:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def test_it_names_no_path_of_a_machine() -> None:
    assert [(name, found[0]) for name, text in texts() if (found := MACHINE.search(text))] == []


def test_it_names_no_registry() -> None:
    assert [(name, host) for name, text in texts() for host in REGISTRIES if host in text] == []


def test_it_holds_no_large_file_besides_weights() -> None:
    large = [p for p in committed() if p.stat().st_size > LARGEST and p.suffix not in WEIGHTS]
    assert large == []


def test_it_holds_no_secret() -> None:
    marks = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_[0-9A-Za-z]{36}\b")
    assert [name for name, text in texts() if marks.search(text)] == []
    assert [p for p in committed() if p.name in ("credentials.json", ".env")] == []


def test_it_holds_no_sentence_of_the_real_messages(shared_data: Path) -> None:
    ours: dict[str, str] = {}
    for name, text in texts():
        for run in CHINESE.findall(text):
            ours |= {run[i : i + SENTENCE]: name for i in range(len(run) - SENTENCE + 1)}
    taken = {
        (ours[piece], piece)
        for run in real_runs(shared_data / "messages_zhengwu")
        for i in range(len(run) - SENTENCE + 1)
        if (piece := run[i : i + SENTENCE]) in ours
    }
    assert taken == set()


def real_runs(folder: Path) -> Iterator[str]:
    """Unbroken runs of Chinese characters in the titles and details of the real messages."""
    files = [*folder.glob("*.csv.gz"), folder / "train.csv"]
    if not files[-1].exists():
        pytest.skip("the real messages are not here")
    for path in files:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))):
            for column in ("title", "detail"):
                yield from CHINESE.findall(row.get(column) or "")
