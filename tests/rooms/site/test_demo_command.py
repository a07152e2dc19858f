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
from pytest_django import Settings

from linli.directory.encoding import UnreadableFileError
from linli.intake.mapping import MappingError
from linli.site import grants
from linli.site.cli import linli
from linli.site.demo import building, setting_up
from linli.site.demo.carrying import Tally
from linli.site.demo.people import Login, Staff


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
def test_a_signal_to_end_ends_every_process(tmp_path: Path, ending: str) -> None:
    stub = tmp_path / "python"
    stub.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/$3.$4.pid"\nexec sleep 600\n', "utf-8")
    stub.chmod(0o755)
    code = f"import sys; from linli.site.cli import demo; sys.executable = {str(stub)!r}; "
    code += "demo._serve('127.0.0.1', 1, True)"
    parent = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    wait_until(lambda: len([f for f in tmp_path.glob("*.pid") if f.read_text("utf-8").strip()]) == 5)
    children = [int(file.read_text("utf-8")) for file in tmp_path.glob("*.pid")]
    parent.send_signal(getattr(signal, ending))
    parent.wait(20)

    assert [child for child in children if is_alive(child)] == []


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
