"""The demo from an empty folder to a running district, each stage skipped when it is there already."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import fasteners
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from linli.site import grants
from linli.site.demo import building
from linli.site.demo.building import DISTRICT, Built
from linli.site.demo.people import Login

Say = Callable[[str], None]


def build(reports: Path | None, *, say: Say) -> Built:
    """Sets everything up and gives the accounts to print. A second one at the same time waits for the first.

    Raises:
        UnreadableFileError, MappingError: ``reports`` cannot be brought in; nothing was set up.
    """
    lock = fasteners.InterProcessLock(Path(settings.DATA) / "demo.lock")
    if not lock.acquire(blocking=False):
        say("Another demo is being set up in this folder; waiting for it …")
        lock.acquire()
    try:
        return _build(reports, say)
    finally:
        lock.release()


def _build(reports: Path | None, say: Say) -> Built:
    now = timezone.now()
    known = _remembered()
    if reports is not None and (known is None or known.built is None):
        building.require_readable(reports)
    say("Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    grants.apply()
    if known is not None and known.built is not None:
        say("The district is there already; nothing is changed. (Another start: delete the data folder.)")
        if reports is not None:
            say(f"{reports} is left out. To bring it in: ./run linli import reports {reports} --district {DISTRICT}")
        return known.built
    building.set_up_rules(now, say)
    password = known.password if known is not None else building.new_password()
    _write({"password": password})
    staff, logins = building.hire(DISTRICT, password, now=building.first_day(now))
    say("Staff hired (invented).")
    building.bring_in(reports, now, say)
    tally = building.carry(staff, now=now, say=say)
    building.index(say)
    built = Built(password, logins, sum(tally.acts.values()), tally.stuck)
    _write(asdict(built) | {"at": now.isoformat()})
    return built


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an earlier start left: the password before anybody is hired, everything when all was built."""

    password: str
    built: Built | None


def _place() -> Path:
    return Path(settings.DATA) / "demo.json"


def _write(known: Mapping[str, Any]) -> None:
    """Whole or not at all, and readable to nobody else, because the password stands in it."""
    unfinished = _place().with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file, ensure_ascii=False, indent=1)
    unfinished.replace(_place())


def _remembered() -> Remembered | None:
    if not _place().exists():
        return None
    _place().chmod(0o600)
    known = json.loads(_place().read_text("utf-8"))
    if "logins" not in known:
        return Remembered(known["password"], None)
    logins = [Login(**login) for login in known["logins"]]
    return Remembered(known["password"], Built(known["password"], logins, known["acts"], known["stuck"]))
