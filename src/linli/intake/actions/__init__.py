"""Every write of intake."""

from linli.intake.actions.bulk_taking import Imported
from linli.intake.actions.calling import begin_call, end_call, look_up, report_call, takes_calls
from linli.intake.actions.following import follow
from linli.intake.actions.importing import Options as ImportOptions
from linli.intake.actions.importing import default_source, import_reports, usual_helpers
from linli.intake.actions.submitting import AlreadyReported, BodyDiffers, Prepared, fingerprint, forget, prepare, submit

__all__ = [
    "AlreadyReported",
    "BodyDiffers",
    "ImportOptions",
    "Imported",
    "Prepared",
    "begin_call",
    "default_source",
    "end_call",
    "fingerprint",
    "follow",
    "forget",
    "import_reports",
    "look_up",
    "prepare",
    "report_call",
    "submit",
    "takes_calls",
    "usual_helpers",
]
