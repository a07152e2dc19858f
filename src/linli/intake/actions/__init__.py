"""Every write of intake."""

from linli.intake.actions.bulk_taking import Imported
from linli.intake.actions.following import follow
from linli.intake.actions.importing import Options as ImportOptions
from linli.intake.actions.importing import default_source, import_reports, usual_helpers
from linli.intake.actions.submitting import AlreadyReported, BodyDiffers, Prepared, forget, prepare, submit

__all__ = [
    "AlreadyReported",
    "BodyDiffers",
    "ImportOptions",
    "Imported",
    "Prepared",
    "default_source",
    "follow",
    "forget",
    "import_reports",
    "prepare",
    "submit",
    "usual_helpers",
]
