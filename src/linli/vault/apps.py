from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "linli.vault"
    label = "vault"
    verbose_name = "Vault"
