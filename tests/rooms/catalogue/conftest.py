"""The real files, where they are."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def shared_data() -> Path:
    root = Path(os.environ.get("LINLI_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
    if not (root / "matters.csv").is_file():
        pytest.skip("the real files are not here; LINLI_SHARED_DATA names their folder")
    return root
