from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel.tenancy.keys import store_key_after_migrate

        post_migrate.connect(store_key_after_migrate, sender=self)
