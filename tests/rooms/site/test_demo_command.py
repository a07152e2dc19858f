"""``linli demo`` as a command: one build at a time, one password, arguments checked first, nothing left running."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone
from pytest_django import Settings

from linli.catalogue import queries as catalogue
from linli.core.routing import Question, route
from linli.directory.encoding import UnreadableFileError
from linli.intake.mapping import MappingError
from linli.intake.understanding import suggest
from linli.site import grants
from linli.site.cli import linli
from linli.site.demo import building, people, setting_up
from linli.site.demo.carrying import Carrier, Stuck, Tally
from linli.site.demo.people import Login, Staff
from linli.site.demo.story import Plot
from tests.rooms.conftest import DISTRICT
from tests.rooms.site.calling import CENTRE


class Stages:
    """The long stages of a build, replaced; what they were given is kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        self.passwords: list[str] = []
        self.killed = False
        monkeypatch.setattr(setting_up, "call_command", lambda *_a, **_k: self.taken.append("migrate"))
        monkeypatch.setattr(grants, "apply", lambda: None)
        for name in ("set_up_rules", "bring_in", "index"):
            monkeypatch.setattr(building, name, lambda *_a, name=name, **_k: self.taken.append(name))
        monkeypatch.setattr(building, "hire", self._hire)
        monkeypatch.setattr(building, "carry", lambda *_a, **_k: Tally(Counter({("p", "a", "s"): 3})))

    def _hire(self, _district: str, password: str, **_: Any) -> tuple[Staff, list[Login]]:
        self.passwords.append(password)
        if self.killed:
            raise KeyboardInterrupt
        return Staff({}), [Login("desk", "station", "受理", "Desk")]


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Stages:
    settings.DATA = tmp_path
    return Stages(monkeypatch)


def test_it_keeps_the_password_of_a_build_that_was_killed(stages: Stages, tmp_path: Path) -> None:
    stages.killed = True
    with pytest.raises(KeyboardInterrupt):
        setting_up.build(None, say=ignore)
    stages.killed = False
    built = setting_up.build(None, say=ignore)
    again = setting_up.build(None, say=ignore)

    assert stages.passwords == [built.password, built.password]
    assert again == built
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def test_a_second_demo_waits_for_the_first(stages: Stages, tmp_path: Path) -> None:
    code = f"import fasteners; lock = fasteners.InterProcessLock({str(tmp_path / 'demo.lock')!r}); lock.acquire(); "
    first = subprocess.Popen(
        [sys.executable, "-c", code + "print('held', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert first.stdout is not None
    assert first.stdout.readline()
    said: list[str] = []
    second = Thread(target=setting_up.build, args=(None,), kwargs={"say": said.append})
    second.start()
    wait_until(lambda: bool(said))
    assert "waiting" in said[0]
    assert stages.taken == []
    first.communicate(b"\n")
    second.join(20)

    assert "index" in stages.taken


@pytest.mark.parametrize(("content", "error"), [(None, UnreadableFileError), ("a,b\n1,2\n", MappingError)])
def test_it_sets_nothing_up_for_reports_that_cannot_be_read(
    stages: Stages, tmp_path: Path, content: str | None, error: type[Exception]
) -> None:
    if content:
        (tmp_path / "mine.csv").write_text(content, "utf-8")
    with pytest.raises(error):
        setting_up.build(tmp_path / "mine.csv", say=ignore)

    assert stages.taken == []


def test_it_says_that_reports_are_left_out_of_a_district_that_is_there(stages: Stages, tmp_path: Path) -> None:
    setting_up.build(None, say=ignore)
    said: list[str] = []
    setting_up.build(tmp_path / "mine.csv", say=said.append)

    assert any("mine.csv is left out" in line and "linli import reports" in line for line in said)


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--port", "99999"),
        ("demo", "--port", "65535"),
        ("serve", "--port", "99999"),
        ("live", "--port", "0"),
        ("account", "token", "desk", "--name", ""),
        ("account", "token", "desk", "--name", "  "),
        ("account", "token", "desk", "--name", "x" * 81),
    ],
)
def test_it_refuses_bad_arguments_in_one_line(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setattr(f"linli.site.cli.{words[0]}.with_django", lambda **_: pytest.fail("it went on"))
    done = CliRunner().invoke(linli, list(words))

    assert done.exit_code == 2
    assert "Error: Invalid value for" in done.output


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("stubborn", ["", "trap '' TERM; "])
def test_a_signal_to_end_ends_every_process(tmp_path: Path, ending: str, stubborn: str) -> None:
    stub = tmp_path / "python"
    script = f'{stubborn}echo $$ > "{tmp_path}/$3.$4.pid"; sleep 600 & echo $! > "{tmp_path}/$3.$4.worker.pid"; wait'
    stub.write_text(
        f"#!/bin/sh\n{script}\n" if stubborn else f"#!/bin/sh\n{script.partition('sleep')[0]}exec sleep 600\n"
    )
    stub.chmod(0o755)
    code = f"import sys; from linli.site.cli import demo; sys.executable = {str(stub)!r}; demo.PATIENCE = 1; "
    code += "demo._serve('127.0.0.1', 1, True)"
    expected = 10 if stubborn else 5
    parent = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    wait_until(lambda: len([f for f in tmp_path.glob("*.pid") if f.read_text("utf-8").strip()]) == expected)
    children = [int(file.read_text("utf-8")) for file in tmp_path.glob("*.pid")]
    parent.send_signal(getattr(signal, ending))
    parent.wait(20)

    wait_until(lambda: not any(is_alive(child) for child in children))


def ignore(text: str) -> None:
    del text


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(("playable", "stuck"), [("c3", 0), ("none", 1)])
def test_a_plot_that_one_case_cannot_play_is_played_on_another(
    monkeypatch: pytest.MonkeyPatch, playable: str, stuck: int
) -> None:
    def carry(_self: Carrier, plot: Plot, case: str) -> None:
        if case != playable:
            raise Stuck(f"{case} cannot play {plot.name}")

    monkeypatch.setattr("linli.site.demo.carrying.catalogue.policy", lambda _district: None)
    monkeypatch.setattr("linli.site.demo.carrying.suggestions", lambda _district, _policy: {})
    monkeypatch.setattr(Carrier, "_next_case", lambda self, _plot: self.spare.pop(0))
    monkeypatch.setattr(Carrier, "carry", carry)
    carrier = Carrier("500118", Staff({}), timezone.now())
    list(carrier.carry_all([Plot("remind@handling", ())], ["c1", "c2", "c3", "c4"]))

    assert len(carrier.tally.stuck) == stuck
    assert carrier.spare == (["c4"] if playable == "c3" else [])


@pytest.mark.usefixtures("district")
def test_the_printed_accounts_answer_for_the_example_of_the_tutorial() -> None:
    _staff, logins = people.hire(DISTRICT, "a long one for tests 7", now=timezone.now())
    suggested = suggest("", "小区门口的垃圾堆了三天没有清运").matter
    policy = catalogue.policy(DISTRICT)
    assert suggested is not None
    lead = route(Question(policy.matters[suggested], logins[0].unit.partition(".")[0]), policy).lead

    printed = {login.unit for login in logins}
    assert {lead, logins[0].unit, CENTRE} <= printed
    assert logins[0].unit.endswith(".community_station")
