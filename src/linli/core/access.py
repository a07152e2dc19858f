"""Who may do what: what rooms above ask. Acts are judged by ``linli.core.case.decide``, reading is judged here."""

from linli.core.case.readers import AREA_READERS, may_read, reads_area, unit_may_read

__all__ = ["AREA_READERS", "may_read", "reads_area", "unit_may_read"]
