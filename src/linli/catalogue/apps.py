"""The catalogue as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Matters, procedures, limits and calendars; published = frozen."""

    name = "linli.catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")
