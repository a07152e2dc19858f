"""The embedded PostgreSQL: started on demand from the binaries of a wheel, shared by every process of one data folder.

Nothing here trusts anybody: the cluster's folder and its socket's folder are 0700, every connection needs a password
(scram-sha-256), and two roles exist, the owner that migrates and the application role that runs.

In a data folder: ``postgres/`` the cluster, ``postgres.ready`` once its roles exist, ``socket/``, ``keys/``,
``credentials.json``, ``.lock``; and ``postgres.draft-…`` only while a first set-up runs or after one was killed.
"""

import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import fasteners
import psycopg
from psycopg import sql

from linli.site.embedded.programs import (
    MAJOR,
    ROOT_HOME,
    EmbeddedError,
    give,
    is_root,
    make_folder,
    make_root_home,
    pg,
    run,
    server_user,
    short_hash,
)

__all__ = ["EmbeddedError", "Server", "ensure", "planned", "secret", "stop"]

PORT = 5432
DATABASE = "linli"
OWNER, APP, SUPERUSER = "linli_owner", "linli_app", "postgres"
SOCKET_LIMIT = 90  # a Unix socket's path may have about 107 bytes, and the file's own name is 17
PATIENCE = 60.0
"""Seconds in which the processes of a killed server must let go of its memory."""
RECOVERY = 600
"""Seconds that a recovery from the log may take, with all of max_wal_size to read on a slow disk."""
_PROCESSES = Path("/proc")  # not on every system; without it PostgreSQL's own means must do
_STARTING = 1

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


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database answers: one address for the application role, one for the owner that migrates."""

    app_url: str
    owner_url: str


def ensure(data: Path) -> Server:
    """Starts the database of a data folder if it does not answer, and creates it the first time.

    Safe to call from many processes at once and after any of them, or the server itself, was killed: a file lock lets
    one process work at a time, a first set-up happens in a folder of its own that takes its place only when whole,
    and PostgreSQL recovers from its own log.

    Raises:
        EmbeddedError: the folder belongs to another PostgreSQL version or another user, or the server does not start.
    """
    home = _home(data)
    with _locked(home):
        keys = _credentials(home)
        cluster = home / "postgres"
        _refuse_foreign(cluster)
        if not cluster.exists():
            _initialise(home, cluster, keys)
        if not _answers(home):
            _start(home, cluster)
        if not (home / "postgres.ready").exists():
            _create_roles(home, keys)
            (home / "postgres.ready").write_text(f"{MAJOR}\n", "utf-8")
        return _server(home, keys)


def planned(data: Path) -> Server:
    """The addresses that the database of a folder has or will have; nothing is started.

    Raises:
        EmbeddedError: the folder belongs to another user.
    """
    home = _home(data)
    with _locked(home):
        return _server(home, _credentials(home))


def stop(data: Path) -> None:
    """Stops the database of a data folder, if it runs; open connections are ended."""
    home = _home(data)
    with _locked(home):
        if _alive(home / "postgres"):
            pg("pg_ctl", "-D", str(home / "postgres"), "-m", "fast", "-w", "stop")


def secret(data: Path, name: str, length: int = 32) -> bytes:
    """A random key of the laptop mode, made once and kept in the data folder, readable by its owner only."""
    home = _home(data)
    path = home / "keys" / name
    with _locked(home):
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _write_private(path, secrets.token_bytes(length))
        return path.read_bytes()


# --- the data folder


def _home(data: Path) -> Path:
    """The folder used: the one named; one of root's own only where the server's user cannot be let into that."""
    data = data.expanduser().absolute()
    try:
        if not make_folder(data):
            make_root_home()
            data = ROOT_HOME / f"data-{short_hash(str(data))}"
            make_folder(data)
        usable = os.access(data, os.R_OK | os.W_OK | os.X_OK)
        kept = data / "credentials.json"
        usable = usable and (not kept.exists() or os.access(kept, os.R_OK))
    except PermissionError:
        usable = False
    if not usable:
        raise EmbeddedError(
            f"the data folder {data} belongs to another user. Run this as that user, give the folder to yourself "
            f"(chown -R), or set LINLI_DATA to a folder of your own."
        )
    return data


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


def _server(home: Path, keys: dict[str, str]) -> Server:
    return Server(_url(home, APP, keys[APP]), _url(home, OWNER, keys[OWNER]))


def _url(home: Path, role: str, password: str, database: str = DATABASE) -> str:
    host = quote(str(_socket(home)), safe="")
    return f"postgresql://{role}:{quote(password)}@/{database}?host={host}&port={PORT}"


def _socket(home: Path) -> Path:
    """The socket's folder; where its path would be too long, a short one that is chosen once and kept in a file."""
    inside = home / "socket"
    if len(str(inside)) <= SOCKET_LIMIT:
        return inside
    kept = home / "socket.folder"
    if not kept.exists():
        base = ROOT_HOME if is_root() else Path(tempfile.gettempdir())
        _write_private(kept, str(base / f"linli-{os.geteuid()}-{short_hash(str(home))}").encode())
    return Path(kept.read_text("utf-8"))


