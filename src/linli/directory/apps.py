"""The directory as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """Areas, units, posts and who holds them."""

    name = "linli.directory"
    label = "directory"
    verbose_name = _("Directory")
