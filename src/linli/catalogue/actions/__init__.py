"""Every write of the catalogue."""

from linli.catalogue.actions.matters import import_matters, shipped_matters
from linli.catalogue.actions.publishing import Published, PublishError, install, publish
from linli.catalogue.actions.questions import import_questions, set_questions

__all__ = [
    "PublishError",
    "Published",
    "import_matters",
    "import_questions",
    "install",
    "publish",
    "set_questions",
    "shipped_matters",
]
