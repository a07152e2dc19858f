"""Writes the description of the API to ``tests/contracts/openapi.json``, whose history shows what callers must follow.

python tools/openapi.py            write it
python tools/openapi.py --check    only say whether the file is as the API is
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
SNAPSHOT = HOME / "tests" / "contracts" / "openapi.json"


def described() -> dict[str, Any]:
    """The OpenAPI document, as the site gives it out."""
    from linli.site.api import api

    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


def main() -> int:
    """Writes the file, or compares; 1 when it is not as the API is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    import django

    django.setup()
    text = json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if "--check" not in sys.argv:
        SNAPSHOT.write_text(text, "utf-8")
        return 0
    same = SNAPSHOT.exists() and SNAPSHOT.read_text("utf-8") == text
    print(
        "" if same else "the API is not as tests/contracts/openapi.json says: run `.venv/bin/python tools/openapi.py`"
    )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
