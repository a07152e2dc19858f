"""A small world for the directory's tests, and the real files where they are."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HEADER = "code,parent_code,level,name\n"
SMALL = [
    "50,,1,重庆市",
    "5001,50,2,市辖区",
    "500118,5001,3,永川区",
    "500118001,500118,4,中山路街道",
    "500118001001,500118001,5,中山路社区居民委员会",
    "500118001200,500118001,5,三星村村民委员会",
    "500118118,500118,4,朱沱镇",
    "500118118200,500118118,5,三星村村民委员会",
]
"""One district, two towns, three communities; two communities share a name."""


@pytest.fixture
def small_rows() -> list[str]:
    return list(SMALL)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def shared_data() -> Path:
    root = Path(os.environ.get("LINLI_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
    if not (root / "admin_divisions_chongqing" / "divisions.csv").is_file():
        pytest.skip("the real files are not here; LINLI_SHARED_DATA names their folder")
    return root


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows (or bytes) to a file and gives its path."""

    def written(content: list[str] | bytes, name: str = "divisions.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else (header + "\n".join(content) + "\n").encode())
        return path

    return written
