"""Every write of the directory."""

from linli.directory.actions.areas import import_areas
from linli.directory.actions.boundaries import import_boundaries

__all__ = ["import_areas", "import_boundaries"]
