"""The stages of the demo's set-up: a real district with its real towns and communities, and what happens in it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from linli.cases import queries
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory import actions as directory
from linli.intake import mapping
from linli.intake.actions import ImportOptions, import_reports
from linli.intake.mapping import ColumnMap
from linli.ledger.relay import relay_batch
from linli.site.demo.carrying import Carrier, Tally
from linli.site.demo.people import Login, Staff, hire
from linli.site.demo.story import coverage, everyday
from linli.site.subscriptions import SUBSCRIPTIONS

DISTRICT = "500118"
WEEKS = 6
EVERYDAY = 300

Say = Callable[[str], None]

__all__ = ["DISTRICT", "Built", "bring_in", "carry", "first_day", "hire", "index", "new_password", "set_up_rules"]


@dataclass(frozen=True, slots=True)
class Built:
    """What was set up, for the last lines of the demo."""

    password: str
    logins: list[Login]
    acts: int
    stuck: dict[str, str]


def package_file(name: str) -> Path:
    """A file of the demo's package."""
    return Path(str(resources.files("linli.site.demo").joinpath(name)))


def new_password() -> str:
    """A password for this demo's accounts."""
    return f"linli-{secrets.token_hex(4)}"


def first_day(now: datetime) -> datetime:
    """When the demo's story begins."""
    return now - timedelta(weeks=WEEKS)


def set_up_rules(now: datetime, say: Say) -> None:
    """Areas, units and rules, all from before the story begins."""
    start = first_day(now)
    directory.import_areas(package_file(f"divisions_{DISTRICT}.csv"), now=start)
    made = directory.set_up_district(DISTRICT, now=start)
    directory.invent_boundaries(DISTRICT, now=start)
    say(f"{made.towns} towns, {made.communities} communities, {made.units:,} units, {made.grids:,} invented grids.")
    catalogue_actions.import_matters(None, now=start)
    published = catalogue_actions.publish(by="operator", at=start)
    say(f"Rules published: {len(catalogue.policy(DISTRICT).matters)} matters (policy {published.number}).")


def bring_in(reports: Path | None, now: datetime, say: Say) -> None:
    """The hotline's file: the one given, else the real messages where they are, else the package's own.

    Texts that were not said here are marked as borrowed or as written for the demo, on every page.
    """
    for path, columns, origin in _files(reports):
        options = ImportOptions(
            columns=columns,
            spread_areas=True,
            spread_days=WEEKS * 7,
            origin=origin,
            errors=settings.DATA / f"{path.name}.errors.csv",
        )
        done = import_reports(path, district=DISTRICT, now=now, options=options)
        say(f"{path.name}: {done.new:,} new cases, {done.already:,} in already, {len(done.bad):,} refused.")


def _files(reports: Path | None) -> list[tuple[Path, ColumnMap | None, str]]:
    if reports is not None:
        return [(reports, None, "")]
    real = settings.SHARED_DATA / "messages_zhengwu"
    names = ("hot_topics", "replies", "unlabeled_intake")
    if all((real / f"{name}.csv.gz").exists() for name in names):
        return [(real / f"{name}.csv.gz", None, "demo-borrowed") for name in names]
    return [(package_file("messages.csv"), mapping.load(package_file("messages.yaml")), "demo-written")]


def carry(staff: Staff, *, now: datetime, say: Say) -> Tally:
    """Carries a few hundred of the cases that wait at their desks, oldest first."""
    policy = catalogue.policy(DISTRICT)
    carrier = Carrier(DISTRICT, staff, now - timedelta(minutes=5))
    turns = coverage(policy.current_procedure("standard"), policy.current_procedure("part"))
    plots = sorted(chain(turns, everyday(EVERYDAY)), key=lambda plot: not plot.takes_weeks)
    for done in carrier.carry_all(plots, waiting(now)):
        if done % 50 == 0:
            say(f"{done} of {len(plots)} cases carried, {sum(carrier.tally.acts.values()):,} acts …")
    say(f"{carrier.tally.cases} cases carried through the loop, {sum(carrier.tally.acts.values()):,} acts.")
    for plot, reason in carrier.tally.stuck.items():
        say(f"  {plot} could not be played: {reason}")
    return carrier.tally


def waiting(now: datetime) -> Iterator[str]:
    """Cases in the first step, oldest first, as the district centre sees them."""
    centre = catalogue.policy(DISTRICT).territory.serving("district_centre", DISTRICT)[0]
    reader = Actor(ActorKind.PERSON, "demo", (PostHeld("demo", centre.id, DISTRICT, frozenset({Function.SUPERVISE})),))
    found: list[tuple[datetime, str]] = []
    page = queries.work_list(reader, DISTRICT, scope="district", keys=[DISTRICT], steps=["reported"], size=500)
    while True:
        found += [(line.opened_at, line.id) for line in page.lines if line.opened_at < now and "/" not in line.number]
        if page.after is None:
            break
        page = queries.work_list(
            reader, DISTRICT, scope="district", keys=[DISTRICT], steps=["reported"], after=page.after, size=500
        )
    yield from (case for _, case in sorted(found))


def index(say: Say) -> None:
    """Brings the search up to date before the first page is opened."""
    told = 0
    while taken := relay_batch(SUBSCRIPTIONS, now=timezone.now(), size=2000):
        told += taken
    say(f"Search is up to date ({told:,} entries).")
