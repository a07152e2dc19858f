"""Settings refuse to guess: what cannot be read stops the start with one line that says what to set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rooms.site.calling import Caller

KEY = "ab" * 32
SERVER = {
    "DATABASE_URL": "postgresql://app:pw@db.example:5432/linli",
    "LINLI_SECRET_KEY": KEY,
    "LINLI_VAULT_KEY": "cd" * 32,
    "LINLI_CODE_KEY": "ef" * 32,
}
SHOW = (
    "from django.conf import settings as s; "
    "print(s.DATABASES['default']['HOST'], s.DATABASES['default']['USER'], s.SECRET_KEY, s.ALLOWED_HOSTS, s.DEBUG)"
)


def start(command: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Runs Python with our settings and nothing else in the environment that could mean us."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "DATABASE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *command],
        env=inherited | {"DJANGO_SETTINGS_MODULE": "linli.site.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


REFUSED = {
    "a flag that is neither true nor false": (SERVER | {"LINLI_DEBUG": "yes"}, "LINLI_DEBUG is true or false"),
    "a key that is no key": (SERVER | {"LINLI_VAULT_KEY": "secret"}, "LINLI_VAULT_KEY must be 64 hexadecimal digits"),
    "a key that is too short": (SERVER | {"LINLI_CODE_KEY": "abcd"}, "LINLI_CODE_KEY must be 64 hexadecimal digits"),
    "a number that is none": (SERVER | {"LINLI_POOL": "many"}, "LINLI_POOL is a whole number from 1 upwards"),
    "a pool of nothing": (SERVER | {"LINLI_POOL": "0"}, "LINLI_POOL is a whole number from 1 upwards"),
    "another kind of database": (
        SERVER | {"DATABASE_URL": "mysql://db/linli"},
        "DATABASE_URL is no address of a Postgre",
    ),
    "a server without keys": ({"DATABASE_URL": SERVER["DATABASE_URL"]}, "LINLI_SECRET_KEY is not set"),
    "a base map that is no address": (SERVER | {"LINLI_MAP_STYLE": "streets"}, "LINLI_MAP_STYLE is an address"),
    "a file that is not there": (
        SERVER | {"LINLI_SECRET_KEY_FILE": "/nowhere/key"},
        "LINLI_SECRET_KEY_FILE names /nowhere/key, which cannot be read",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_refuses_and_says_what_to_set(case: str) -> None:
    environment, message = REFUSED[case]
    done = start(["-m", "linli", "sweep"], environment)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_it_reads_secrets_and_addresses_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "url").write_text("postgresql://someone:pw@elsewhere.example/linli\n")
    environment = {key: value for key, value in SERVER.items() if key not in ("LINLI_SECRET_KEY", "DATABASE_URL")}
    files = {"LINLI_SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    done = start(["-c", SHOW], environment | files | {"LINLI_HOSTS": "linli.example, www.linli.example"})
    assert done.stdout.split(maxsplit=3) == [
        "elsewhere.example", "someone", KEY, "['linli.example', 'www.linli.example'] False\n",
    ]  # fmt: skip


def test_it_says_with_every_answer_what_a_browser_may_do(stranger: Caller) -> None:
    for address in ("/accounts/nowhere/", "/api/v1/nowhere"):
        told = stranger.get(address).headers
        assert "default-src 'self'" in told["Content-Security-Policy"]
        assert "unsafe" not in told["Content-Security-Policy"]
        assert told["X-Frame-Options"] == "DENY"
        assert told["X-Content-Type-Options"] == "nosniff"
