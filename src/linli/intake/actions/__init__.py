"""Every write of intake."""

from linli.intake.actions.following import follow
from linli.intake.actions.submitting import Prepared, prepare, submit

__all__ = ["Prepared", "follow", "prepare", "submit"]
