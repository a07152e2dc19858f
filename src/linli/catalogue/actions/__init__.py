"""Every write of the catalogue."""

from linli.catalogue.actions.drafting import (
    LONGEST_NOTE,
    Preparing,
    copy_publication,
    discard_draft,
    keep_matter,
    propose_draft,
    publish_draft,
    retire_matter,
    undo_matter,
)
from linli.catalogue.actions.matters import import_matters, shipped_matters
from linli.catalogue.actions.publishing import Published, PublishError, install, publish

__all__ = [
    "LONGEST_NOTE",
    "Preparing",
    "PublishError",
    "Published",
    "copy_publication",
    "discard_draft",
    "import_matters",
    "install",
    "keep_matter",
    "propose_draft",
    "publish",
    "publish_draft",
    "retire_matter",
    "shipped_matters",
    "undo_matter",
]
