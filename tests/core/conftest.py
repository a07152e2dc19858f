"""The small district, built once: it is frozen, so tests may share it."""

import pytest
import world
from shell import Shell

from linli.core.policy import Policy


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The rule set of the small district."""
    return world.policy()


@pytest.fixture
def shell(policy: Policy) -> Shell:
    """An empty district on Monday 2026-11-16, 09:00."""
    return Shell(policy, world.MONDAY)
