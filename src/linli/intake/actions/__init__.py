"""Every write of intake."""

from linli.intake.actions.bulk_taking import Imported
from linli.intake.actions.calling import begin_call, end_call, look_up, report_call, takes_calls
from linli.intake.actions.following import follow
from linli.intake.actions.importing import Options as ImportOptions
from linli.intake.actions.importing import default_source, import_reports, usual_helpers
from linli.intake.actions.submitting import (
    AlreadyReported,
    BodyDiffers,
    Prepared,
    fingerprint,
    forget,
    prepare,
    receipt_again,
    submit,
)
from linli.intake.actions.uploading import (
    Uploader,
    drop_mapping,
    expire,
    save_mapping,
    take_refused,
)
from linli.intake.actions.uploading import begin as begin_import
from linli.intake.actions.uploading import cancel as cancel_import
from linli.intake.actions.uploading import remap as remap_import
from linli.intake.actions.uploading import run as run_import
from linli.intake.actions.working_off import waits, work_next

__all__ = [
    "AlreadyReported",
    "BodyDiffers",
    "ImportOptions",
    "Imported",
    "Prepared",
    "Uploader",
    "begin_call",
    "begin_import",
    "cancel_import",
    "default_source",
    "drop_mapping",
    "end_call",
    "expire",
    "fingerprint",
    "follow",
    "forget",
    "import_reports",
    "look_up",
    "prepare",
    "receipt_again",
    "remap_import",
    "report_call",
    "run_import",
    "save_mapping",
    "submit",
    "take_refused",
    "takes_calls",
    "usual_helpers",
    "waits",
    "work_next",
]