# --- the first set-up


def _refuse_foreign(cluster: Path) -> None:
    marker = cluster / "PG_VERSION"
    found = marker.read_text("utf-8").strip() if marker.exists() else str(MAJOR)
    if found != str(MAJOR):
        raise EmbeddedError(
            f"{cluster} was written by PostgreSQL {found}, but this release carries PostgreSQL {MAJOR}. Dump it with "
            f"the release that wrote it (pg_dump), move the folder away, start again and restore; or set DATABASE_URL "
            f"to a server of your own."
        )


def _initialise(home: Path, cluster: Path, keys: dict[str, str]) -> None:
    """Makes the cluster in a folder of its own and moves it into place when it is whole.

    A killed set-up may leave an initdb running; it goes on in its own folder, which the next set-up sweeps away.
    """
    for left in home.glob("postgres.draft-*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()
    (home / "postgres.ready").unlink(missing_ok=True)
    draft = home / f"postgres.draft-{secrets.token_hex(4)}"
    password = draft.with_name(draft.name + ".password")
    draft.mkdir(mode=0o700)
    _write_private(password, keys[SUPERUSER].encode())
    give(draft)
    give(password)
    try:
        pg(
            "initdb", "-D", str(draft), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password}",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--no-instructions",
        )  # fmt: skip
    finally:
        password.unlink(missing_ok=True)
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    draft.rename(cluster)


def _create_roles(home: Path, keys: dict[str, str]) -> None:
    """Makes roles and database; what a killed set-up has made already is kept."""
    address = _url(home, SUPERUSER, keys[SUPERUSER], "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        for role, extra in ((OWNER, "CREATEDB"), (APP, "")):
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None
            statement = sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
                sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.SQL(extra), sql.Literal(keys[role])
            )
            connection.execute(statement)
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (DATABASE, OWNER))))


# --- starting


def _start(home: Path, cluster: Path) -> None:
    socket = _socket(home)
    _make_socket_folder(socket)
    log = cluster / "server.log"
    deadline = time.monotonic() + PATIENCE
    while True:
        _clear_away(cluster)
        try:
            options = f"-k '{socket}' -p {PORT}"
            pg(
                "pg_ctl", "-D", str(cluster), "-l", str(log), "-o", options, "-w", "-t", str(RECOVERY), "start",
                detached=True,
            )  # fmt: skip
        except EmbeddedError as fault:
            if time.monotonic() > deadline:
                tail = log.read_text("utf-8", errors="replace")[-1500:] if log.exists() else ""
                raise EmbeddedError(f"PostgreSQL does not start: {fault}\n{tail}") from fault
            time.sleep(0.25)  # after a kill -9 the old server's processes need a moment to let go of its memory
        else:
            return


def _clear_away(cluster: Path) -> None:
    """Removes what keeps a dead server's place: a deaf server, or a noted process id that now belongs to another.

    The file with the process id is removed only when no PostgreSQL process works in this folder any more, since it
    guards the cluster against two servers.
    """
    if _alive(cluster):
        pg("pg_ctl", "-D", str(cluster), "-m", "fast", "-w", "stop")
    elif _PROCESSES.exists() and (_PROCESSES / str(_noted(cluster))).exists() and not _workers(cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _alive(cluster: Path) -> bool:
    """Whether the process that the cluster notes as its server lives, and is one."""
    if _PROCESSES.exists():
        return _noted(cluster) in _workers(cluster)
    return (cluster / "PG_VERSION").exists() and run("pg_ctl", "-D", str(cluster), "status").returncode == 0


def _noted(cluster: Path) -> int:
    """The process id that a server left in the cluster; 0 when it left none."""
    try:
        return int((cluster / "postmaster.pid").read_text("utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _workers(cluster: Path) -> set[int]:
    """Process ids of PostgreSQL programs whose working folder is the cluster, as all of a server's have."""
    return {int(p.name) for p in _PROCESSES.iterdir() if p.name.isdigit() and _works_in(p, cluster)}


def _works_in(process: Path, cluster: Path) -> bool:
    try:
        return (process / "comm").read_text("utf-8").strip() == "postgres" and (
            process / "cwd"
        ).readlink() == cluster.resolve()
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return False


def _answers(home: Path) -> bool:
    """Whether a server accepts connections, after waiting for one that is just starting or recovering."""
    deadline = time.monotonic() + RECOVERY
    while True:
        code = run("pg_isready", "--quiet", "--host", str(_socket(home)), "--port", str(PORT)).returncode
        if code != _STARTING or time.monotonic() > deadline:
            return code == 0
        time.sleep(0.1)


def _make_socket_folder(socket: Path) -> None:
    """Makes the socket's folder, for the server's user only; one that somebody else put there is refused."""
    if not socket.parent.exists():
        make_root_home()
    try:
        socket.mkdir(mode=0o700)
        give(socket)
    except FileExistsError:
        found = socket.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != server_user() or found.st_mode & 0o077:
            raise EmbeddedError(
                f"{socket} should be a private folder of the database, but somebody else made it: remove it"
            ) from None
