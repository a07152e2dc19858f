from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "linli.site"
    label = "site"
    verbose_name = "Site"

    def ready(self) -> None:
        from linli.site import checks  # noqa: F401 - importing registers them
