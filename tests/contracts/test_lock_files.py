"""Every dependency is pinned with hashes, and no lock file says where anything was fetched from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("runtime", "dev", "node")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,_-]+\])?==[0-9][^ ;]*( ;.*)?$")
HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")


def blocks(kind: str) -> list[list[str]]:
    """The requirements of a lock file, each as its pin and its options."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text("utf-8").replace("\\\n", "\x00")
    return [[part.strip() for part in line.split("\x00")] for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_it_pins_every_requirement_with_a_hash(kind: str) -> None:
    for pin, *options in blocks(kind):
        assert PIN.match(pin), pin
        assert options, pin
        assert [option for option in options if not HASH.match(option)] == [], pin


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_no_address_and_no_path(kind: str) -> None:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text("utf-8")
    for mark in ("://", "index-url", "find-links", "trusted-host", " @ ", "/", "\\\\", "#"):
        assert mark not in text, f"{kind}.txt holds {mark!r}: make it with ./run lock"


@pytest.mark.parametrize("kind", KINDS)
def test_it_locks_everything_that_is_asked_for(kind: str) -> None:
    asked = (ROOT / "requirements" / f"{kind}.in").read_text("utf-8").splitlines()
    names = {re.split(r"[\[<>=! ]", line)[0].lower() for line in asked if line and line[0].isalpha()}
    locked = {match[1] for pin, *_ in blocks(kind) if (match := PIN.match(pin))}
    assert names - locked == set()


def test_it_installs_the_same_version_everywhere() -> None:
    runtime = {pin.split(" ;")[0] for pin, *_ in blocks("runtime")}
    assert runtime - {pin.split(" ;")[0] for pin, *_ in blocks("dev")} == set()


def test_it_keeps_addresses_out_of_node_locks_too() -> None:
    locks = [p for p in ROOT.rglob("package-lock.json") if "node_modules" not in p.parts and ".venv" not in p.parts]
    for path in locks:
        packages = json.loads(path.read_text("utf-8")).get("packages", {})
        assert [name for name, entry in packages.items() if "resolved" in entry and not entry.get("link")] == []
        assert [
            name for name, entry in packages.items() if name and "integrity" not in entry and not entry.get("link")
        ] == []
    assert [p for name in ("uv.lock", "pylock.toml", "poetry.lock") for p in ROOT.glob(name)] == []
