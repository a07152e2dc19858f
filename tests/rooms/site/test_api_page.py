"""The examples of docs/reference/api.md, run one after the other: what the page shows is what comes."""

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

from click.testing import CliRunner

from linli.accounts.models import ApiToken, User
from linli.site.cli.account import account
from tests.contracts.test_openapi import OPERATIONS
from tests.rooms.conftest import Place
from tests.rooms.site.calling import API, HERE, STATION, Answer, Caller, Hire

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "api.md").read_text("utf-8")
EXAMPLE = re.compile(r"```sh\n(curl .*?)```\s*```json\n(.*?)```", re.DOTALL)
SOMETHING = "…"


def run(command: str, known: dict[str, str]) -> Answer:
    """What a shell and curl would do with the command."""
    _curl, *words = shlex.split(Template(command).substitute(known).replace("\\\n", " "))
    options: dict[str, list[str]] = {"-X": [], "-H": [], "-d": []}
    address = ""
    while words:
        word = words.pop(0)
        if word in options:
            options[word].append(words.pop(0))
        else:
            address = word
    headers = dict(header.split(": ", 1) for header in options["-H"])
    method = options["-X"][0] if options["-X"] else "GET"
    body = "".join(options["-d"]).encode()
    return Caller().send(method, address, raw=body, **{name.replace("-", "_"): v for name, v in headers.items()})


def shows(told: Any, came: Any) -> bool:
    """Whether the page tells the truth, as far as it tells."""
    if isinstance(told, dict):
        return all(key in came and shows(value, came[key]) for key, value in told.items())
    if isinstance(told, list):
        return len(told) <= len(came) and all(shows(*pair) for pair in zip(told, came, strict=False))
    return told in (SOMETHING, came)


def test_its_examples_do_what_it_says(district: Place, hired: Hire) -> None:
    known = {"API": API, "TOKEN": hired(STATION).token}
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("```sh") >= 7
    for command, shown in examples:
        answer = run(command, known)
        assert answer.status < 500
        assert shows(json.loads(shown), answer.body), (command, answer.body)
        if "code" in answer.body and not answer.is_problem:
            known |= {"NUMBER": answer.body["number"], "CODE": answer.body["code"], "CASE": answer.body["case"]}


def test_it_lists_every_operation() -> None:
    listed = {
        (method, path.split("?")[0]) for method, path in re.findall(r"^\| (GET|POST) \| `([^`]+)`", PAGE, re.MULTILINE)
    }
    assert listed == {(method, path.removeprefix(API)) for method, path, _ in OPERATIONS.values()}


def test_a_token_is_made_and_ended_on_the_command_line(district: Place, hired: Hire) -> None:
    user = User.objects.get(id=hired(STATION).user)
    made = CliRunner().invoke(account, ["token", user.username, "--name", "export", "--days", "2"])
    assert made.exit_code == 0
    assert Caller(made.output.strip()).get(f"{HERE}/cases").status == 200
    assert ApiToken.objects.get(name="export").user == user
    assert CliRunner().invoke(account, ["revoke", user.username, "--name", "export"]).output == "1 ended\n"
    assert Caller(made.output.strip()).get(f"{HERE}/cases").status == 401
    again = CliRunner().invoke(account, ["revoke", user.username, "--name", "export"])
    assert (again.exit_code, "no token named export" in again.output) == (1, True)
    nobody = CliRunner().invoke(account, ["token", "nobody", "--name", "export"])
    assert (nobody.exit_code, "no active account nobody" in nobody.output) == (1, True)
