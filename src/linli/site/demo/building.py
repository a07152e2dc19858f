"""The stages of the demo's set-up: a real district with its real towns and communities, and what happens in it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from linli.cases import actions as cases
from linli.cases import queries
from linli.cases.queries import Line
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory import actions as directory
from linli.directory import tables
from linli.intake import mapping
from linli.intake.actions import ImportOptions, import_reports
from linli.intake.mapping import ColumnMap
from linli.intake.unzipping import unzipped
from linli.ledger.relay import relay_batch
from linli.site.demo.carrying import Carrier, Tally, played
from linli.site.demo.people import Login, Staff, hire
from linli.site.demo.story import coverage
from linli.site.subscriptions import SUBSCRIPTIONS

DISTRICT = "500118"
WEEKS = 6
EVERYDAY = 500
MOST_OLD = 1300
"""So many messages came in the last weeks, and are carried; the rest of a large file came today."""

Say = Callable[[str], None]

__all__ = [
    "DISTRICT",
    "Built",
    "bring_in",
    "carry",
    "first_day",
    "hire",
    "index",
    "new_password",
    "require_readable",
    "set_up_rules",
]


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
    directory.invent_duty_lines(DISTRICT)
    say(f"{made.towns} towns, {made.communities} communities, {made.units:,} units, {made.grids:,} invented grids.")
    catalogue_actions.import_matters(None, now=start)
    published = catalogue_actions.publish(by="operator", at=start)
    cases.load_answers(DISTRICT, now=start)
    say(f"Rules published: {len(catalogue.policy(DISTRICT).matters)} matters (policy {published.number}).")


def require_readable(reports: Path) -> None:
    """Finds out before anything is set up whether a file of reports can be brought in.

    Raises:
        UnreadableFileError, MappingError: it cannot; the text says what to do.
    """
    with unzipped(reports, settings.DATA) as file:
        mapping.guess(tables.read(file).header)


def bring_in(reports: Path | None, now: datetime, say: Say) -> None:
    """The hotline's file: the one given, else the real messages where they are, else the package's own.

    Texts that were not said here are marked as borrowed or as written for the demo, on every page.
    """
    files = _files(reports)
    rows = sum(_rows(path) for path, _columns, _origin in files)
    for path, columns, origin in files:
        options = ImportOptions(
            columns=columns,
            spread_areas=True,
            spread_days=WEEKS * 7,
            spread_fresh=max(0.0, 1 - MOST_OLD / rows) if rows else 0.0,
            origin=origin,
            errors=settings.DATA / f"{path.name}.errors.csv",
        )
        done = import_reports(path, district=DISTRICT, now=now, options=options)
        say(f"{path.name}: {done.new:,} new cases, {done.already:,} in already, {len(done.bad):,} refused.")


def _rows(path: Path) -> int:
    with unzipped(path, settings.DATA) as file:
        return tables.read(file).expected or 0


def _files(reports: Path | None) -> list[tuple[Path, ColumnMap | None, str]]:
    if reports is not None:
        return [(reports, None, "")]
    real = settings.SHARED_DATA / "messages_zhengwu"
    names = ("hot_topics", "replies", "unlabeled_intake")
    if all((real / f"{name}.csv.gz").exists() for name in names):
        return [(real / f"{name}.csv.gz", None, "demo-borrowed") for name in names]
    return [(package_file("messages.csv"), mapping.load(package_file("messages.yaml")), "demo-written")]


def carry(staff: Staff, *, now: datetime, say: Say) -> Tally:
    """Carries cases that wait at their desks: one for every turn of the plot, then everyday life.

    Everyday life reaches the whole town whose accounts are printed and one in so many elsewhere; the rest waits, and
    the clock expedites it.
    """
    policy = catalogue.policy(DISTRICT)
    carrier = Carrier(DISTRICT, staff, now - timedelta(minutes=5))
    turns = coverage(policy.current_procedure("standard"), policy.current_procedure("part"))
    before = played(DISTRICT)
    plots = sorted((plot for plot in turns if plot.name not in before), key=lambda plot: not plot.takes_weeks)
    lines = list(waiting(now))
    _told(carrier, carrier.carry_all(plots, [line.id for line in lines]), say)
    spare = set(carrier.spare)
    town = min(line.town for line in lines if line.town)
    rest = [line for line in lines if line.id in spare and line.opened_at < now - timedelta(days=1)]
    near, far = [line for line in rest if line.town == town], [line for line in rest if line.town != town]
    chosen = sorted(near + far[:: max(1, len(far) // EVERYDAY)], key=lambda line: line.opened_at)
    _told(carrier, carrier.carry_each([line.id for line in chosen], now - timedelta(days=12)), say)
    say(f"{carrier.tally.cases:,} cases carried through the loop, {sum(carrier.tally.acts.values()):,} acts.")
    for plot, reason in carrier.tally.stuck.items():
        say(f"  {plot} could not be played: {reason}")
    return carrier.tally


def _told(carrier: Carrier, done: Iterator[int], say: Say) -> None:
    for count in done:
        if count % 100 == 0:
            say(f"{count:,} cases carried, {sum(carrier.tally.acts.values()):,} acts …")


def waiting(now: datetime) -> Iterator[Line]:
    """Cases in the first step, oldest first, as the district centre sees them."""
    centre = catalogue.policy(DISTRICT).territory.serving("district_centre", DISTRICT)[0]
    reader = Actor(ActorKind.PERSON, "demo", (PostHeld("demo", centre.id, DISTRICT, frozenset({Function.SUPERVISE})),))
    found: list[Line] = []
    page = queries.work_list(reader, DISTRICT, scope="district", keys=[DISTRICT], steps=["reported"], size=500)
    while True:
        found += [line for line in page.lines if line.opened_at < now and "/" not in line.number]
        if page.after is None:
            break
        page = queries.work_list(
            reader, DISTRICT, scope="district", keys=[DISTRICT], steps=["reported"], after=page.after, size=500
        )
    yield from sorted(found, key=lambda line: (line.opened_at, line.id))


def index(say: Say) -> None:
    """Brings the search up to date before the first page is opened."""
    told = 0
    while taken := relay_batch(SUBSCRIPTIONS, now=timezone.now(), size=2000):
        told += taken
    say(f"Search is up to date ({told:,} entries).")
