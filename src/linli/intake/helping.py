"""What runs inside a helper of an import: a process of its own that forms rows and reads nothing but the rules.

Nothing here is imported at the top that needs Django: a helper begins with this module, before Django is set up.
"""

import multiprocessing
import os
import signal
from multiprocessing.connection import wait
from threading import Thread
from typing import Any

_rules: dict[str, Any] = {}


def start(district: str, version: str, understand: bool) -> None:
    """Sets the helper up: Django, the rules, and its end when its parent ends, however that happens.

    Raises:
        RuntimeError: the rules in force are not those of ``version``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    import django

    django.setup()
    from linli.catalogue import queries as catalogue
    from linli.directory import queries as directory

    steady = directory.steady()
    steady.__enter__()
    policy = catalogue.policy(district)
    if policy.version != version:
        raise RuntimeError("the rules were changed while the import began: start it again")
    _rules.update(policy=policy, understand=understand, steady=steady)


def started() -> None:
    """Does nothing: that it was done says that a helper has started."""


def form(asked: Any) -> Any:
    """As :func:`linli.intake.actions.bulk_forming.form`, under the rules that the helper began with."""
    from linli.intake.actions import bulk_forming

    return bulk_forming.form(asked, _rules["policy"], understand=_rules["understand"])


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
