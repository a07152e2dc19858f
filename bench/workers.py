"""A helper process inside the product that keeps its state between turns, so that rounds can be interleaved."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.databases import ROOT


class Helper:
    """Tells the process what to do, a line each, and reads its answer."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, task: str, *arguments: object) -> Any:
        """The answer of ``task(*arguments)``.

        Raises:
            RuntimeError: the task failed; what it said stands on the error stream.
        """
        self.tell(task, *arguments)
        return self.hear()

    def tell(self, task: str, *arguments: object) -> None:
        """Starts a task; :meth:`hear` gives its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([task, *arguments]) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The answer of the task begun last.

        Raises:
            RuntimeError: the task failed; what it said stands on the error stream.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a helper ended during its task; see above")
        return json.loads(line)


@contextmanager
def helper(room: str, environment: Mapping[str, str]) -> Iterator[Helper]:
    """A process that has loaded ``bench.tasks.ROOM`` with the product's settings; ended with the block."""
    command = [sys.executable, "-m", "bench.workers", room]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Helper(process)
        # Leaving the block closes the pipes; the helper reads the end of its input and ends too.


def together(helpers: list[Helper], task: str, *arguments: object) -> list[Any]:
    """The same task in every helper at the same time."""
    for one in helpers:
        one.tell(task, *arguments)
    return [one.hear() for one in helpers]


def main() -> None:
    """Reads tasks until the input ends."""
    import importlib

    import django

    django.setup()
    room = importlib.import_module(f"bench.tasks.{sys.argv[1]}")
    for line in sys.stdin:
        task, *arguments = json.loads(line)
        print(json.dumps(getattr(room, task)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
