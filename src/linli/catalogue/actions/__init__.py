"""Every write of the catalogue."""

from linli.catalogue.actions.matters import import_matters, shipped_matters
from linli.catalogue.actions.publishing import Published, PublishError, install, publish

__all__ = ["PublishError", "Published", "import_matters", "install", "publish", "shipped_matters"]
