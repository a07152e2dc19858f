"""The demo from an empty folder to a running district, each stage skipped when it is there already."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from linli.site import grants
from linli.site.demo import building
from linli.site.demo.building import DISTRICT, Built
from linli.site.demo.people import Login

Say = Callable[[str], None]


def build(reports: Path | None, *, say: Say) -> Built:
    """Sets everything up and gives the accounts to print."""
    now = timezone.now()
    say("Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    grants.apply()
    remembered = _remembered()
    if remembered is not None:
        say("The district is there already; nothing is changed. (Another start: delete the data folder.)")
        return remembered
    building.set_up_rules(now, say)
    password = building.new_password()
    staff, logins = building.hire(DISTRICT, password, now=building.first_day(now))
    say("Staff hired (invented).")
    building.bring_in(reports, now, say)
    tally = building.carry(staff, now=now, say=say)
    building.index(say)
    built = Built(password, logins, sum(tally.acts.values()), tally.stuck)
    _remember(built, now)
    return built


def _place() -> Path:
    return Path(settings.DATA) / "demo.json"


def _remember(built: Built, now: datetime) -> None:
    _place().write_text(json.dumps(asdict(built) | {"at": now.isoformat()}, ensure_ascii=False, indent=1), "utf-8")


def _remembered() -> Built | None:
    if not _place().exists():
        return None
    known = json.loads(_place().read_text("utf-8"))
    logins = [Login(**login) for login in known["logins"]]
    return Built(known["password"], logins, known["acts"], known["stuck"])
