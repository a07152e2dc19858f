"""The databases that rows run on: templates that are kept, and copies that a row may write to and that are dropped.

They live in a server of their own (data folder ``var/bench``), or in the one that ``DATABASE_URL`` names, as databases
called ``linli_bench_…``. The product sees them through its ordinary settings, as an operator would set them.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from linli.cases import rows
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Opened
from linli.core.case.state import CaseState
from linli.core.proofs import FORMAT
from linli.site import embedded

ROOT = Path(__file__).resolve().parents[1]
PREFIX, COPY = "linli_bench", "scratch"
KEYS = ("LINLI_SECRET_KEY", "LINLI_VAULT_KEY", "LINLI_CODE_KEY")
SHAPED_BY = ("src/linli/*/migrations/*.py", "bench/building.py", "bench/lifecycles.py", "bench/stamping.py")
"""Files that decide what a template holds; with the shapes of state and events: when one changes, it is built anew."""


@dataclass(frozen=True)
class Place:
    """Where the benches' databases are."""

    folder: Path

    @property
    def is_embedded(self) -> bool:
        """Whether the server is the product's own; otherwise ``DATABASE_URL`` names it."""
        return "DATABASE_URL" not in os.environ

    @cached_property
    def server(self) -> embedded.Server:
        """The server's addresses; the embedded one is started."""
        given = os.environ.get("DATABASE_URL")
        if given:
            return embedded.Server(given, os.environ.get("DATABASE_OWNER_URL", given))
        return embedded.ensure(self.folder)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Keys of the product, made once for the benches."""
        return {name: embedded.secret(self.folder, name.lower()).hex() for name in KEYS}

    def owner(self, database: str) -> str:
        """The address of a database for the role that owns it."""
        return make_conninfo(self.server.owner_url, dbname=database)

    def application(self, database: str) -> str:
        """The address of a database for the role that the product runs with."""
        return make_conninfo(self.server.app_url, dbname=database)

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """The environment in which the product uses that database."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("LINLI_")},
            **self.keys,
            "LINLI_DATA": str(self.folder),
            "DATABASE_URL": self.application(database),
            "DATABASE_OWNER_URL": self.owner(database),
            "DJANGO_SETTINGS_MODULE": "linli.site.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            **more,
        }

    def linli(self, database: str, *arguments: str) -> None:
        """Runs a verb of the product's own command line on a database."""
        run([sys.executable, "-m", "linli", *arguments], self.environment(database))

    def exists(self, database: str) -> bool:
        """Whether the database is there."""
        with self._anywhere() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        return found is not None

    def make(self, database: str, template: str | None = None) -> None:
        """Makes a database, empty or as a copy; one of that name is dropped first."""
        self.drop(database)
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template is not None:
            copied = sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
            statement = statement + copied
        with self._anywhere() as connection:
            connection.execute(statement)

    def rename(self, database: str, new: str) -> None:
        """Gives a database its final name: whatever has it is whole."""
        with self._anywhere() as connection:
            names = [sql.Identifier(name) for name in (database, new)]
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    def drop(self, database: str) -> None:
        """Drops a database, if it is there; connections that are just closing get a moment."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database))
        for attempt in range(40):
            try:
                with self._anywhere() as connection:
                    connection.execute(statement)
            except psycopg.errors.ObjectInUse:
                if attempt == 39:
                    raise
                time.sleep(0.25)
            else:
                return

    def drop_others(self, mark: str) -> None:
        """Drops templates of an older shape and copies that an interrupted run left."""
        with self._anywhere() as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
            names = [name for (name,) in found.fetchall() if mark not in name or name.startswith(f"{PREFIX}_{COPY}")]
        for name in names:
            self.drop(name)

    @contextmanager
    def copy(self, template: str, purpose: str = "copy") -> Iterator[str]:
        """A copy of a template to write to; dropped at the end."""
        name = template.replace(PREFIX, f"{PREFIX}_{COPY}_{purpose}", 1)
        self.make(name, template)
        try:
            yield name
        finally:
            self.drop(name)

    @contextmanager
    def _anywhere(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.owner("postgres"), autocommit=True) as connection:
            yield connection


def run(command: list[str], environment: Mapping[str, str]) -> str:
    """Runs a program in the checkout and gives what it printed; a failure shows everything that it said."""
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


@cache
def mark() -> str:
    """A short digest of everything that decides what a template holds."""
    shapes, parts = msgspec.json.schema_components([CaseState, Opened, ActionTaken, DeadlinesRecalculated])
    digest = hashlib.sha256(repr((shapes, sorted(parts.items()), rows.COLUMNS, FORMAT)).encode())
    for pattern in SHAPED_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]
