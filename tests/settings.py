"""The site's settings for the tests: a data folder of their own, and the role that may create a database.

pytest-django reads the settings before any conftest is loaded, so the environment is prepared here.
"""

import os
from pathlib import Path

os.environ.setdefault("LINLI_DATA", str(Path(__file__).resolve().parents[1] / "var" / "test"))
os.environ["LINLI_AS_OWNER"] = "true"

from linli.site.settings import *  # noqa: F403
