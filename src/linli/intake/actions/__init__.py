"""Every write of intake."""

from linli.intake.actions.following import follow
from linli.intake.actions.submitting import AlreadyReported, BodyDiffers, Prepared, prepare, submit

__all__ = ["AlreadyReported", "BodyDiffers", "Prepared", "follow", "prepare", "submit"]
