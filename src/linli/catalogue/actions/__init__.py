"""Every write of the catalogue."""

from linli.catalogue.actions.correcting import correct_calendar, note_recalculated
from linli.catalogue.actions.drafting import (
    LONGEST_NOTE,
    Preparing,
    copy_publication,
    discard_draft,
    keep_matter,
    keep_questions,
    propose_draft,
    publish_draft,
    retire_matter,
    undo_matter,
)
from linli.catalogue.actions.matters import import_matters, shipped_matters
from linli.catalogue.actions.publishing import Published, PublishError, install, publish, stream_of
from linli.catalogue.actions.questions import import_questions

__all__ = [
    "LONGEST_NOTE",
    "Preparing",
    "PublishError",
    "Published",
    "copy_publication",
    "correct_calendar",
    "discard_draft",
    "import_matters",
    "import_questions",
    "install",
    "keep_matter",
    "keep_questions",
    "note_recalculated",
    "propose_draft",
    "publish",
    "publish_draft",
    "retire_matter",
    "shipped_matters",
    "stream_of",
    "undo_matter",
]
