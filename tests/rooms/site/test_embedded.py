"""The embedded PostgreSQL, sentence by sentence of what is promised of it."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from linli.site import embedded
from linli.site.embedded import EmbeddedError
from linli.site.embedded.passage import ACCESS, NOBODY, open_way

ROOT = Path(__file__).resolve().parents[3]
START = "import sys; from pathlib import Path; from linli.site import embedded; embedded.ensure(Path(sys.argv[1]))"
WRITE = """
import sys
from pathlib import Path
import psycopg
from linli.site import embedded
with psycopg.connect(embedded.ensure(Path(sys.argv[1])).owner_url) as connection:
    connection.execute("INSERT INTO written VALUES (%s)", [int(sys.argv[2])])
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try what root meets")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="run the tests as an ordinary user to try this directly")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's own user can reach, removed afterwards with the server that runs in it."""
    with folder_anywhere() as path:
        yield path


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The folder of one running database, for tests that leave it as they found it."""
    with folder_anywhere() as path:
        embedded.ensure(path)
        yield path


@contextlib.contextmanager
def folder_anywhere() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="linli-"))
    path.chmod(0o755)
    try:
        yield path / "data"
    finally:
        with contextlib.suppress(EmbeddedError):
            embedded.stop(path / "data")
        shutil.rmtree(path, ignore_errors=True)


def python(code: str, *arguments: object, user: int | None = None) -> "subprocess.Popen[bytes]":
    """A process of its own group with the package at hand; ``user`` is for root, who may become anybody."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return subprocess.Popen(
        [interpreter(user), "-c", code, *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{packages}"},
        cwd="/",
        user=user,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def interpreter(user: int | None) -> str:
    """A Python of this version that the user can execute."""
    name = f"python3.{sys.version_info.minor}"
    for found in (sys.executable, shutil.which(name, path="/usr/bin:/usr/local/bin")):
        if found and (user is None or all(p.stat().st_mode & 0o001 for p in Path(found).resolve().parents)):
            return found
    pytest.skip(f"no {name} that an ordinary user could execute")


def succeed(process: "subprocess.Popen[bytes]") -> None:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()


def postmaster(home: Path) -> int:
    """Process id of the server."""
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def kill_and_see_it_die(pid: int) -> None:
    """kill -9, and wait until the process is no more (a zombie is no more)."""
    os.kill(pid, signal.SIGKILL)
    status = Path(f"/proc/{pid}/status")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while "State:\tZ" not in status.read_text():
            os.sched_yield()


def table_of(home: Path) -> list[int]:
    with psycopg.connect(embedded.ensure(home).owner_url) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM written ORDER BY number")]


def make_table(home: Path) -> None:
    with psycopg.connect(embedded.ensure(home).owner_url) as connection:
        connection.execute("CREATE TABLE written (number int PRIMARY KEY)")


# --- its data in a folder that nobody else reads


def test_it_keeps_cluster_socket_and_secrets_to_itself(home: Path) -> None:
    embedded.secret(home, "some_key")
    folders, files = ("postgres", "socket", "keys"), ("credentials.json", "keys/some_key")
    assert {name: stat.S_IMODE((home / name).stat().st_mode) for name in folders} == dict.fromkeys(folders, 0o700)
    assert {name: stat.S_IMODE((home / name).stat().st_mode) for name in files} == dict.fromkeys(files, 0o600)
    assert list(home.glob("*.password")) == []
    assert home.stat().st_mode & 0o067 == 0  # root's database user may pass through, by name


@pytest.mark.parametrize("role", ["linli_app", "linli_owner", "postgres"])
@pytest.mark.parametrize("password", [None, "", "guessed"])
def test_it_refuses_a_connection_without_the_password(home: Path, role: str, password: str | None) -> None:
    parts = conninfo_to_dict(embedded.planned(home).app_url) | {"user": role, "password": password}
    if password is None:
        del parts["password"]
    with pytest.raises(psycopg.OperationalError, match=r"password|no password supplied"):
        psycopg.connect(make_conninfo(**parts))


def test_it_listens_on_no_network_address(home: Path) -> None:
    with psycopg.connect(embedded.planned(home).app_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_it_gives_neither_role_the_server(home: Path) -> None:
    with psycopg.connect(embedded.planned(home).owner_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'linli%' ORDER BY 1"
        ).fetchall()
    assert rows == [("linli_app", False, False, False), ("linli_owner", False, False, True)]


def test_it_makes_each_key_once(home: Path) -> None:
    first = embedded.secret(home, "some_key")
    assert len(first) == 32
    assert embedded.secret(home, "some_key") == first
    assert embedded.secret(home, "other_key") != first


def test_it_finds_a_shorter_place_for_the_socket_of_a_deep_folder(folder: Path) -> None:
    deep = folder / ("x" * 60) / ("y" * 60)
    server = embedded.ensure(deep)
    try:
        with psycopg.connect(server.app_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        place = Path(parse_qs(urlsplit(server.app_url).query)["host"][0])
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    finally:
        embedded.stop(deep)
        shutil.rmtree(place)


def test_it_refuses_a_socket_folder_that_somebody_else_prepared(folder: Path) -> None:
    trap = folder.parent / "elsewhere"
    trap.mkdir(mode=0o755)
    before = trap.stat()
    folder.mkdir()
    (folder / "socket").symlink_to(trap)
    with pytest.raises(EmbeddedError, match="somebody else made it: remove it"):
        embedded.ensure(folder)
    assert (trap.stat().st_uid, trap.stat().st_mode) == (before.st_uid, before.st_mode)


# --- works as root and as a user


@as_root
def test_it_runs_for_root_under_a_user_of_its_own(home: Path) -> None:
    owner = Path(f"/proc/{postmaster(home)}").stat().st_uid
    assert owner == (home / "postgres").stat().st_uid == pwd.getpwnam("linli-postgres").pw_uid != 0


ENTER = "import os, sys; os.stat(os.path.join(sys.argv[1], '.'))"


@as_root
def test_it_keeps_the_data_where_it_was_told_below_a_private_folder_that_stays_private(folder: Path) -> None:
    folder.parent.chmod(0o700)
    make_table(folder)
    assert embedded.planned(folder).app_url.count(quote(str(folder), safe="")) == 1
    assert Path(f"/proc/{postmaster(folder)}/cwd").readlink() == folder / "postgres"
    for private in (folder.parent, folder):
        process = python(ENTER, private, user=pwd.getpwnam("nobody").pw_uid)
        said, _ = process.communicate(timeout=60)
        assert "PermissionError" in said.decode()


@as_root
def test_it_lets_the_database_user_in_by_name_and_changes_nobody_elses_access(folder: Path) -> None:
    owner, group, others = (0x01, 7, NOBODY), (0x04, 5, NOBODY), (0x20, 0, NOBODY)
    someone, hidden, mask = (0x02, 7, 4242), (0x08, 6, 4243), (0x10, 5, NOBODY)
    folder.mkdir()
    os.setxattr(folder, ACCESS, packed(owner, someone, group, hidden, mask, others))
    assert open_way(folder, 4244)
    masked = [(0x02, 5, 4242), (0x02, 1, 4244), group, (0x08, 4, 4243), (0x10, 5, NOBODY)]
    assert os.getxattr(folder, ACCESS) == packed(owner, *masked, others)


def packed(*entries: tuple[int, int, int]) -> bytes:
    """An access list as the kernel keeps it: version 2, then tag, permissions and number of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@as_root
def test_it_runs_for_root_also_where_the_umask_hides_new_folders(folder: Path) -> None:
    code = f"import os; os.umask(0o077); {START}"
    succeed(python(code, folder / "below" / "it"))
    embedded.stop(folder / "below" / "it")


@as_root
def test_it_runs_for_an_ordinary_user_when_root_steps_down(folder: Path) -> None:
    user = pwd.getpwnam("nobody").pw_uid
    os.chown(folder.parent, user, -1)
    succeed(python(START, folder, user=user))
    assert Path(f"/proc/{postmaster(folder)}").stat().st_uid == user
    succeed(python(START.replace("ensure", "stop"), folder, user=user))


@as_root
def test_it_tells_a_user_whose_folder_this_is(home: Path) -> None:
    process = python(START, home, user=pwd.getpwnam("nobody").pw_uid)
    said, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert f"the data folder {home} belongs to another user" in said.decode()


@as_user
def test_it_runs_for_an_ordinary_user(home: Path) -> None:
    assert Path(f"/proc/{postmaster(home)}").stat().st_uid == os.geteuid()


# --- many processes, a second start, kill -9


def test_it_starts_once_for_many_processes_at_once(folder: Path) -> None:
    for process in [python(START, folder) for _ in range(6)]:
        succeed(process)
    make_table(folder)
    first = postmaster(folder)
    for process in [python(WRITE, folder, number) for number in range(6)]:
        succeed(process)
    assert table_of(folder) == list(range(6))
    assert postmaster(folder) == first


def test_it_starts_a_second_time_without_doing_anything(home: Path) -> None:
    server, pid = embedded.planned(home), postmaster(home)
    assert embedded.ensure(home) == server
    assert postmaster(home) == pid


def test_it_stops_and_starts_again_with_everything(folder: Path) -> None:
    make_table(folder)
    succeed(python(WRITE, folder, 7))
    server = embedded.planned(folder)
    embedded.stop(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.app_url)
    embedded.stop(folder)
    assert table_of(folder) == [7]


def test_it_keeps_what_was_committed_when_the_server_is_killed(folder: Path) -> None:
    make_table(folder)
    for number in range(3):
        with psycopg.connect(embedded.ensure(folder).owner_url) as connection:
            connection.execute("INSERT INTO written VALUES (%s)", [number])
            connection.commit()
            connection.execute("INSERT INTO written VALUES (%s)", [1000 + number])
            kill_and_see_it_die(postmaster(folder))
            with contextlib.suppress(psycopg.OperationalError):
                connection.rollback()
        assert table_of(folder) == list(range(number + 1))


def test_it_starts_although_the_dead_servers_number_belongs_to_another_process_now(folder: Path) -> None:
    make_table(folder)
    noted = folder / "postgres" / "postmaster.pid"
    kill_and_see_it_die(postmaster(folder))
    lines = noted.read_text().splitlines()
    noted.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert table_of(folder) == []


def test_it_never_stops_a_process_that_is_not_its_server(folder: Path) -> None:
    embedded.ensure(folder)
    embedded.stop(folder)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (folder / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n{folder}\n1\n5432\n\n\n\nready   \n")
    embedded.stop(folder)
    assert other.poll() is None
    other.communicate(b"\n")
    assert other.returncode == 0


def test_it_comes_back_when_its_socket_was_swept_away(folder: Path) -> None:
    make_table(folder)
    place = Path(parse_qs(urlsplit(embedded.planned(folder).app_url).query)["host"][0])
    shutil.rmtree(place)
    assert table_of(folder) == []


STAGES: dict[str, Callable[[Path], bool]] = {
    "credentials written": lambda home: (home / "credentials.json").exists(),
    "initdb begun": lambda home: any(home.glob("postgres.draft-*/PG_VERSION")),
    "initdb writing tables": lambda home: any(home.glob("postgres.draft-*/base/1")),
    "cluster in place": lambda home: (home / "postgres").exists(),
    "server started": lambda home: (home / "postgres" / "postmaster.pid").exists(),
}


@pytest.mark.parametrize("whole_group", [True, False], ids=["with its children", "alone"])
@pytest.mark.parametrize("stage", STAGES)
def test_it_heals_a_first_set_up_that_was_killed(folder: Path, stage: str, whole_group: bool) -> None:
    process = python(START, folder)
    while not STAGES[stage](folder) and process.poll() is None:
        os.sched_yield()
    assert process.poll() is None, "the set-up was quicker than the test could look"
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    process.communicate()
    make_table(folder)
    assert table_of(folder) == []
    assert list(folder.glob("*.password")) == []


# --- refuses what it must not touch


def test_it_refuses_a_folder_of_another_version(folder: Path) -> None:
    cluster = folder / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("14\n")
    (cluster / "precious").write_text("data")
    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 14.*carries PostgreSQL 18.*pg_dump.*DATABASE_URL"):
        embedded.ensure(folder)
    assert (cluster / "precious").read_text() == "data"
    assert sorted(path.name for path in cluster.iterdir()) == ["PG_VERSION", "precious"]


def test_it_says_on_the_command_line_what_to_do_about_another_version(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("14\n")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "linli", "database", "start"],
        env=environment | {"LINLI_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "pg_dump" in done.stderr
    assert "Traceback" not in done.stderr
